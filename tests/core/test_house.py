"""The rules of the house: what may import what, what costs nothing, and which names are public."""

from __future__ import annotations

import ast
import importlib
import keyword
import pkgutil
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import taskflows_cloud_core

ROOT = Path(taskflows_cloud_core.__file__).parent
# The floors, lowest first; a room imports from its own floor and from those before it only.
FLOORS = [
    {"_version", "_frozen", "_dict_access", "_lazy", "_run_ids", "_validators", "stopping"},
    {"errors"},
    {"progress", "options"},
    {"schedules"},
    {"config"},
    {"packaging"},
    {"stopping"},
    {"reconcile"},
    {"results"},
    {"provider_info"},
    {"hookspecs"},
    {"kit"},
    {"providers"},
    {"marks", "interop"},
    {"environment"},
    {"local"},
    {"testing", "scaffold"},
    {"project"},
    {"cli"},
    {"__main__"},
]
_CLOUD_WORDS = """
    amazon arn aws boto boto3 botocore cloudformation cloudwatch dynamodb ec2 eks eventbridge fargate iam Lambda lambda_
    s3 sns sqs
    bigquery gcloud gcp gke google pubsub
    cronjob cronjobs k8s kubectl kubernetes openshift
    azure ncrontab
    digitalocean firebase heroku pulumi terraform vercel
"""
CLOUD_WORDS = frozenset(_CLOUD_WORDS.split())
# A file or a folder: the words that may stand there, and why.
CLOUD_WORDS_ALLOWED = {
    "environment/__init__.py": ({"aws"}, "an example in a docstring"),
    "environment/everywhere.py": ({"aws"}, "an example in a docstring"),
    "packaging/code/include_files.py": ({"aws"}, "a folder with credentials, which is left out of packages"),
    "packaging/runtime/adapters/aws_lambda": (CLOUD_WORDS, "the one adapter for that runtime"),
    "kit/export/": ({"terraform"}, "a language that plans of every provider are exported to"),
    "packaging/package.py": ({"aws"}, "the name of that adapter"),
    "packaging/runtime_files.py": ({"aws"}, "the name of that adapter"),
    "results/functions.py": ({"arn"}, "a key of the listings of taskflows.cloud, from which users come"),
}
HEAVY = ("boto3", "botocore", "cloudpickle", "importlib_metadata", "rich", "sqlite3", "packaging", "uv")


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if name.startswith("taskflows_cloud_core."):
                yield name.split(".")[1]


def modules() -> list[Path]:
    return [path for path in sorted(ROOT.rglob("*.py")) if path.name != "__init__.py" or path.parent != ROOT]


def test_every_room_stands_on_a_floor() -> None:
    assert {room_of(path) for path in modules()} <= set().union(*FLOORS)


