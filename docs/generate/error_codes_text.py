"""The error codes of the command line, each with cause, remedy and example."""

from __future__ import annotations

from importlib import import_module


def error_codes_text(path: str) -> str:
    """The text.

    Args:
        path: Of the mapping of codes, for instance ``"taskflows_cloud_core.cli.errors.codes.ERROR_CODES"``.

    Returns:
        Markdown, a heading for each code.
    """
    module, _, name = path.rpartition(".")
    parts = []
    for each in getattr(import_module(module), name).values():
        parts.append(f"### {each.code}: {each.title}\n\n{each.cause}\n\n**What to do:** {each.remedy}\n")
        parts.append(f"```text\n{each.example}\n```\n")
    return "\n".join(parts)
