"""What `plugin new` writes, and what it refuses. That what is written works is shown by an installation of it."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from taskflows_cloud_core import ConfigurationError
from taskflows_cloud_core.scaffold import distribution_name, write_provider


@pytest.mark.parametrize("name", ["sky", "bright-sky", "example", "my-example-2", "n" * 40])
def test_a_provider_of_any_name_is_complete(tmp_path: Path, name: str) -> None:
    written = write_provider(name, tmp_path / "somewhere" / "new")
    folder = tmp_path / "somewhere" / "new" / distribution_name(name)
    assert {path for path in folder.rglob("*") if path.is_file()} == set(written)
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    module = f"taskflows_cloud_{name.replace('-', '_')}.plugin"
    assert project["project"]["entry-points"]["taskflows_cloud.providers"] == {name: module}
    assert (folder / "src" / module.replace(".", "/")).with_suffix(".py").is_file()
    for path in folder.rglob("*.py"):
        ast.parse(path.read_text())
    assert f'PROVIDER = "{name}"' in (folder / "src" / module.replace(".", "/")).with_suffix(".py").read_text()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Bright Sky", "'bright-sky' would do"),
        ("bright_sky", "'bright-sky' would do"),
        ("", "small letters"),
        ("2fast", "a letter first"),
        ("a--b", "'a-b' would do"),
        ("-a", "'a' would do"),
        ("../up", "'up' would do"),
        ("größe", "small letters"),
        ("a\nb", "no provider's name"),
        ("n" * 41, "at most 40"),
        ("local", "is taken: taskflows-cloud-core"),
        ("aws", "is taken: taskflows-cloud-aws"),
        ("core", "taskflows-cloud's own"),
    ],
)
def test_a_name_that_cannot_be_used(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        write_provider(name, tmp_path)
    assert caught.value.problems[0].field == "name"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "taskflows-cloud-sky").mkdir()
    (tmp_path / "taskflows-cloud-sky" / "mine.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="is there already"):
        write_provider("sky", tmp_path)
    assert [path.name for path in (tmp_path / "taskflows-cloud-sky").iterdir()] == ["mine.txt"]
