"""The user's code that the checks deploy, as the sources of two modules."""

HELPER_SOURCE = '''"""What the jobs share."""


def answer():
    return 42
'''
JOBS_SOURCE = '''"""Jobs of a user."""

import os
import time
from pathlib import Path

from {helper} import answer


def report(event):
    print("report begins")
    return {{"answer": answer(), "event": event}}


def other():
    return "other"


def fails():
    print("about to fail")
    raise ValueError("broken on purpose")


def talks(event):
    for number in range(event["lines"]):
        print(f"line {{number:03}}")


def says(event):
    print(event)


def variable(event):
    return os.environ.get(event)


def scheduled(event, context, code="first"):
    print("scheduled run begins")
    table = Path(__file__).with_name("table.csv")
    return {{
        "answer": answer(),
        "code": code,
        "event": event,
        "mode": os.environ.get("MODE"),
        "occurrence": context.occurrence and str(context.occurrence),
        "table": table.read_text(encoding="utf-8") if table.exists() else None,
    }}


def rescheduled(event, context):
    return scheduled(event, context, "second")


def fails_for_occurrence(event, context):
    print(f"attempt for {{context.occurrence}}")
    raise ValueError("broken on purpose")


def waits(event):
    print("run begins", flush=True)
    deadline = time.monotonic() + event["seconds"]
    while not os.path.exists(event["gate"]) and time.monotonic() < deadline:
        time.sleep(0.1)
    print("run ends")


def takes_too_long():
    time.sleep(30)


def needs_too_much_memory():
    return len(bytearray(400 * 1024 * 1024))


def needs_more(event, context, table):
    return table
'''
