"""Dependencies from the files in which projects keep them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import read_dependencies

LOCK = """
version = 1
requires-python = ">=3.11"

[[package]]
name = "idna"
version = "3.7"
source = { registry = "https://pypi.org/simple" }
wheels = [
    { url = "https://example.org/idna-3.7-py3-none-any.whl", hash = "sha256:DIGEST", size = 1 },
]

[[package]]
name = "pytest"
version = "8.0.0"
source = { registry = "https://pypi.org/simple" }
wheels = [
    { url = "https://example.org/pytest-8.0.0-py3-none-any.whl", hash = "sha256:DIGEST", size = 1 },
]

[[package]]
name = "mine"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "idna" },
]

[package.dev-dependencies]
dev = [
    { name = "pytest" },
]
"""
PROJECT = """
[project]
name = "mine"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["idna>=3", "PyYAML ; python_version > '3.8'"]

[dependency-groups]
dev = ["pytest"]
"""


def test_a_file_of_requirements(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("idna==3.7 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n")
    (tmp_path / "requirements.txt").write_text("# ours\n-r base.txt\n\nPyYAML>=6  # yaml\nrequests[socks]==2.32.0\n")
    assert read_dependencies(tmp_path / "requirements.txt") == ["idna==3.7", "PyYAML>=6", "requests[socks]==2.32.0"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_was_written_on_windows(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "requirements.txt").write_bytes("idna==3.7\r\n-r more.txt\r\n".encode(encoding))
    (tmp_path / "more.txt").write_bytes("PyYAML\r\n".encode(encoding))
    assert read_dependencies(tmp_path / "requirements.txt") == ["idna==3.7", "PyYAML"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tool.poetry.dependencies]\nrequests = "^2"\n', "the dependencies are in tool.poetry"),
        ('[project]\nname = "mine"\n[tool.poetry.dependencies]\nrequests = "^2"\n', "in tool.poetry"),
        ('[build-system]\nrequires = ["hatchling"]\n', r"has no table \[project\]"),
    ],
)
def test_a_project_whose_dependencies_are_elsewhere_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(PackagingError, match=words):
        read_dependencies(tmp_path / "pyproject.toml")


def test_a_project_and_its_lock(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "uv.lock").write_text(LOCK.replace("DIGEST", "0" * 64))
    assert read_dependencies(tmp_path / "pyproject.toml") == ["idna>=3", "PyYAML ; python_version > '3.8'"]
    assert read_dependencies(tmp_path / "uv.lock") == ["idna==3.7"]


LOCK_WITH_A_FOLDER = """
version = 1
requires-python = ">=3.11"

[[package]]
name = "zz-beside"
version = "1.0"
source = { editable = "beside" }

[[package]]
name = "mine"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "zz-beside", marker = "python_full_version >= '3.12'" },
]
"""


def test_a_folder_in_a_lock_is_named_when_it_is_installed_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "pyproject.toml").write_text('[project]\nname = "zz-beside"\nversion = "1.0"\n')
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "mine"\nversion = "0.1.0"\n')
    (tmp_path / "uv.lock").write_text(LOCK_WITH_A_FOLDER)
    with pytest.raises(PackagingError, match=r"\./beside is no distribution of an index, and is not installed here"):
        read_dependencies(tmp_path / "uv.lock")
    facts = tmp_path / "site" / "zz_beside-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: zz-beside\nVersion: 1.0\n")
    (facts / "direct_url.json").write_text(
        json.dumps({"url": (tmp_path / "beside").as_uri(), "dir_info": {"editable": True}})
    )
    monkeypatch.syspath_prepend(str(facts.parent))
    assert read_dependencies(tmp_path / "uv.lock") == ["zz-beside ; python_full_version >= '3.12'"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--index-url https://evil.example", "line 2: .* is an option"),
        ("-e .", "line 2: .* is an option"),
        ("x @ https://user:hunter2@evil.example/x.whl", "line 2: .* names a URL"),
        ("./local", "line 2: .* is no requirement"),
        ("-r requirements.txt", "includes itself"),
        ("-r absent.txt", "cannot be read"),
    ],
)
def test_what_is_no_plain_requirement_is_refused_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(f"idna\n{line}\n")
    with pytest.raises(PackagingError, match=words) as failure:
        read_dependencies(file)
    assert "hunter2" not in str(failure.value)


def test_dynamic_dependencies_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[project]\nname = "mine"\ndynamic = ["dependencies"]\n')
    with pytest.raises(PackagingError, match="dynamic"):
        read_dependencies(file)


def test_a_broken_lock_says_why(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "uv.lock").write_text("version = ???")
    with pytest.raises(PackagingError, match=r"uv\.lock cannot be read"):
        read_dependencies(tmp_path / "uv.lock")
