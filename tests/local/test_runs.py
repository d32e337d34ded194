"""One run: what it gets, what it gives, and the limits that it has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from taskflows_cloud_core.errors import OperationError


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_the_result_comes_back_as_json_has_it(env, deploy):
    deploy("def job():\n    return {'a': (1, 2.5, None), 'ü': 'ß'}\n")

    result = env.invoke_function("job")

    assert result.value == {"a": [1, 2.5, None], "ü": "ß"}
    assert result.duration_ms > 0
    assert result.request_id


def test_a_failure_prints_its_traceback_once(env, deploy):
    deploy("def job():\n    print('begun')\n    raise ValueError('no rows')\n")

    result = env.invoke_function("job")

    printed = str(result).splitlines()
    assert printed[0] == f"failed after {result.duration_ms:.0f} ms: ValueError: no rows"
    assert sum("Traceback" in line for line in printed) == 1
    assert printed[1].endswith(" begun")


def test_the_payload_is_the_event(env, deploy):
    deploy("def job(event):\n    return event\n")

    assert env.invoke_function("job", {"x": [1, "ü"]}).value == {"x": [1, "ü"]}
    assert env.invoke_function("job").value == {}


def test_the_context_describes_the_run(env, deploy):
    source = """
        from datetime import datetime, timezone
        def job(event, context):
            left = context.deadline - datetime.now(timezone.utc)
            return [context.function_name, context.request_id, context.memory_mb, context.remaining_ms(),
                    left.total_seconds(), context.occurrence]
    """
    deploy(source, memory_mb=100, timeout_seconds=10)

    result = env.invoke_function("job")

    name, request_id, memory, left_ms, left, occurrence = result.value
    assert (name, request_id, memory, occurrence) == ("job", result.request_id, 100, None)
    assert 5_000 < left_ms <= 10_000
    assert 5 < left <= 10


def test_lambdas_names_of_the_context_are_not_here(env, deploy):
    deploy("def job(event, context):\n    return context.aws_request_id\n")

    assert "AttributeError: 'Context' object has no attribute 'aws_request_id'" in env.invoke_function("job").error


def test_an_exception_is_told_with_type_message_and_traceback(env, deploy, runs):
    deploy("def job():\n    print('before')\n    raise ValueError('bad ü')\n")

    result = env.invoke_function("job")

    assert not result.ok
    assert result.error.startswith("ValueError: bad ü\nTraceback")
    assert "in job" in result.error
    assert "runner.py" not in result.error
    assert [(event.level, event.message) for event in result.logs[:2]] == [
        (None, "before"),
        ("ERROR", "ERROR ValueError: bad ü"),
    ]
    assert runs()[0].outcome == "failed"
    assert runs()[0].exit_code == 1


def test_a_process_that_ends_by_itself_is_told(env, deploy):
    deploy("import os\ndef job():\n    os._exit(7)\n", "exits")
    deploy("import os, signal\ndef job():\n    os.kill(os.getpid(), signal.SIGSEGV)\n", "crashes")

    assert env.invoke_function("exits").error == "the process ended with exit code 7 before the function returned"
    assert env.invoke_function("crashes").error == "the process ended by SIGSEGV before the function returned"


def test_a_function_may_call_exit(env, deploy):
    deploy("def job():\n    exit(3)\n")

    assert "sys.exit(3)" in env.invoke_function("job").error


def test_the_timeout_ends_the_run_and_its_grandchildren(env, deploy, runs, tmp_path, wait_until):
    source = f"""
        import subprocess, time
        def job():
            stubborn = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"])
            open({str(tmp_path / "pid")!r}, "w").write(str(stubborn.pid))
            time.sleep(60)
    """
    deploy(source, timeout_seconds=1)
    begun = time.monotonic()

    result = env.invoke_function("job")

    assert result.error == "the run was ended after its timeout of 1 s"
    assert time.monotonic() - begun < 10
    assert runs()[0].outcome == "timeout"
    wait_until(lambda: not is_running(int((tmp_path / "pid").read_text())))


def test_a_run_that_ignores_the_polite_signal_is_killed(env, deploy):
    source = """
        import signal, time
        def job():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(60)
    """
    deploy(source, timeout_seconds=1)

    assert "timeout" in env.invoke_function("job").error


def test_children_left_behind_end_with_the_run(env, deploy, wait_until):
    source = """
        import subprocess
        def job():
            return subprocess.Popen(["sleep", "60"]).pid
    """
    deploy(source)

    left = env.invoke_function("job").value

    wait_until(lambda: not is_running(left))
    assert env.invoke_function("job").ok


def test_a_process_outside_the_group_does_not_hold_up_the_run(env, deploy):
    source = """
        import subprocess
        def job():
            return subprocess.Popen(["sleep", "60"], start_new_session=True).pid
    """
    deploy(source)
    begun = time.monotonic()

    result = env.invoke_function("job")

    os.kill(result.value, signal.SIGKILL)
    assert result.ok
    assert time.monotonic() - begun < 10


def test_a_run_is_over_when_python_has_shut_down(env, deploy, tmp_path):
    source = f"""
        import atexit, threading, time
        from pathlib import Path
        folder = Path({str(tmp_path)!r})
        kept = []
        def job():
            atexit.register((folder / "atexit").write_text, "done")
            threading.Thread(target=late).start()
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            kept.append(open(folder / "unflushed", "w"))
            kept[0].write("all of it")
            return "done"
        def late():
            time.sleep(0.3)
            (folder / "thread").write_text("done")
    """
    deploy(source, timeout_seconds=30)

    result = env.invoke_function("job")

    assert result.value == "done"
    assert result.duration_ms < 20_000
    written = {name: (tmp_path / name).read_text() for name in ("atexit", "thread", "unflushed")}
    assert written == {"atexit": "done", "thread": "done", "unflushed": "all of it"}


def test_files_of_a_run_that_failed_are_flushed(env, deploy, tmp_path):
    source = f"""
        def job():
            stream = open({str(tmp_path / "unflushed")!r}, "w")
            stream.write("all of it")
            raise ValueError("no rows")
    """
    deploy(source)

    assert env.invoke_function("job").error.startswith("ValueError: no rows")
    assert (tmp_path / "unflushed").read_text() == "all of it"


def test_a_thread_that_outlasts_the_timeout_is_named(env, deploy, runs, tmp_path):
    source = f"""
        import atexit, threading, time
        from pathlib import Path
        def job():
            threading.Thread(target=time.sleep, args=(60,), name="sleeper").start()
            atexit.register(Path({str(tmp_path / "atexit")!r}).write_text, "done")
            return "done"
    """
    deploy(source, timeout_seconds=1)

    result = env.invoke_function("job")

    assert result.value is None
    assert result.error == "the function returned, but Python waited for 'sleeper' until the end of its timeout of 1 s"
    assert runs()[0].outcome == "timeout"
    assert (tmp_path / "atexit").read_text() == "done"


def test_the_memory_limit_is_enforced(env, deploy, runs):
    deploy("def job():\n    return len([bytearray(1 << 20) for _ in range(500)])\n", memory_mb=64)

    result = env.invoke_function("job")

    assert not result.ok
    assert result.error.startswith("MemoryError: more than 64 MiB were needed")
    assert runs()[0].outcome == "out of memory"


def test_memory_within_the_limit_can_be_used(env, deploy):
    deploy("def job():\n    return len(bytearray(40 << 20))\n", memory_mb=64)

    assert env.invoke_function("job").value == 40 << 20


def test_many_threads_do_not_use_up_the_memory(env, deploy):
    source = """
        import time
        from concurrent.futures import ThreadPoolExecutor
        def job():
            with ThreadPoolExecutor(32) as pool:
                return sum(pool.map(lambda number: time.sleep(0.05) or number, range(64)))
    """
    deploy(source, memory_mb=128)

    assert env.invoke_function("job").value == sum(range(64))


def test_the_environment_is_clean(env, deploy, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_SCHEDULER", "hush")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    source = """
        import os, sys
        def job():
            return {"names": sorted(os.environ), "path": sys.path, "stdin": sys.stdin.read(),
                    "flags": sys.flags.isolated, "key": os.environ["KEY"], "home": os.environ["HOME"]}
    """
    deploy(source, environment_variables={"KEY": "välue", "HOME": "/elsewhere"})

    value = env.invoke_function("job").value

    allowed = {"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "TZ", "USER"}
    assert set(value["names"]) <= {*allowed, "KEY", "OMP_NUM_THREADS", "TMPDIR"}
    assert value["key"] == "välue"
    assert value["home"] == "/elsewhere"
    assert value["stdin"] == ""
    assert value["flags"] == 1
    assert not [entry for entry in value["path"] if "site-packages" in entry or entry == "/nowhere"]


def test_scratch_is_there_and_goes(env, deploy, root):
    source = """
        import os, tempfile
        def job():
            with tempfile.NamedTemporaryFile(delete=False) as stream:
                return [stream.name, os.getcwd()]
    """
    deploy(source)

    file, folder = env.invoke_function("job").value

    assert Path(file).is_relative_to(root / "scratch")
    assert not Path(file).exists()
    assert list((root / "scratch").iterdir()) == []
    assert Path(folder).is_relative_to(root / "functions" / "job")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_function_cannot_write_into_its_code(env, deploy):
    deploy("def job():\n    open('x', 'w')\n")

    assert "PermissionError" in env.invoke_function("job").error


def test_code_folders_are_closed_for_writing(env, deploy, root):
    deploy("def job():\n    return 1\n")
    env.invoke_function("job")

    [code] = (root / "functions" / "job").glob("*/code")
    modes = {path.stat().st_mode & 0o777 for path in [code, *code.rglob("*")]}
    assert modes <= {0o400, 0o500}
    assert not list(code.rglob("__pycache__"))
    assert list((code.parent / "pycache").rglob("*.pyc"))


def test_a_result_that_is_too_large_is_refused(env, deploy):
    deploy("def job():\n    return 'x' * (7 << 20)\n")

    result = env.invoke_function("job")

    assert not result.ok
    assert "at most" in result.error


def test_runs_side_by_side_from_threads(env, deploy):
    deploy("import time\ndef job(event):\n    time.sleep(0.2)\n    return event\n")
    values = []
    threads = [
        threading.Thread(target=lambda n=n: values.append(env.invoke_function("job", n).value)) for n in range(6)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(values) == list(range(6))


def test_max_concurrency_bounds_invocations(env, deploy, runs, wait_until):
    deploy("import time\ndef job():\n    time.sleep(20)\n", max_concurrency=1, timeout_seconds=2)
    first = threading.Thread(target=env.invoke_function, args=("job",))
    first.start()
    wait_until(lambda: [run for run in runs() if run.state == "running"])

    with pytest.raises(OperationError, match="max_concurrency is 1 and 1 runs are under way"):
        env.invoke_function("job")

    first.join()


def test_max_concurrency_zero_means_no_runs(env, deploy):
    deploy("def job():\n    pass\n", max_concurrency=0)

    with pytest.raises(OperationError, match="max_concurrency is 0"):
        env.invoke_function("job")


def test_an_invocation_that_is_not_waited_for_needs_a_scheduler(env, deploy):
    deploy("def job():\n    pass\n")

    with pytest.raises(OperationError, match="taskflows-cloud local run"):
        env.invoke_function("job", invocation_type="Event")


def test_deleting_ends_runs_that_are_under_way(env, deploy, tmp_path, wait_until):
    pid_file = tmp_path / "pid"
    deploy(f"""
        import os, time
        def job():
            with open({str(pid_file)!r}, "w") as stream:
                stream.write(str(os.getpid()))
            time.sleep(60)
    """)
    results = []
    invoker = threading.Thread(target=lambda: results.append(env.invoke_function("job")))
    invoker.start()
    wait_until(lambda: pid_file.exists() and pid_file.read_text())

    env.delete_function("job").raise_for_error()

    invoker.join(20)
    assert not results[0].ok
    assert not is_running(int(pid_file.read_text()))
    assert env.list_functions() == []


def test_a_run_ends_with_the_process_that_watches_it(env, deploy, root, runs, tmp_path, wait_until):
    pid_file = tmp_path / "pids"
    deploy(f"""
        import os, subprocess, time
        def job():
            grandchild = subprocess.Popen(["sleep", "60"])
            with open({str(pid_file)!r}, "w") as stream:
                stream.write(f"{{os.getpid()}} {{grandchild.pid}}")
            time.sleep(60)
    """)
    # Where the tests run in the background, SIGINT may be ignored from the start; at a prompt it is not.
    program = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    program += "from taskflows_cloud_core import get_environment as g; "
    program += "g('local', root=sys.argv[1]).invoke_function('job')"
    invoker = subprocess.Popen([sys.executable, "-c", program, str(root)])
    wait_until(lambda: pid_file.exists() and len(pid_file.read_text().split()) == 2)

    invoker.kill()
    invoker.wait()

    for pid in pid_file.read_text().split():
        wait_until(lambda pid=pid: not is_running(int(pid)))
    # The next one who works on the root notices.
    deploy("def job():\n    return 1\n", "other")
    env.invoke_function("other")
    assert [run.outcome for run in runs("job")] == ["interrupted"]
    assert list((root / "scratch").iterdir()) == []


def test_an_interrupted_invocation_is_noted(root, deploy, runs, tmp_path, wait_until):
    ready = tmp_path / "ready"
    deploy(f"import time\ndef job():\n    open({str(ready)!r}, 'w').close()\n    time.sleep(60)\n")
    # Where the tests run in the background, SIGINT may be ignored from the start; at a prompt it is not.
    program = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    program += "from taskflows_cloud_core import get_environment as g; "
    program += "g('local', root=sys.argv[1]).invoke_function('job')"
    invoker = subprocess.Popen([sys.executable, "-c", program, str(root)], stderr=subprocess.DEVNULL)
    wait_until(ready.exists)

    invoker.send_signal(signal.SIGINT)
    invoker.wait(20)

    assert [(run.state, run.outcome) for run in runs()] == [("ended", "interrupted")]


def test_a_run_that_takes_too_long_may_put_away_what_it_has(env, deploy, runs):
    source = """
        import time
        def job():
            try:
                time.sleep(60)
            finally:
                print("put away")
    """
    deploy(source, timeout_seconds=1)

    assert env.invoke_function("job").error == "the run was ended after its timeout of 1 s"

    assert runs()[0].outcome == "timeout"
    assert "put away" in [event.message for event in env.get_function_logs("job")]
