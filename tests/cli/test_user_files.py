"""Files of users: imported as they would be by Python, packaged by their names, and blamed by line when they fail."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
MARK = "from taskflows_cloud_core import cloud_function\n"
ROOT = ("-o", "root=state")


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def entry_of(call: Call, name: str) -> str:
    found: str = json.loads(call("describe", name, *ROOT, "--json").out)["metadata"]["entry"]
    return found


def deploy(call: Call, source: str) -> None:
    ran = call("deploy", source, *ROOT)
    assert ran.code == 0, ran.err + ran.out


def test_a_file_is_packaged_by_its_name_with_the_modules_beside_it(here: Path, call: Call) -> None:
    write(here, "prices.py", "def total():\n    return 42\n")
    write(here, "work.py", f"{MARK}import prices\n\n@cloud_function\ndef job():\n    return prices.total()\n")
    deploy(call, "work.py")
    assert entry_of(call, "job") == "work:job"
    assert json.loads(call("invoke", "job", *ROOT).out) == 42


def test_a_file_in_a_package_may_import_relatively(here: Path, call: Call) -> None:
    write(here, "shop/__init__.py", "")
    write(here, "shop/prices.py", "def total():\n    return 43\n")
    write(
        here, "shop/work.py", f"{MARK}from . import prices\n\n@cloud_function\ndef job():\n    return prices.total()\n"
    )
    deploy(call, "shop/work.py")
    assert entry_of(call, "job") == "shop.work:job"
    assert json.loads(call("invoke", "job", *ROOT).out) == 43


def test_a_module_may_be_named_instead_of_a_file(here: Path, call: Call) -> None:
    write(here, "shop/__init__.py", "")
    write(here, "shop/work.py", f"{MARK}\n@cloud_function\ndef job():\n    return 44\n")
    deploy(call, "shop.work")
    assert json.loads(call("invoke", "job", *ROOT).out) == 44


def test_a_file_whose_name_is_that_of_another_module_is_the_one_that_is_taken(here: Path, call: Call) -> None:
    write(here, "statistics.py", f"{MARK}\n@cloud_function\ndef job():\n    return 45\n")
    deploy(call, "statistics.py")
    assert json.loads(call("invoke", "job", *ROOT).out) == 45


def test_a_file_whose_name_is_no_identifier_works(here: Path, call: Call) -> None:
    write(here, "my-work.py", f"{MARK}\n@cloud_function\ndef job():\n    return 46\n")
    deploy(call, "my-work.py")
    assert json.loads(call("invoke", "job", *ROOT).out) == 46


def test_what_a_file_prints_while_it_is_imported_stays_out_of_the_answer(here: Path, call: Call) -> None:
    write(here, "work.py", f"{MARK}print('loading')\n\n@cloud_function\ndef job():\n    return 1\n")
    ran = call("plan", "work.py", *ROOT, "--json")
    assert json.loads(ran.out)["plans"][0]["function"] == "job"
    assert "loading" in ran.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def job(:\n    pass\n", "work.py, line 1: SyntaxError: "),
        ("x = 1\n\ny = 1 // 0\n", "work.py, line 3: ZeroDivisionError: "),
        (
            "import nothing_of_this_name\n",
            "work.py, line 1: ModuleNotFoundError: No module named 'nothing_of_this_name'",
        ),
        ("import sys\nsys.exit(3)\n", "work.py, line 2: the file ends the program (sys.exit)"),
        ("raise KeyError\n", "work.py, line 1: KeyError"),
    ],
)
def test_a_file_that_fails_is_blamed_with_its_line_and_without_a_traceback(
    text: str, told: str, here: Path, call: Call
) -> None:
    write(here, "work.py", text)
    ran = call("deploy", "work.py", *ROOT)
    assert (ran.code, ran.out) == (1, "")
    assert f"error [TFC1602]: {told}" in ran.err
    assert "Traceback" not in ran.err
    assert "taskflows_cloud_core/" not in ran.err


@pytest.mark.parametrize("content", [b"x = '\xff'\n", b"x = 1\0\n", b"# -*- coding: nonsense -*-\n"])
def test_a_file_that_is_no_text_is_blamed_too(content: bytes, here: Path, call: Call) -> None:
    (here / "work.py").write_bytes(content)
    ran = call("plan", "work.py")
    assert (ran.code, ran.out) == (1, "")
    assert "error [TFC1602]: work.py" in ran.err
    assert "Traceback" not in ran.err
    assert "None" not in ran.err


def test_the_place_of_a_syntax_error_is_pointed_at(here: Path, call: Call) -> None:
    write(here, "work.py", "x = (1,\ny = 2]\n")
    ran = call("plan", "work.py")
    assert "    y = 2]" in ran.err
    assert "^" in ran.err


def test_the_way_to_a_failure_leads_through_the_users_files_only(here: Path, call: Call) -> None:
    write(here, "inner.py", "import json\n\ndef read():\n    return json.loads('{')\n\nread()\n")
    write(here, "work.py", "import inner\n")
    ran = call("plan", "work.py")
    assert "error [TFC1602]: inner.py, line 4: JSONDecodeError" in ran.err
    assert (
        "  work.py, line 1: import inner\n  inner.py, line 6: read()\n  inner.py, line 4: return json.loads" in ran.err
    )
    assert "decoder.py" not in ran.err


def test_a_bad_configuration_is_told_with_its_line(here: Path, call: Call) -> None:
    write(here, "work.py", f"{MARK}\n@cloud_function(memory_mb=0, timeout_seconds='1')\ndef job():\n    pass\n")
    ran = call("plan", "work.py")
    assert ran.code == 1
    assert "error [TFC1101]: work.py, line 3: configuration of function 'job': 2 problems:" in ran.err
    assert "  - memory_mb: is 0; it must be more than 0" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["jbos.py"], "TFC1601", "there is no file 'jbos.py'; did you mean 'jobs.py'?"),
        (["nowhere/jobs.py"], "TFC1601", "there is no folder"),
        (["."], "TFC1601", "is a folder; give a Python file in it (jobs.py)"),
        (["shop.jobs"], "TFC1601", "there is no module 'shop'"),
        (["jobs.py", "greeet"], "TFC1604", "no marked function is named 'greeet'; did you mean 'greet'?"),
        (["jobs.py", "x"], "TFC1604", "marked are: nightly-report, greet, broken"),
        ([], "TFC1601", "say where the functions are, for instance jobs.py"),
    ],
)
def test_what_is_not_there_brings_the_near_miss(words: list[str], code: str, told: str, call: Call) -> None:
    ran = call("plan", *words)
    assert ran.code == 1
    assert f"error [{code}]: " in ran.err
    assert told in ran.err


def test_a_file_without_marked_functions_says_what_to_do(here: Path, call: Call) -> None:
    write(here, "work.py", "def job():\n    pass\n")
    ran = call("deploy", "work.py")
    assert "[TFC1603]" in ran.err
    assert "has no function marked with @cloud_function" in ran.err
    assert "above `def job`" in ran.err


def test_a_decorator_above_the_mark_is_refused(here: Path, call: Call) -> None:
    noisy = "import functools\n\ndef noisy(f):\n    return functools.wraps(f)(lambda: f())\n\n"
    text = f"{noisy}@noisy\n@cloud_function\ndef job():\n    pass\n"
    write(here, "work.py", MARK + text)
    ran = call("deploy", "work.py")
    assert ran.code == 1
    assert "'job' has another decorator above @cloud_function" in ran.err


def test_two_functions_of_one_name_are_refused(here: Path, call: Call) -> None:
    text = "@cloud_function(function_name='a')\ndef b():\n    pass\n\n@cloud_function\ndef a():\n    pass\n"
    write(here, "work.py", MARK + text)
    ran = call("deploy", "work.py")
    assert "b and a both have function_name='a'; names must differ" in ran.err


def test_a_function_may_be_named_as_in_python(call: Call) -> None:
    assert "greet on local" in call("plan", "jobs.py", "say_hello").out


def test_each_function_has_its_own_dependencies(here: Path, call: Call) -> None:
    text = "@cloud_function(dependencies=[])\ndef a():\n    pass\n\n"
    text += "@cloud_function(dependencies=['no such =='])\ndef b():\n    pass\n"
    write(here, "work.py", MARK + text)
    ran = call("deploy", "work.py", *ROOT)
    assert ran.code == 1
    assert "failed     b on local" in ran.out
    assert "dependencies[0]" in ran.out
    assert "failed     a on local" in ran.out
    assert "not begun, because the checks found problems with 'b'" in ran.out


def test_a_file_that_changes_twice_in_a_second_is_read_anew(here: Path, call: Call) -> None:
    file = here / "quick.py"
    source = MARK + "@cloud_function(memory_mb={})\ndef quick():\n    return 1\n"
    for memory in (128, 160, 192):
        file.write_text(source.format(memory))
        os.utime(file, (1_700_000_000, 1_700_000_000))
        assert f"memory_mb: {memory}" in call("plan", "quick.py").out
