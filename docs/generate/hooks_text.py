"""The hooks of a provider, from their specifications: when each is called, arguments, answer, errors, an example."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

_SECTION = re.compile(r"^(Args|Returns|Raises|Example):\n", re.MULTILINE)
_SINCE = re.compile(r"^\.\. versionadded:: (\S+)$", re.MULTILINE)
_ENTRY = re.compile(r"^(\w+): ((?:.*\n?)(?:^    .*\n?)*)", re.MULTILINE)


def hooks_text(path: str) -> str:
    """The text.

    Args:
        path: Of the class with the specifications, for instance ``"taskflows_cloud_core.hookspecs.ProviderSpec"``.

    Returns:
        Markdown, a heading for each hook, in the order of the source.
    """
    module, _, name = path.rpartition(".")
    return "\n".join(_hook(hook, function) for hook, function in hooks_of(getattr(import_module(module), name)).items())


def hooks_of(spec: type) -> Mapping[str, Callable[..., Any]]:
    """The specifications by name, those of base classes first."""
    return {
        name: value
        for kind in spec.__mro__[-2::-1]
        for name, value in vars(kind).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }


def _hook(name: str, function: Callable[..., Any]) -> str:
    text = inspect.getdoc(function) or ""
    since = _SINCE.search(text)
    summary, *parts = _SECTION.split(_SINCE.sub("", text))
    sections = {title: textwrap.dedent(body).strip() for title, body in zip(parts[::2], parts[1::2], strict=True)}
    arguments = [one for one in inspect.signature(function).parameters if one != "self"]
    lines = [f"### `{name}({', '.join(arguments)})`", "", _marked(summary.strip()), ""]
    if "Args" in sections:
        lines += [*_table("argument", sections["Args"]), ""]
    lines += [f"**Returns:** {_marked(_joined(sections['Returns']))}", ""]
    if "Raises" in sections:
        lines += [*_table("error", sections["Raises"]), ""]
    example = textwrap.dedent(sections["Example"].partition("\n")[2]).strip()
    lines += ["```python", example, "```", "", f"Since {since[1] if since else 'the beginning'}.", ""]
    return "\n".join(lines)


def _table(title: str, section: str) -> list[str]:
    rows = [f"| `{name}` | {_marked(_joined(meaning))} |" for name, meaning in _ENTRY.findall(section)]
    return [f"| {title} | |", "| --- | --- |", *rows]


def _joined(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _marked(text: str) -> str:
    return text.replace("``", "`")
