"""The codes and messages of answers of AWS."""

from __future__ import annotations

DENIED_CODES = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError"}
)
"""What AWS's services answer when the credentials do not permit a call."""


def error_code(error: BaseException) -> str:
    """The code of an answer of AWS, for instance ``"ResourceNotFoundException"``; empty for other errors."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def error_message(error: BaseException) -> str:
    """AWS's own words in an answer; empty for other errors."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Message", "")) if isinstance(response, dict) else ""


def is_denied(error: BaseException) -> bool:
    """Whether the credentials do not permit the call."""
    return error_code(error) in DENIED_CODES
