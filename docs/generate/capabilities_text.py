"""The capabilities that core knows, and the hooks that a provider with one implements."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

MEANINGS = {
    "cost": "estimates what a plan costs",
    "diagnose": "looks at credentials, permissions, clock; `taskflows-cloud doctor` shows it",
    "export": "prints the resources of a plan in another tool's language",
    "failed_logs": "tells the logs of failed runs from the others",
    "invoke": "runs a function when asked to",
    "keep_logs": "can delete a function and leave its logs, and says so in `Plan.keeps`",
    "logs": "has a log of what functions print",
    "metrics": "counts runs and failures",
    "pause": "stops and resumes schedules; a deployment does not resume them",
    "permissions": "knows the least permissions that deploying needs",
    "rollback": "keeps versions, and makes an older one live",
    "seconds": "says calendars with seconds exactly",
    "shared": "finds what functions shared and none uses any more; pruning deletes it",
    "timezones": "says calendars in zones with summer time exactly",
}


def capabilities_text(path: str) -> str:
    """The table.

    Args:
        path: Of the mapping of capabilities, for instance ``"taskflows_cloud_core.provider_info.CAPABILITIES"``.

    Returns:
        Markdown.
    """
    module, _, name = path.rpartition(".")
    known = getattr(import_module(module), name)
    rows = [
        f"| `{capability}` | {MEANINGS[capability]} | {_named(hooks) or 'those that it has anyway'} |"
        for capability, hooks in sorted(known.items())
    ]
    return "\n".join(["| capability | the provider | hooks |", "| --- | --- | --- |", *rows])


def _named(hooks: Iterable[str]) -> str:
    return ", ".join(f"`{hook}`" for hook in hooks)
