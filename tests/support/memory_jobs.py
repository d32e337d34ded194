"""Functions that a user deploys to the cloud in memory."""

import os
import sys
from pathlib import PurePosixPath


def report(event):
    return {"mode": os.environ.get("MODE"), "event": event}


def fails():
    raise ValueError("no rows")


def changes_the_process():
    os.environ["LEFT_BEHIND"] = "yes"
    return os.environ.pop("MODE")


def leaves(event):
    sys.exit(event["code"])


def told_about(event, context):
    return {
        "name": context.function_name,
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
        "path": PurePosixPath("a") / "b",
    }
