"""What a place in memory asks of a function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import Problem

NAME_CHARACTERS = 64
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{NAME_CHARACTERS - 1}}}")


def find_problems(config: CloudFunctionConfig) -> Sequence[Problem]:
    """A name that most clouds would refuse is refused here too."""
    name = config.function_name
    if _NAME.fullmatch(name):
        return []
    message = f"{name!r} is no name here; use 1 to {NAME_CHARACTERS} of A-Z a-z 0-9 _ -, a letter or digit first"
    return [Problem(field="function_name", message=message)]
