"""What documents for other tools are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def without_blanks(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out arguments that are ``None`` or empty."""
    blank: tuple[Any, ...] = (None, "", [], {})
    return {name: value for name, value in arguments.items() if value not in blank}


def as_json(content: Mapping[str, Any]) -> str:
    """The text of a file."""
    return json.dumps(content, indent=2) + "\n"
