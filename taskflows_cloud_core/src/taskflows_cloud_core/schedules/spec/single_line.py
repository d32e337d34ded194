"""The check that every piece of schedule text passes before anything reads it."""

from __future__ import annotations

import attrs

_EXAMPLES = {"schedule": "Mon-Fri 09:00", "timezone": "Europe/Berlin"}


def single_line(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    """Refuse text that is not a ``str``, is blank, or has control characters.

    Raises:
        TypeError: ``value`` is not a string.
        ValueError: ``value`` is blank or not one printable line.
    """
    name = f"{type(instance).__name__}.{attribute.name}"
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value.strip():
        raise ValueError(f"{name} is empty; write something like {_EXAMPLES.get(attribute.name, '1min')!r}")
    for position, character in enumerate(value):
        if not character.isprintable():
            said = {"\t": "a tab", "\n": "a new line", "\u00a0": "a space that does not break"}
            what = said.get(character, f"the unprintable character {character!a}")
            raise ValueError(f"{name} {value!r} has {what} at character {position + 1}; write a space, on one line")