@pytest.mark.parametrize(
    "path", [path for path in modules() if "runtime" not in path.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_imports_run_one_way_down(path: Path) -> None:
    level = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    own = room_of(path)
    upward = {room for room in imported_rooms(path) if level[room] > level[own]}
    assert not upward
    assert not {room for room in imported_rooms(path) if level[room] == level[own] and room != own} or level[own] == 0


def imported_modules(path: Path, root: Path) -> Iterator[Path]:
    """The files of its own distribution that a file imports, wherever in it the import stands."""
    package = root.name
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package:
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                file = root.joinpath(*name.split(".")[1:]).with_suffix(".py")
                if file.is_file():
                    yield file


@pytest.mark.parametrize("package", ["taskflows_cloud_core", "taskflows_cloud_aws"])
def test_no_files_import_each_other_in_a_circle(package: str) -> None:
    root = Path(importlib.import_module(package).__file__ or "").parent
    graph = {path: set(imported_modules(path, root)) - {path} for path in root.rglob("*.py")}
    assert set(TopologicalSorter(graph).static_order()) >= set(graph)


def words_of(path: Path) -> set[str]:
    """The words of a module's names, texts and comments, in small letters; keywords of Python are none of them."""
    with path.open("rb") as stream:
        tokens = [token for token in tokenize.tokenize(stream.readline) if not keyword.iskeyword(token.string)]
    # "CloudFront" and "cloud_front" are two words, "CloudFront" is one besides; "Lambda" is a service, "lambda" is not.
    texts = [token.string for token in tokens]
    whole = {word for text in texts for word in re.findall(r"[A-Za-z][a-z0-9]*|[A-Z0-9]+", text)}
    joined = {word.lower() for text in texts for word in re.findall(r"[A-Za-z0-9]+", text)}
    services = {"Lambda"} & whole | ({"lambda_"} & set(texts))
    return {word.lower() for word in whole} - {"lambda"} | joined - {"lambda"} | services


def cloud_words() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        for word in sorted(words_of(path) & CLOUD_WORDS):
            yield place, word


def test_core_names_no_cloud_and_none_of_their_services() -> None:
    named = [
        f"{place}: {word}"
        for place, word in cloud_words()
        if not any(place.startswith(allowed) and word in words for allowed, (words, _) in CLOUD_WORDS_ALLOWED.items())
    ]
    assert not named


def test_every_exception_is_still_needed() -> None:
    found = list(cloud_words())
    for allowed, (words, _) in CLOUD_WORDS_ALLOWED.items():
        there = {word for place, word in found if place.startswith(allowed)}
        assert there, allowed
        assert words in (CLOUD_WORDS, there), allowed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("key = lambda item: item", set()),
        ("# a lambda has no name", set()),
        ("# as on Lambda", {"Lambda"}),
        ("client = session.lambda_", {"lambda_"}),
        ("class AwsOptions: ...", {"aws"}),
        ('TITLE = "Google\'s Kubernetes"', {"google", "kubernetes"}),
        ("text = f'{1} in S3'", {"s3"}),
        ("KUBERNETES_CRON = 1", {"kubernetes"}),
        ("limit = 'EventBridge'", {"eventbridge"}),
        ("x = 1  # noqa: S310", set()),
    ],
)
def test_names_of_clouds_are_recognised(tmp_path: Path, line: str, found: set[str]) -> None:
    file = tmp_path / "module.py"
    file.write_text(f"{line}\n")
    assert words_of(file) & CLOUD_WORDS == found


def loaded_after(program: str) -> set[str]:
    report = f"import sys\n{program}\nprint('\\n'.join(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-I", "-c", report], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in run.stdout.split()}


@pytest.mark.parametrize(
    "program",
    [
        "import taskflows_cloud_core",
        "from taskflows_cloud_core import get_environment, CloudFunctionConfig, Calendar; get_environment('local')",
        "from taskflows_cloud_core import available_providers; available_providers()",
        "from taskflows_cloud_core.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(end='')",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(program: str) -> None:
    assert not loaded_after(program) & set(HEAVY)


def test_the_help_of_the_command_line_imports_click_and_little_else() -> None:
    program = "from taskflows_cloud_core.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(end='')"
    assert not loaded_after(program) & {"attr", "attrs", "pluggy", "tomllib"}


def test_importing_core_alone_imports_no_dependency() -> None:
    assert not loaded_after("import taskflows_cloud_core") & {"attr", "attrs", "pluggy", "click"}


def packages() -> list[str]:
    names = [module.name for module in pkgutil.iter_modules([str(ROOT)]) if module.ispkg]
    return ["taskflows_cloud_core", *(f"taskflows_cloud_core.{name}" for name in names)]


@pytest.mark.parametrize("name", packages())
def test_all_is_true(name: str) -> None:
    package = importlib.import_module(name)
    if not hasattr(package, "__all__"):
        return
    missing = [word for word in package.__all__ if not hasattr(package, word)]
    assert not missing
    assert set(package.__all__) <= set(dir(package))


def lazy_packages() -> list[str]:
    """Every package, at whatever depth, whose names are loaded when they are first used."""
    names: list[str] = []
    for root in ("taskflows_cloud_core", "taskflows_cloud_aws"):
        below = pkgutil.walk_packages(importlib.import_module(root).__path__, f"{root}.")
        names += [root, *(module.name for module in below if module.ispkg)]
    return [name for name in names if hasattr(importlib.import_module(name), "_MODULES")]


def test_there_are_lazy_packages() -> None:
    assert set(lazy_packages()) >= {"taskflows_cloud_core", "taskflows_cloud_core.schedules"}


@pytest.mark.parametrize("name", lazy_packages())
def test_no_lazy_name_is_that_of_a_submodule(name: str) -> None:
    """Importing such a submodule would set the attribute of the package, and so hide the name."""
    package = importlib.import_module(name)
    submodules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert not submodules & set(package._MODULES)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Calender'"):
        _ = taskflows_cloud_core.Calender
