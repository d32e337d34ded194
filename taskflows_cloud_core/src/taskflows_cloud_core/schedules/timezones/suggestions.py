"""What to write in place of the name of a time zone that does not exist."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from taskflows_cloud_core.schedules.timezones.names import LONGEST, zone_name

_WORD = re.compile(r"[A-Za-z]+")
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?[+-]?[0-9:]+", re.IGNORECASE)
_CLOSE = 0.8
_PLACES = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
# Many places share an abbreviation; these are what is mostly meant.
_ABBREVIATIONS = {
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "PT": "America/Los_Angeles",
    "MDT": "America/Denver",
    "MT": "America/Denver",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "CT": "America/Chicago",
    "EDT": "America/New_York",
    "ET": "America/New_York",
    "BRT": "America/Sao_Paulo",
    "BST": "Europe/London",
    "WEST": "Europe/Lisbon",
    "CEST": "Europe/Berlin",
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "EEST": "Europe/Helsinki",
    "MSK": "Europe/Moscow",
    "IST": "Asia/Kolkata",
    "SGT": "Asia/Singapore",
    "HKT": "Asia/Hong_Kong",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
    "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland",
}


def advice_for(name: str) -> str:
    """What to write in place of a zone name that does not exist."""
    if name.upper() in ("Z", "GMT", "UCT"):
        return "write UTC"
    if _OFFSET.fullmatch(name):
        return "offsets are not supported; write UTC or a name such as Europe/Berlin"
    if (near := _other_case(name)) is not None:
        return f"names of zones are case-sensitive; write {near}"
    if (near := near_zone(name)) is not None:
        return f"did you mean {near}?"
    if zone_name("Europe/London") is None:
        return "this machine has no time zone database; install the package tzdata"
    return "write UTC or a name such as Europe/Berlin"


def near_zone(name: str) -> str | None:
    """The zone that was probably meant: one in another case, a city, an abbreviation, or a near miss.

    Args:
        name: Anything; spaces stand for the ``_`` in names of cities.
    """
    wanted = name.replace(" ", "_")
    found = _other_case(wanted) or _ABBREVIATIONS.get(wanted.upper()) or _known().get(wanted.lower())
    if found is None and len(wanted) <= LONGEST:
        close = get_close_matches(wanted.lower(), _known(), n=1, cutoff=_CLOSE)
        found = _known()[close[0]] if close else None
    return found if found is not None and zone_name(found) else None


def _other_case(name: str) -> str | None:
    for near in (_WORD.sub(lambda word: word[0].capitalize(), name), name.upper()):
        if near != name and zone_name(near):
            return near
    return None


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """All zones, each by its whole name and by its last part, in small letters."""
    names = Path(str(import_module("tzdata").__file__)).with_name("zones").read_text(encoding="utf-8").split()
    cities = {name.rpartition("/")[2].lower(): name for name in reversed(names) if name.startswith(_PLACES)}
    return cities | {name.lower(): name for name in names}
