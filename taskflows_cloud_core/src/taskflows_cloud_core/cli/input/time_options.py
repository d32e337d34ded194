"""Moments as people write them: ``10m`` ago, or ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from taskflows_cloud_core.cli.errors.classes import MomentError

_SPAN = re.compile(r"(\d{1,9})\s*(s|m|h|d|w)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def as_moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:  # noqa: ARG001 - click's signature
    """The callback of an option that takes a moment."""
    return None if value is None else read_moment(value, datetime.now(UTC))


def read_moment(text: str, now: datetime) -> datetime:
    """Read a moment.

    Args:
        text: A span before now (``10m``, ``2h``, ``3d``), or ISO 8601.
        now: What spans count from, aware.

    Raises:
        MomentError: It is neither.
    """
    span = _SPAN.fullmatch(text.strip().lower())
    try:
        if span:
            return now - timedelta(seconds=int(span[1]) * _SECONDS[span[2]])
        moment = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise MomentError(
            f"{text!r} is no moment; write a span before now such as 10m, 2h or 3d, or 2026-11-25T09:30 (UTC unless "
            "it has a zone)"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
