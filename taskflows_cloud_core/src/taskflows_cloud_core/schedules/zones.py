"""Time zones by their IANA names."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from taskflows_cloud_core.errors import ScheduleError

# Every part of an IANA name begins with a capital letter. That refuses "europe/berlin" also where file names, and
# so the names of zones, are read in any case.
_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*){0,2}")
_WORD = re.compile(r"[A-Za-z]+")
_LONGEST = 50
# Files of a zone database that name no place of their own; "right/" counts leap seconds.
_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})
_NO_FOLDERS = ("posix/", "right/")


@lru_cache(maxsize=1024)
def zone_name(name: str) -> str | None:
    """The name of a zone as it is written everywhere, or ``None`` when there is no such zone.

    Args:
        name: ``UTC`` in any case, or an IANA name, which is case-sensitive.
    """
    if name.upper() == "UTC":
        return "UTC"
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        return None
    if name in _NO_ZONES or name.startswith(_NO_FOLDERS):
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return name


def zone_of(name: str) -> tzinfo:
    """The zone of a name.

    Raises:
        ScheduleError: There is no such zone.
    """
    known = zone_name(name)
    if known is None:
        raise ScheduleError(f"there is no time zone {name!r}; {advice_for(name)}")
    return UTC if known == "UTC" else ZoneInfo(known)


def advice_for(name: str) -> str:
    """What to write in place of a zone name that does not exist."""
    if name.upper() in ("Z", "GMT", "UCT"):
        return "write UTC"
    if name[:1] in "+-" or name[:1].isdigit():
        return "offsets are not supported; write UTC or a name such as Europe/Berlin"
    for near in (_WORD.sub(lambda word: word[0].capitalize(), name), name.upper()):
        if near != name and zone_name(near):
            return f"names of zones are case-sensitive; write {near}"
    if zone_name("Europe/London") is None:
        return "this machine has no time zone database; install the package tzdata"
    return "write UTC or a name such as Europe/Berlin"
