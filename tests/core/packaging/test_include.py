"""Files that a user adds: where they go, and what is never taken."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import PackageTarget, build_package, check_include_files


def place(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("../outside.txt", "leaves the working directory"),
        ("data/../../outside.txt", "leaves the working directory"),
        ("/etc/hosts", "is absolute"),
        ("~/file", "is absolute"),
        ("missing.txt", "is not there"),
        ("", "is no path"),
        ("a\nb", "is no path"),
        ("a\\b", "is no path"),
        ("link.txt", "link that leads out"),
        ("linked", "link that leads out"),
        ("folder", "link that leads out"),
    ],
)
def test_what_leads_out_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, words: str) -> None:
    root = tmp_path / "root"
    place(tmp_path, "outside.txt", "outside/secret.txt", "root/folder/a.txt")
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")
    (root / "linked").symlink_to(tmp_path / "outside")
    (root / "folder" / "inner").symlink_to(tmp_path / "outside")
    monkeypatch.chdir(root)
    [problem] = check_include_files([entry])
    assert problem.field == "include_files[0]"
    assert words in problem.message


def test_a_pipe_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    assert "no regular file" in check_include_files(["pipe"])[0].message


def test_all_problems_are_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place(tmp_path, "fine.txt")
    fields = [problem.field for problem in check_include_files(["a", "fine.txt", "/b"])]
    assert fields == ["include_files[0]", "include_files[2]"]


def test_a_text_is_no_list_of_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: PackageTarget) -> None:
    monkeypatch.chdir(tmp_path)
    place(tmp_path, "fine.txt")
    with pytest.raises(TypeError, match=r"include_files must be a list of str, not a str; write \['\.'\]"):
        check_include_files(".")
    with pytest.raises(TypeError, match=r"write \['fine\.txt'\]"):
        build_package(lambda: 1, target=target, include_files="fine.txt")


def test_secrets_in_folders_are_left_out_with_a_warning(
    project: Callable[..., ModuleType], target: PackageTarget
) -> None:
    jobs = project({"jobs.py": "def job(): return 1\n"})
    place(Path(), "d/.env", "d/.env.local", "d/key.pem", "d/id_rsa", "d/.git/config", "d/sub/ok.txt", "d/.hidden")
    place(Path(), "d/__pycache__/x.pyc")
    package = build_package(jobs.job, target=target, include_files=["d"])
    inside = {file.path for file in package.contents if file.path.startswith("d/")}
    assert inside == {"d/sub/ok.txt", "d/.hidden"}
    [warning] = package.warnings
    assert "d/.env, d/.env.local, d/.git/, d/id_rsa, d/key.pem" in warning


def test_a_named_file_is_taken_whatever_its_name(project: Callable[..., ModuleType], target: PackageTarget) -> None:
    jobs = project({"jobs.py": "def job(): return 1\n", "certificates/root.pem": "public\n"})
    package = build_package(jobs.job, target=target, include_files=["./certificates/root.pem"])
    assert "certificates/root.pem" in {file.path for file in package.contents}


def test_two_different_files_for_one_place_are_refused(
    project: Callable[..., ModuleType], target: PackageTarget
) -> None:
    jobs = project({"jobs.py": "def job(): return 1\n", "index.py": "# mine\n"})
    with pytest.raises(PackagingError, match=r"two files want the place 'index\.py'"):
        build_package(jobs.job, target=target, include_files=["index.py"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(["..", ".", "a", "", "/", "~", "b\x00", "link"]), min_size=1, max_size=5))
def test_no_spelling_gets_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: list[str]) -> None:
    root = tmp_path / "r" / "o"
    root.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(root)
    link = root / "link"
    if not link.is_symlink():
        link.symlink_to(tmp_path)
    (root / "a").mkdir(exist_ok=True)
    (tmp_path / "a").mkdir(exist_ok=True)
    (tmp_path / "a" / "secret").write_text("")
    text = "/".join(parts)
    accepted = not check_include_files([text])
    if accepted:
        assert (root / text).resolve().is_relative_to(root)


def test_data_beside_a_module_in_a_src_folder_stands_beside_it(
    project: Callable[..., ModuleType],
    run: Callable[..., object],
    target: PackageTarget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(Path("src").absolute()))
    text = "from pathlib import Path\ndef job(): return (Path(__file__).parent / 'rows.csv').read_text()\n"
    files = {"src/zz_shop/__init__.py": "", "src/zz_shop/jobs.py": text, "src/zz_shop/rows.csv": "a,b"}
    jobs = project(files, "zz_shop.jobs")
    package = build_package(jobs.job, target=target, include_files=["src/zz_shop/rows.csv"])
    assert {"src/zz_shop/rows.csv", "zz_shop/rows.csv"} <= {file.path for file in package.contents}
    assert run(package) == "a,b"


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Path("huge.bin").open("wb") as stream:
        stream.truncate(2**40)  # holes: it takes no room on the disk
    with pytest.raises(PackagingError, match=r"the largest files: huge\.bin 1048576\.0 MiB"):
        build_package(lambda: 1, target=PackageTarget(python_version="3.12"), include_files=["huge.bin"])
