"""The commands on deployed functions, as a person sees them in a pipe."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from taskflows_cloud_core.cli.errors.classes import MomentError
from taskflows_cloud_core.cli.input.time_options import read_moment

Call = Callable[..., Any]


@pytest.fixture
def deployed(call: Call) -> Call:
    assert call("deploy", "jobs.py").code == 0
    return call


def test_plan_ends_with_0_1_or_2(call: Call, here: Path) -> None:
    first = call("plan", "jobs.py")
    call("deploy", "jobs.py")
    second = call("plan", "jobs.py")
    (here / "wrong.py").write_text("1 // 0\n")
    assert (first.code, second.code, call("plan", "wrong.py").code) == (2, 0, 1)
    assert first.out.splitlines()[-1] == "in all: 8 to create"
    assert second.out.splitlines()[-1] == "in all: nothing to do"
    assert call("plan", "jobs.py", "--no-such-option").code == 1
    assert call("list", "--no-such-option").code == 2


def test_a_second_deployment_changes_nothing(deployed: Call) -> None:
    results = json.loads(deployed("deploy", "jobs.py", "--json").out)["results"]
    assert [each["changed"] for each in results] == [False, False, False]


def test_diff_shows_fields_with_minus_and_plus(deployed: Call, here: Path) -> None:
    jobs = here / "jobs.py"
    assert deployed("diff", "jobs.py").out == "no difference\n"
    jobs.write_text(jobs.read_text().replace("memory_mb=128", "memory_mb=160"))
    ran = deployed("diff", "jobs.py")
    assert ran.code == 2
    assert "-   memory_mb: 128\n+   memory_mb: 160\n" in ran.out
    assert ran.out.count("memory_mb") == 2


def test_what_a_function_returns_goes_to_stdout_and_its_log_to_stderr(deployed: Call) -> None:
    ran = deployed("invoke", "nightly-report")
    assert json.loads(ran.out) == {"checked": 12}
    assert "all is well" in ran.err
    assert "nightly-report on local returned after" in ran.err


def test_a_payload_comes_from_the_line_a_file_or_standard_input(deployed: Call, here: Path) -> None:
    (here / "event.json").write_text('{"name": "Bob"}')
    assert json.loads(deployed("invoke", "greet", '{"name": "Ann"}').out) == "hello Ann, 11"
    assert json.loads(deployed("invoke", "greet", "@event.json").out) == "hello Bob, 11"
    assert json.loads(deployed("invoke", "greet", "-", stdin='{"name": "Cy"}').out) == "hello Cy, 11"


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ("{name: 1}", "the payload is no JSON"),
        ("hello", "(a text must be in double quotes)"),
        ("@missing.json", "the payload's file 'missing.json' cannot be read: No such file or directory"),
        ("-", "standard input is no JSON"),
    ],
)
def test_a_payload_that_cannot_be_read(payload: str, told: str, deployed: Call) -> None:
    ran = deployed("invoke", "greet", payload)
    assert ran.code == 1
    assert "[TFC1702]" in ran.err
    assert told in ran.err


def test_a_function_that_fails_is_blamed_with_its_own_lines_once(deployed: Call) -> None:
    ran = deployed("invoke", "broken")
    assert (ran.code, ran.out) == (1, "")
    assert "error [TFC1704]: broken on local failed" in ran.err
    assert ran.err.count("ValueError: no rows") == 2  # in the sentence, and at the end of the traceback
    assert "about to fail" in ran.err
    assert '  File "jobs.py", line ' in ran.err
    assert "index.py" not in ran.err
    assert ran.err.count("Traceback") == 1
    assert ran.err.count('raise ValueError("no rows")') == 1


def test_local_runs_the_files_and_deploys_nothing(call: Call, here: Path) -> None:
    ran = call("invoke", "greet", '{"name": "Di"}', "--local", "--from", "jobs.py")
    assert (ran.code, json.loads(ran.out)) == (0, "hello Di, 11")
    assert json.loads(call("list", "--json").out) == {"functions": []}


def test_logs_by_text_failure_and_run(deployed: Call) -> None:
    deployed("invoke", "nightly-report")
    deployed("invoke", "broken")
    assert deployed("logs", "nightly-report").out.rstrip().endswith("all is well")
    assert deployed("logs", "broken", "--grep", "ABOUT").out.count("\n") == 1
    assert "about to fail" in deployed("logs", "broken", "--failed").out
    nothing = deployed("logs", "nightly-report", "--failed")
    assert (nothing.code, nothing.out) == (0, "")
    assert "wrote nothing of that kind" in nothing.err
    assert deployed("logs", "broken", "--until", "1h").out == ""


def test_pause_resume_history_and_rollback(deployed: Call, here: Path) -> None:
    assert deployed("pause", "greet").out == "paused  greet on local: 1 schedule\n"
    assert deployed("resume", "greet").out == "live  greet on local: 1 schedule\n"
    jobs = here / "jobs.py"
    jobs.write_text(jobs.read_text().replace('f"hello', 'f"good day'))
    deployed("deploy", "jobs.py")
    assert json.loads(deployed("invoke", "greet").out) == "good day world, 11"
    refused = deployed("rollback", "greet")
    assert refused.code == 3
    assert "greet on local runs version 2; it will run the version before it." in refused.err
    assert deployed("rollback", "greet", "--yes").code == 0
    assert json.loads(deployed("invoke", "greet").out) == "hello world, 11"
    versions = json.loads(deployed("history", "greet", "--json").out)["versions"]
    assert [each["is_live"] for each in versions] == [False, True]


def test_delete_asks_first_and_names_the_near_miss(deployed: Call) -> None:
    refused = deployed("delete", "greet")
    assert refused.code == 3
    assert "This will be deleted:\n  greet on local: " in refused.err
    assert "error [TFC1701]: there is no terminal to ask on, and --yes was not given; nothing was done" in refused.err
    assert "greet" in deployed("list").out
    assert deployed("delete", "greet", "--yes").code == 0
    assert "greet" not in deployed("list").out
    absent = deployed("delete", "brken", "--yes")
    assert absent.code == 0
    assert "'brken' is not deployed on local; did you mean 'broken'?" in absent.err


@pytest.mark.parametrize("command", ["describe", "invoke", "logs", "metrics", "pause", "resume", "history", "rollback"])
def test_an_unknown_name_brings_the_near_miss(command: str, deployed: Call) -> None:
    ran = deployed(command, "nightly-reprot")
    assert ran.code == 1
    assert "error [TFC1501]: " in ran.err
    assert "did you mean 'nightly-report'?" in ran.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["lst"], "there is no command 'lst'; did you mean 'list'?"),
        (["list", "-o", "root"], "-o 'root' is not of the form KEY=VALUE"),
        (["list", "--mine"], "--mine needs a project"),
        (["list", "--tag", "x"], "--tag 'x' is not of the form KEY=VALUE"),
        (["logs", "greet", "-f", "--until", "1h"], "--follow has no end; leave --until out"),
        (["metrics", "greet", "--since", "1h", "--until", "2h"], "--since must be before --until"),
        (["logs", "greet", "--since", "1h", "--until", "2h"], "--since must be before --until"),
        (["describe"], "Missing argument 'NAME'"),
        (["describe", ""], "'' is no function's name"),
        (["delete", " ", "--yes"], "' ' is no function's name"),
        (["local", "rum"], "there is no command 'rum'; did you mean 'run"),
        (["plugin", "make"], "there is no command 'make'; there are new"),
        (["completion", "tcsh"], "'tcsh' is not one of"),
    ],
)
def test_wrong_usage(words: list[str], told: str, call: Call) -> None:
    ran = call(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "error [TFC1700]: " in ran.err
    assert told in ran.err
    assert "--help` tells how it is written" in ran.err


@pytest.mark.parametrize("words", [[], ["local"], ["plugin"], ["schedule"]])
def test_a_group_alone_shows_its_help(words: list[str], call: Call) -> None:
    ran = call(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: {' '.join(['taskflows-cloud', *words])} [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("10m", datetime(2026, 11, 25, 11, 50, tzinfo=UTC)),
        ("2h", datetime(2026, 11, 25, 10, 0, tzinfo=UTC)),
        ("3D", datetime(2026, 11, 22, 12, 0, tzinfo=UTC)),
        ("2026-11-25", datetime(2026, 11, 25, tzinfo=UTC)),
        ("2026-11-25T09:30+01:00", datetime(2026, 11, 25, 8, 30, tzinfo=UTC)),
        ("2026-11-25T09:30Z", datetime(2026, 11, 25, 9, 30, tzinfo=UTC)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert read_moment(text, datetime(2026, 11, 25, 12, tzinfo=UTC)) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "10", "10y", "999999999w", "2026-13-01", "\u0661\u0660m"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(MomentError, match="is no moment; write a span before now such as 10m"):
        read_moment(text, datetime(2026, 11, 25, 12, tzinfo=UTC))


def test_an_option_of_a_provider_that_is_unknown(call: Call) -> None:
    ran = call("list", "-o", "rooot=x")
    assert "rooot: is no option; did you mean 'root'?" in ran.err
    assert "error [TFC1100]: " in ran.err


def test_an_unknown_provider(call: Call) -> None:
    ran = call("list", "--provider", "loca")
    assert "error [TFC1401]: no provider 'loca' is installed" in ran.err
    assert "did you mean 'local'?" in ran.err


def test_an_operation_that_a_provider_does_not_have(call: Call) -> None:
    ran = call("permissions", "--provider", "local")
    assert ran.code == 1
    assert "error [TFC1408]: " in ran.err


def test_a_picture_of_the_week(call: Call, here: Path) -> None:
    ran = call("schedule", "preview", "jobs.py", "--week", "--day", "2026-11-25", "--svg", "pictures/week.svg")
    assert "Mon 23 " in ran.out
    assert "wrote pictures/week.svg" in ran.out
    assert (here / "pictures" / "week.svg").read_text().startswith("<svg ")


def test_a_schedule_in_place_of_a_file_is_shown_the_way(call: Call) -> None:
    ran = call("schedule", "preview", "Mon-Fri 9:00")
    assert ran.code == 1
    assert "there is no file 'Mon-Fri 9:00'; for a schedule by itself: taskflows-cloud schedule explain" in ran.err
    assert "schedule explain" not in call("schedule", "preview", "jbos.py").err


def test_a_schedule_that_cannot_be_read_is_pointed_at(call: Call) -> None:
    ran = call("schedule", "explain", "Mon-Fri 25:00")
    assert ran.code == 1
    assert "error [TFC1200]: 'Mon-Fri 25:00' at character 9: hour 25 is out of range" in ran.err


def test_a_picture_of_the_week_in_pixels(call: Call, here: Path) -> None:
    call("schedule", "preview", "jobs.py", "--png", "week.png")
    assert (here / "week.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Mon-Fri 09:00", 0, "-> cron(00 09 ? * MON-FRI *) (rule)"),
        ("10:00:30", 1, "because seconds :30 cannot be scheduled on AWS; nearest: 10:00"),
        ("2027-02-29", 1, "because this never fires: February 2027 has 28 days"),
        ("2020-01-01 10:00", 0, "because this never fires again: it ended at 2020-01-01 10:00 UTC"),
    ],
)
def test_what_would_stop_a_deployment_is_told_by_the_exit_code(text: str, code: int, said: str, call: Call) -> None:
    ran = call("schedule", "explain", text, "--provider", "aws", "-o", "region=eu-central-1")
    assert ran.code == code
    assert said in ran.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, call: Call) -> None:
    assert "_TASKFLOWS_CLOUD_COMPLETE" in call("completion", shell).out


def test_completion_knows_commands_stages_and_providers(cli: Callable[..., Any], folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.taskflows-cloud.stages.prod]\nprovider = "local"\n')

    def completed(words: str) -> list[str]:
        count = str(len(words.split(" ")))
        ran = cli(_TASKFLOWS_CLOUD_COMPLETE="bash_complete", COMP_WORDS=f"taskflows-cloud {words}", COMP_CWORD=count)
        return [line.partition(",")[2] for line in ran.out.splitlines()]

    assert completed("sch") == ["schedule"]
    assert completed("list --stage p") == ["prod"]
    assert completed("list --provider lo") == ["local"]


def test_what_fails_alike_is_told_once(call: Call) -> None:
    ran = call("deploy", "jobs.py", "--provider", "aws", "-o", "region=eu-central-1")
    assert ran.code == 1
    assert ran.out.count("no AWS credentials found") == 1
    assert "failed     nightly-report, greet, broken on aws eu-central-1 [TFC1503]: no AWS credentials" in ran.out
    assert "error [TFC1503]: 3 of 3 failed" in ran.err


def test_a_plan_that_cannot_be_made_is_not_nothing_to_do(call: Call) -> None:
    ran = call("plan", "jobs.py", "--provider", "aws", "-o", "region=eu-central-1")
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "in all: 3 of 3 without a plan"


def test_a_function_that_never_ran_has_no_log_yet(deployed: Call) -> None:
    ran = deployed("logs", "greet")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "greet on local wrote nothing yet\n"
