"""What can go wrong between a person and the command line, apart from what the calls themselves raise."""

from __future__ import annotations

from taskflows_cloud_core.cli.errors.exit_codes import ERROR, NOT_CONFIRMED
from taskflows_cloud_core.errors import CloudError

USAGE_CODE = "TFC1700"
INTERRUPTED_CODE = "TFC1790"
DEFECT_CODE = "TFC1799"


class CommandError(CloudError):
    """A command that cannot be carried out as it was given.

    Attributes:
        exit_code: With what the program ends.
    """

    code = USAGE_CODE
    exit_code = ERROR


class NotConfirmedError(CommandError):
    """Something that cannot be undone was not confirmed; nothing was done."""

    code = "TFC1701"
    exit_code = NOT_CONFIRMED


class PayloadError(CommandError):
    """The payload is no JSON, or cannot be read."""

    code = "TFC1702"


class MomentError(CommandError):
    """A moment or a span of time that cannot be read."""

    code = "TFC1703"


class RunFailedError(CommandError):
    """The function ran and failed."""

    code = "TFC1704"


class OutputError(CommandError):
    """A file that cannot be written."""

    code = "TFC1705"


class UnknownCodeError(CommandError):
    """There is no such error code."""

    code = "TFC1706"
