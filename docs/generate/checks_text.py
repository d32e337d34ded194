"""The checks of the conformance suite: the name of each and what it is about, by subject."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module


def checks_text(path: str) -> str:
    """The tables.

    Args:
        path: Of the suite, for instance ``"taskflows_cloud_core.testing.ProviderConformance"``.

    Returns:
        Markdown, one table for each subject.
    """
    module, _, name = path.rpartition(".")
    return "\n\n".join(_table(kind, checks) for kind, checks in checks_of(getattr(import_module(module), name)).items())


def checks_of(suite: type) -> Mapping[type, Mapping[str, str]]:
    """Subject to the names of its checks and their meaning."""
    by_subject = {
        kind: {name: _first_line(value) for name, value in vars(kind).items() if name.startswith("test_")}
        for kind in suite.__mro__
    }
    return {kind: checks for kind, checks in by_subject.items() if checks}


def _table(kind: type, checks: Mapping[str, str]) -> str:
    rows = [f"| `{name}` | {meaning} |" for name, meaning in checks.items()]
    return "\n".join([f"{_first_line(kind)}", "", "| check | |", "| --- | --- |", *rows])


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0].replace("``", "`").replace("|", "\\|")
