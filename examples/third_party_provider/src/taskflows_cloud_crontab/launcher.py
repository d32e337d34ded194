"""Runs a function and keeps its log. Cron starts a copy of this file, which needs nothing but Python itself."""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path


def run(folder, name, event=None, run_id=None, schedule=None):
    """Run a function to its end: its value or its error, and how long it took in milliseconds.

    The package runs itself, by core's adapter ``command``: it is given variables, enforces the timeout, and writes what
    became of the run into a file.
    """
    home = Path(folder) / "functions" / name
    record = json.loads((home / "function.json").read_text(encoding="utf-8"))["record"]
    run_id, begin = run_id or uuid.uuid4().hex, time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, (home / "log.jsonl").open("a", encoding="utf-8") as log:
        given = {
            "FUNCTION_NAME": name,
            "REQUEST_ID": run_id,
            "RESULT": Path(scratch) / "outcome.json",
            "TIMEOUT_SECONDS": record["timeout_seconds"],
        }
        if schedule is not None:
            due = datetime.now(UTC).replace(second=0, microsecond=0)
            given |= {"SCHEDULE": schedule, "DUE_AT": due.isoformat()}
        else:
            given["EVENT_FILE"] = Path(scratch) / "event.json"
            given["EVENT_FILE"].write_text(json.dumps(event), encoding="utf-8")
        index = home / "code" / record["sha256"] / "index.py"
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(index)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                **record["environment"],
                **{f"TASKFLOWS_CLOUD_{variable}": str(value) for variable, value in given.items()},
            },
            cwd=scratch,
        )
        for line in child.stdout:
            level = "ERROR" if line.startswith("ERROR ") else None
            _write(log, run_id, level, line.rstrip("\n"))
        child.wait()
        outcome = json.loads(given["RESULT"].read_text(encoding="utf-8"))
    error = None
    if outcome["outcome"] == "failed":
        error = f"{outcome['type']}: {outcome['message']}\n{outcome['traceback']}".rstrip()
    return {"value": outcome.get("value"), "error": error, "run": run_id, "ms": (time.monotonic() - begin) * 1000}


def start(folder, name, event):
    """Start a function and do not wait; the identifier of the run."""
    run_id = uuid.uuid4().hex
    subprocess.Popen(
        [sys.executable, "-I", __file__, "", str(folder), name, run_id, json.dumps(event)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return run_id


def moment(text):
    """When a line of the log was written."""
    return datetime.fromisoformat(text)


def _write(log, run_id, level, text):
    line = {"at": datetime.now(UTC).isoformat(), "run": run_id, "level": level, "text": text}
    log.write(json.dumps(line) + "\n")
    log.flush()


def main():
    """What cron starts: ``launcher.py SCHEDULE FOLDER NAME``; `start` gives no schedule, but a run and its event."""
    schedule, folder, name, *rest = sys.argv[1:]
    told = run(folder, name, schedule=schedule) if schedule else run(folder, name, json.loads(rest[1]), rest[0])
    sys.exit(0 if told["error"] is None else 1)


if __name__ == "__main__":
    main()
