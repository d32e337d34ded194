"""Dependencies as text: what is a requirement, and what is something else in disguise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import PackageTarget, build_layer, build_package, check_dependencies

HOSTILE = [
    "--index-url=https://evil.example",
    "-r /etc/passwd",
    "-e .",
    " -e .",
    "requests\n--index-url https://evil.example",
    "requests\r-e .",
    "requests\u2028-e .",
    "requests @ https://evil.example/r.whl",
    "requests @ file:///etc/passwd",
    "pkg@git+ssh://git@evil.example/x",
    "git+https://evil.example/x.git",
    "https://evil.example/x.whl",
    "file:///tmp/x.whl",
    "./local.whl",
    "../project",
    "/abs/project",
    "requests; os.system('x')",
    "requests --hash=sha256:00",
    "$(touch x)",
    "`touch x`",
    "a;b",
    "",
    "   ",
    "requests\x00",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_plain_requirement_is_refused(text: str, target: PackageTarget) -> None:
    [problem] = check_dependencies([text])
    assert problem.field == "dependencies[0]"
    assert "requests>=2.31" in problem.message
    with pytest.raises(PackagingError, match=r"dependencies\[0\]"):
        build_package(lambda: 1, target=target, dependencies=[text])
    with pytest.raises(PackagingError, match=r"dependencies\[0\]"):
        build_layer([text], target=target)


@pytest.mark.parametrize(
    "text",
    [
        "x @ https://user:hunter2@host.example/x.whl",
        "--extra-index-url=https://user:hunter2@host.example/simple",
        "x\n--index-url https://user:hunter2@host.example/simple",
        "x @ user:hunter2@host.example/x.whl",
        "git+ssh://user:hunter2@host.example/x.git",
    ],
)
def test_a_password_in_a_url_is_not_repeated(text: str) -> None:
    [problem] = check_dependencies([text])
    assert "hunter2" not in problem.message
    assert "host.example" in problem.message


@pytest.mark.parametrize("value", ["requests", 5, {"a": 1}])
def test_only_lists_are_taken(value: Any) -> None:
    [problem] = check_dependencies(value)
    assert problem.field == "dependencies"
    assert "must be a list of str" in problem.message


def test_plain_requirements_pass() -> None:
    assert not check_dependencies(None)
    assert not check_dependencies(["requests", "PyYAML>=6,<7", "uvicorn[standard]==0.30 ; python_version > '3.8'"])


@given(st.text(max_size=30))
def test_what_passes_is_a_name_on_one_line(text: str) -> None:
    if not check_dependencies([text]):
        assert text.isprintable()
        assert text.strip()[0].isalnum()
        assert "@" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("git+https://user@host.example/x", "'git+https://***@host.example/x' names a URL"),
        ("git+https://user:hunter2@host.example/x", "'git+https://***@host.example/x' names a URL"),
        ("x @ file:///home/me@corp.example/x", "'x @ file:///home/me@corp.example/x' names a URL"),
    ],
)
def test_what_hides_a_password_leaves_the_rest(text: str, shown: str) -> None:
    [problem] = check_dependencies([text])
    assert shown in problem.message
