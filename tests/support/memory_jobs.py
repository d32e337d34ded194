"""Functions that a user deploys to the cloud in memory."""

import asyncio
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
        "memory": context.memory_mb,
        "left": context.remaining_ms(),
        "path": PurePosixPath("a") / "b",
        "occurrence": context.occurrence and str(context.occurrence),
        "deadline": context.deadline.isoformat(),
    }


gate = asyncio.Lock()


async def contends():
    async def hold():
        async with gate:
            await asyncio.sleep(0)

    await asyncio.gather(hold(), hold())
    return "awaited"


async def invokes(event):
    import taskflows_cloud_core

    environment = taskflows_cloud_core.get_environment("memory", place=event["place"])
    return str(environment.invoke_function(event["name"]).value or environment.invoke_function(event["name"]).error)


def interrupted():
    raise KeyboardInterrupt
