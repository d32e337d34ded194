"""``[tool.taskflows-cloud]``: stages, places, tags, and what is wrong with the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taskflows_cloud_core import get_environment

Call = Callable[..., Any]

STAGES = """
[tool.taskflows-cloud]
project = "shop"
functions = "jobs.py"
stage = "dev"

[tool.taskflows-cloud.stages.dev]
provider = "local"
root = "state/dev"

[tool.taskflows-cloud.stages.prod]
environment = { MOOD = "live" }
environment_from = ["SHOP_TOKEN"]
settings = { memory_mb = 512, log_retention_days = 14 }
prefix = "prod-"
places = [
  { provider = "local", root = "state/north" },
  { provider = "local", root = "state/south" },
]
"""


@pytest.fixture
def project(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (here / "pyproject.toml").write_text(STAGES)
    monkeypatch.setenv("SHOP_TOKEN", "t0p-s3cret")
    return here


def test_the_default_stage_is_deployed_to_its_place(project: Path, call: Call) -> None:
    assert call("deploy").code == 0
    names = [function.name for function in get_environment("local", root=project / "state/dev").list_functions()]
    assert names == ["broken", "greet", "nightly-report"]


def test_a_stage_has_one_result_per_place_with_settings_environment_and_prefix(project: Path, call: Call) -> None:
    ran = call("deploy", "greet", "--stage", "prod", "--json")
    results = json.loads(ran.out)["results"]
    assert [each["function"] for each in results] == ["prod-greet", "prod-greet"]
    assert [Path(each["place"].split()[1]).name for each in results] == ["north", "south"]
    for side in ("north", "south"):
        env = get_environment("local", root=project / "state" / side)
        described = env.describe_function("prod-greet")
        assert described.config.memory_mb == 512
        assert described.config.log_retention_days == 14
        assert described.environment_names == ("MOOD", "SHOP_TOKEN")
        assert dict(described.function.tags) == {"project": "shop", "stage": "prod"}
        assert env.invoke_function("prod-greet").value == "hello world, 4"


def test_values_of_the_environment_are_shown_nowhere(project: Path, call: Call) -> None:
    told = ""
    for words in (["plan"], ["diff"], ["deploy"], ["list"], ["describe", "prod-greet", "-o", "root=state/north"]):
        for format_ in ([], ["--json"]):
            ran = call(*words, "--stage", "prod", *format_)
            assert ran.code in (0, 2), ran.err
            told += ran.out + ran.err
    assert "SHOP_TOKEN" in told
    assert "t0p-s3cret" not in told
    assert "s3cr3t-mood" not in told


def test_a_call_to_one_place_asks_which(project: Path, call: Call) -> None:
    call("deploy", "greet", "--stage", "prod")
    ran = call("invoke", "greet", "--stage", "prod")
    assert ran.code == 1
    assert "[TFC1607]" in ran.err
    assert "stage 'prod' has 2; choose one with --provider or -o KEY=VALUE" in ran.err
    south = call("invoke", "greet", "--stage", "prod", "-o", "root=state/south")
    assert (south.code, json.loads(south.out)) == (0, "hello world, 4")


def test_a_place_that_is_not_there_brings_the_list(project: Path, call: Call) -> None:
    ran = call("list", "--stage", "prod", "-o", "root=state/west")
    told = "no place of the stage goes with -o root; there are:\n  - local root=state/north\n  - local root=state/south"
    assert told in ran.err


def test_prune_deletes_what_the_files_no_longer_name_and_nothing_of_others(project: Path, call: Call) -> None:
    call("deploy")
    env = get_environment("local", root=project / "state/dev")
    env.deploy_function(_someone_elses, _config("theirs")).raise_for_error()
    jobs = project / "jobs.py"
    jobs.write_text(jobs.read_text().replace("@cloud_function\ndef broken", "def broken"))

    shown = call("prune", "--dry-run")
    refused = call("prune")
    done = call("prune", "--yes")

    place = f"local {project / 'state/dev'}"
    assert shown.out == f"would delete broken on {place}\n"
    assert refused.code == 3
    assert "[TFC1701]" in refused.err
    assert done.code == 0
    assert [function.name for function in env.list_functions()] == ["greet", "nightly-report", "theirs"]
    assert call("prune", "--yes").err == "nothing to prune: the files name every function of the project\n"


def _someone_elses() -> None:
    """Of another project."""


def _config(name: str) -> Any:
    from taskflows_cloud_core import CloudFunctionConfig

    return CloudFunctionConfig(function_name=name)


def test_the_stage_may_stand_in_the_environment(project: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKFLOWS_CLOUD_STAGE", "prod")
    assert "prod-greet" in call("plan", "greet").out


def test_a_provider_goes_before_the_stage(project: Path, call: Call, tmp_path: Path) -> None:
    call("deploy", "greet", "--provider", "local", "-o", f"root={tmp_path / 'other'}")
    assert [each.name for each in get_environment("local", root=tmp_path / "other").list_functions()] == ["greet"]


def test_an_unknown_stage_names_the_near_miss(project: Path, call: Call) -> None:
    ran = call("plan", "--stage", "prd")
    assert ran.code == 1
    assert "has no stage 'prd'; did you mean 'prod'?" in ran.err
    assert "[TFC1606]" in ran.err


def test_several_stages_without_a_default_must_be_chosen_from(project: Path, call: Call) -> None:
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('stage = "dev"\n', ""))
    ran = call("list")
    assert "the project has the stages dev, prod; choose one with --stage" in ran.err


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('functoins = "jobs.py"', "[tool.taskflows-cloud] functoins: means nothing here; did you mean 'functions'?"),
        ("functions = 3", "[tool.taskflows-cloud] functions: must be text or a list of texts"),
        ('stage = "dev"', "[tool.taskflows-cloud] stage: 'dev' is none of the stages"),
        ("[tool.taskflows-cloud.stages.a]", "stages.a.provider: is needed, a provider's name as text"),
        (
            '[tool.taskflows-cloud.stages.a]\nprovider = "local"\nsettings = { memory = 1 }',
            "stages.a.settings.memory: means nothing here; did you mean 'memory_mb'?",
        ),
        (
            '[tool.taskflows-cloud.stages.a]\nprovider = "local"\nenvironment = { N = 3 }',
            "stages.a.environment.N: must be text, not a number; put it into quotes",
        ),
        ("= 3", "cannot be read as TOML"),
    ],
)
def test_a_table_that_cannot_be_used_says_where_and_why(table: str, told: str, here: Path, call: Call) -> None:
    (here / "pyproject.toml").write_text(f"[tool.taskflows-cloud]\n{table}\n")
    ran = call("plan")
    assert ran.code == 1
    assert "[TFC1605]" in ran.err
    assert told in ran.err


def test_all_problems_of_a_table_come_together(here: Path, call: Call) -> None:
    (here / "pyproject.toml").write_text("[tool.taskflows-cloud]\nfunctoins = 1\nproject = 2\n")
    ran = call("plan")
    assert "2 problems:" in ran.err
    assert "functoins: means nothing here" in ran.err
    assert "project: must be text, not a number" in ran.err
    told = json.loads(call("plan", "--json").out)["error"]["problems"]
    assert [problem["field"] for problem in told] == [
        "[tool.taskflows-cloud] functoins",
        "[tool.taskflows-cloud] project",
    ]


def test_bad_settings_of_a_stage_are_blamed_on_the_stage(here: Path, call: Call) -> None:
    (here / "pyproject.toml").write_text(
        '[tool.taskflows-cloud]\nfunctions = "jobs.py"\n'
        '[tool.taskflows-cloud.stages.dev]\nprovider = "local"\nsettings = { memory_mb = "x", retries = -1 }\n'
    )
    ran = call("plan")
    assert ran.code == 1
    assert "with what stage 'dev' sets in pyproject.toml: 2 problems:" in ran.err
    assert "memory_mb: must be an int, not str" in ran.err


def test_a_variable_to_pass_on_must_be_there(project: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_TOKEN")
    ran = call("plan", "--stage", "prod")
    assert ran.code == 1
    assert "environment_from of stage 'prod': SHOP_TOKEN: is not set in the environment of this command" in ran.err


def test_options_of_a_stage_are_checked_by_the_provider(here: Path, call: Call) -> None:
    table = '[tool.taskflows-cloud.stages.a]\nprovider = "local"\nrot = "x"'
    (here / "pyproject.toml").write_text(f"[tool.taskflows-cloud]\nfunctions = 'jobs.py'\n{table}\n")
    ran = call("plan")
    assert "rot: is no option; did you mean 'root'?" in ran.err


def test_the_table_is_found_from_a_folder_below(project: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    below = project / "deep" / "down"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert call("deploy", "greet").code == 0
    names = [function.name for function in get_environment("local", root=project / "state/dev").list_functions()]
    assert names == ["greet"]


def test_init_writes_files_that_work_and_overwrites_none(here: Path, call: Call) -> None:
    (here / "jobs.py").write_text("# mine\n")
    (here / "pyproject.toml").write_text('[project]\nname = "mine"\n')
    ran = call("init")
    assert ran.out == "wrote  pyproject.toml\nkept   jobs.py as it is\n"
    assert "invoke" not in ran.err, "the functions of a file that was kept are not known"
    assert (here / "jobs.py").read_text() == "# mine\n"
    assert (here / "pyproject.toml").read_text().startswith('[project]\nname = "mine"\n')
    assert call("init").out == "kept   jobs.py as it is\nkept   pyproject.toml as it is\n"


def test_a_new_project_can_be_deployed_at_once(here: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "taskflows-cloud invoke morning-report" in call("init", "fresh").err
    monkeypatch.chdir(here / "fresh")
    assert call("plan").code == 2
    assert call("deploy").code == 0
    assert call("plan").code == 0
    assert json.loads(call("invoke", "morning-report").out) == {"orders": 12}


def test_init_leaves_a_broken_pyproject_alone(here: Path, call: Call) -> None:
    (here / "pyproject.toml").write_text("= 3")
    ran = call("init")
    assert ran.code == 1
    assert "so nothing was written" in ran.err
    assert (here / "pyproject.toml").read_text() == "= 3"
