"""Names of time zones."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Every part of an IANA name begins with a capital letter. That refuses "europe/berlin" also where file names, and
# so the names of zones, are read in any case.
_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*){0,2}")
LONGEST = 50
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
    if len(name) > LONGEST or not _NAME.fullmatch(name):
        return None
    if name in _NO_ZONES or name.startswith(_NO_FOLDERS):
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return name
