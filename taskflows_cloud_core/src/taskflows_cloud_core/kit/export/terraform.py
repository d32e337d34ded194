"""Configurations for Terraform in its JSON syntax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from taskflows_cloud_core.kit.export.documents import without_blanks

Block: TypeAlias = tuple[str, str, Mapping[str, Any]]
"""The type of a resource, its label, and its arguments."""


def literal(text: str) -> str:
    """Escape a text, so that Terraform finds no expressions in it."""
    return text.replace("${", "$${").replace("%{", "%%{")


def resource_blocks(blocks: Iterable[Block]) -> dict[str, dict[str, Any]]:
    """Make the value of the key ``resource``; blank arguments are left out."""
    resources: dict[str, dict[str, Any]] = {}
    for kind, label, arguments in blocks:
        resources.setdefault(kind, {})[label] = without_blanks(arguments)
    return resources


def text_variable(description: str = "", *, default: str | None = None, sensitive: bool = False) -> dict[str, Any]:
    """Declare a variable that holds a text.

    Args:
        description: Shown when Terraform asks for the value.
        default: The value when none is given.
        sensitive: Keep the value out of the output of Terraform.
    """
    given = {"default": default, "sensitive": sensitive or None, "description": description}
    return {"type": "string", **without_blanks(given)}


def environment_variables(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Declare a sensitive variable ``environment_NAME`` for each environment variable: no file holds a value."""
    return {f"environment_{name}": text_variable(f"The environment variable {name}", sensitive=True) for name in names}
