"""A table of the fields of an attrs class: name, type, default, and the meaning from its docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import attrs

# Defaults that are computed, in the words of a reader.
_COMPUTED = MappingProxyType({"dict": "`{}`"})


def fields_table(path: str) -> str:
    """The table.

    Args:
        path: Of the class, for instance ``"taskflows_cloud_core.CloudFunctionConfig"``.

    Returns:
        Markdown.
    """
    module, _, name = path.rpartition(".")
    documented = getattr(import_module(module), name)
    meanings = meanings_of(documented)
    types = get_type_hints(documented)
    rows = [
        f"| `{field.name}` | `{_type(types[field.name])}` | {_default(field)} | {meanings[field.name]} |"
        for field in attrs.fields(documented)
        if field.init and not field.name.startswith("_")
    ]
    return "\n".join(["| field | type | default | meaning |", "| --- | --- | --- | --- |", *rows])


def meanings_of(documented: type) -> Mapping[str, str]:
    """What the docstring says of each argument, on one line each."""
    text = inspect.getdoc(documented) or ""
    section = re.search(r"^Args:\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
    entries = re.findall(r"^    (\w+): ((?:.*\n?)(?:^        .*\n?)*)", section[1] if section else "", re.MULTILINE)
    return {name: _as_markdown(" ".join(meaning.split())) for name, meaning in entries}


def _as_markdown(text: str) -> str:
    return text.replace("``", "`")


def _type(hint: Any) -> str:
    text = hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", text)


def _default(field: attrs.Attribute[Any]) -> str:
    if field.default is attrs.NOTHING:
        return "needed"
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]  # a class, whatever its stub says
        name = field.default.factory.__name__
        return _COMPUTED.get(name, f"`{name}()`")
    return f"`{field.default!r}`"
