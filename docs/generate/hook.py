"""MkDocs calls this while it builds: pages get the tables that are made from the code, so that they cannot go stale.

A line ``<!-- generate: NAME ARGUMENT -->`` in a page becomes the text that a maker of that name gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from capabilities_text import capabilities_text
from checks_text import checks_text
from commands_text import commands_text
from defaults_table import defaults_table
from error_codes_text import error_codes_text
from fields_table import fields_table
from hooks_text import hooks_text
from kit_text import kit_text
from limits_table import limits_table

MAKERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "capabilities": capabilities_text,
        "checks": checks_text,
        "commands": commands_text,
        "defaults": defaults_table,
        "error-codes": error_codes_text,
        "fields": fields_table,
        "hooks": hooks_text,
        "kit": kit_text,
        "limits": limits_table,
    }
)
_MARKER = re.compile(r"^<!-- generate: (\S+) (\S+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: object) -> str:
    """MkDocs' event: put the generated texts into a page."""
    return _MARKER.sub(lambda match: MAKERS[match[1]](match[2]), markdown)
