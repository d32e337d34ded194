"""Runs a function and keeps its log. Cron starts a copy of this file, which needs nothing but Python itself."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import uuid
from datetime import UTC, datetime
from pathlib import Path


def run(folder, name, event, run_id=None):
    """Run a function to its end: its value or its error, and how long it took in milliseconds."""
    home = Path(folder) / "functions" / name
    function = json.loads((home / "function.json").read_text(encoding="utf-8"))
    run_id, begin = run_id or uuid.uuid4().hex, time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, (home / "log.jsonl").open("a", encoding="utf-8") as log:
        answer = Path(scratch) / "answer.json"
        code = home / "code" / function["settings"]["sha256"]
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-X", "utf8", __file__, "--child", str(code), str(answer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
            env={"PATH": os.environ.get("PATH", os.defpath), **function["environment"]},
            cwd=scratch,
            start_new_session=True,
        )
        limit = function["settings"]["timeout_seconds"]
        timer = threading.Timer(limit, _kill, [child])
        timer.start()
        with contextlib.suppress(BrokenPipeError), child.stdin:
            child.stdin.write(json.dumps(event))
        for line in child.stdout:
            _write(log, run_id, None, line.rstrip("\n"))
        child.wait()
        timer.cancel()
        ended = f"TimeoutError: ended after {limit} s" if child.returncode < 0 else f"it ended with {child.returncode}"
        told = {"value": None, "error": ended}
        if answer.exists():
            told = json.loads(answer.read_text(encoding="utf-8"))
        for line in (told["error"] or "").splitlines():
            _write(log, run_id, "ERROR", line)
    return {**told, "run": run_id, "ms": (time.monotonic() - begin) * 1000}


def start(folder, name, event):
    """Start a function and do not wait; the identifier of the run."""
    run_id = uuid.uuid4().hex
    subprocess.Popen(
        [sys.executable, "-I", __file__, str(folder), name, run_id, json.dumps(event)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return run_id


def moment(text):
    """When a line of the log was written."""
    return datetime.fromisoformat(text)


def _kill(child):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _write(log, run_id, level, text):
    line = {"at": datetime.now(UTC).isoformat(), "run": run_id, "level": level, "text": text}
    log.write(json.dumps(line) + "\n")
    log.flush()


def _child(code, answer):
    """Call the function; this is the process of the run."""
    sys.path.insert(0, code)
    try:
        import index

        told = {"value": index.handler(json.load(sys.stdin), None), "error": None}
    except Exception as error:  # noqa: BLE001 - whatever the user's code raises is its result
        told = {"value": None, "error": f"{type(error).__name__}: {error}\n{traceback.format_exc()}"}
    Path(answer).write_text(json.dumps(told), encoding="utf-8")


def main():
    """What cron starts: ``launcher.py FOLDER NAME [RUN_ID EVENT]``."""
    if sys.argv[1] == "--child":
        _child(*sys.argv[2:])
        return
    folder, name, *rest = sys.argv[1:]
    run_id, event = rest or (None, json.dumps({"scheduled_time": datetime.now(UTC).isoformat()}))
    told = run(folder, name, json.loads(event), run_id)
    sys.exit(0 if told["error"] is None else 1)


if __name__ == "__main__":
    main()
