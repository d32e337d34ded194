"""IAM statements that users add to a function's role: what IAM would refuse, and what allows too much. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taskflows_cloud_core import Problem

# IAM User Guide, "Grammar of the IAM JSON policy language" and the pages of the single elements, 2026-11-26.
_KEYS = frozenset({"Sid", "Effect", "Action", "Resource", "Condition"})
_EFFECTS = ("Allow", "Deny")
_SID = re.compile(r"[A-Za-z0-9]*")
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+|\*+")
_RESOURCE = re.compile(r"arn:[^:\s]+:[a-z0-9-]+:[^:\s]*:[^:\s]*:\S.*|\*+")
_EVERYTHING = re.compile(r"\*+")


def problems_of_statements(statements: Any, *, allow_everything: bool) -> Iterator[Problem]:
    """Find everything that is wrong with ``policy_statements``.

    Args:
        statements: What the user gave, lists as tuples.
        allow_everything: Accept a statement that allows ``*`` on ``*``.
    """
    if not isinstance(statements, tuple):
        yield Problem(field="policy_statements", message="must be a list of dicts")
        return
    sids: dict[str, int] = {}
    for index, statement in enumerate(statements):
        message = _of_statement(statement)
        if not message and _is_everything(statement) and not allow_everything:
            message = "allows * on *; name actions or resources, or set allow_everything=True"
        if not message and (sid := statement.get("Sid")):
            first = sids.setdefault(sid, index)
            message = f"Sid {sid!r} is that of policy_statements[{first}] too" if first != index else ""
        if message:
            yield Problem(field=f"policy_statements[{index}]", message=message)


def _of_statement(statement: Any) -> str:
    if not isinstance(statement, Mapping):
        return f"must be a dict, not {type(statement).__name__}"
    unknown = sorted(map(repr, set(statement) - _KEYS))
    if unknown:
        return f"has {', '.join(unknown)}; a statement has {', '.join(sorted(_KEYS))}"
    missing = [key for key in ("Action", "Resource") if not statement.get(key)]
    if missing:
        return f"needs {' and '.join(missing)}"
    return "; ".join(filter(None, _of_elements(statement)))


def _of_elements(statement: Mapping[str, Any]) -> Iterator[str]:
    effect, sid = statement.get("Effect", "Allow"), statement.get("Sid", "")
    if effect not in _EFFECTS:
        yield f"Effect is {effect!r}; it must be 'Allow' or 'Deny'"
    if not isinstance(sid, str) or not _SID.fullmatch(sid):
        yield f"Sid is {sid!r}; it has letters and digits only"
    yield _of_texts("Action", statement["Action"], _ACTION, "'s3:GetObject', or '*'")
    yield _of_texts("Resource", statement["Resource"], _RESOURCE, "'arn:aws:s3:::bucket/*', or '*'")
    if "Condition" in statement:
        yield _of_condition(statement["Condition"])


def _of_texts(key: str, value: Any, pattern: re.Pattern[str], example: str) -> str:
    texts = _as_texts(value)
    if not texts or not all(isinstance(text, str) for text in texts):
        return f"{key} must be a str or a list of str"
    wrong = [repr(text) for text in texts if not pattern.fullmatch(text)]
    return f"{key} has {', '.join(wrong)}, not of the form {example}" if wrong else ""


def _as_texts(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _of_condition(condition: Any) -> str:
    form = "Condition must be of the form {'StringEquals': {'aws:SourceAccount': '123456789012'}}"
    if not isinstance(condition, Mapping):
        return form
    for operator, tests in condition.items():
        if not isinstance(operator, str) or not isinstance(tests, Mapping):
            return form
        for key, values in tests.items():
            if not isinstance(key, str) or not all(isinstance(one, str | int | float) for one in _as_texts(values)):
                return form
    return ""


def _is_everything(statement: Mapping[str, Any]) -> bool:
    allows = statement.get("Effect", "Allow") == "Allow"
    actions, resources = _as_texts(statement["Action"]), _as_texts(statement["Resource"])
    return allows and any(map(_EVERYTHING.fullmatch, actions)) and any(map(_EVERYTHING.fullmatch, resources))


def policy_characters(statements: Sequence[Mapping[str, Any]]) -> int:
    """How many characters a policy of these statements has, as IAM counts them: without blanks."""
    policy = {"Version": "2012-10-17", "Statement": statements}
    return len(json.dumps(policy, separators=(",", ":"), ensure_ascii=False))
