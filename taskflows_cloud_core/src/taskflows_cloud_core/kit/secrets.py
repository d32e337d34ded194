"""Taking secret values out of texts that people see."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from taskflows_cloud_core.reconcile import Action, Hidden, Plan

_SHORTEST_SECRET = 4


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Put ``(hidden)`` in place of secrets, in each spelling in which a message may repeat them.

    Args:
        text: For instance the message of a server.
        secrets: The values. Those of fewer than four characters stay, since they are parts of ordinary words.
    """
    spellings = {
        spelling for secret in tuple(secrets) if len(secret) >= _SHORTEST_SECRET for spelling in _spellings(secret)
    }
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, "(hidden)")
    return text


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it stands in a message, and in a piece of JSON, Python, XML or a URL there."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield escape(secret)
    for quotation in ({'"': "&quot;", "'": "&apos;"}, {'"': "&quot;", "'": "&#x27;"}, {'"': "&#34;", "'": "&#39;"}):
        yield escape(secret, quotation)
    # A lone surrogate has no form in a URL.
    yield quote(secret, safe="", errors="replace")
    yield quote(secret, errors="replace")
    yield quote_plus(secret, errors="replace")
    yield base64.b64encode(secret.encode("utf-8", "replace")).decode()


def secrets_of(plan: Plan) -> frozenset[str]:
    """The hidden values of everything that a plan is about."""
    return frozenset(value for action in plan.actions for value in secrets_of_action(action))


def secrets_of_action(action: Action) -> frozenset[str]:
    """The hidden values of the resource that an action is about, as it is and as it will be."""
    resources = (action.resource, action.observed)
    return frozenset(value for one in resources if one is not None for value in _hidden(one.properties))


def _hidden(value: Any) -> Iterator[str]:
    if isinstance(value, Hidden):
        yield str(value.value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _hidden(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _hidden(each)
