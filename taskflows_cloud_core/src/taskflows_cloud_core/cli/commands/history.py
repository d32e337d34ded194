"""``taskflows-cloud history`` and ``rollback``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.input.confirm import confirm, yes_option
from taskflows_cloud_core.cli.input.name_hints import naming_near_misses
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.places import place_lines
from taskflows_cloud_core.cli.output.progress import waiting
from taskflows_cloud_core.cli.output.terminal import Style, columns
from taskflows_cloud_core.results import FunctionVersion


@attrs.frozen(kw_only=True)
class VersionLine:
    """One deployed state of a function's code.

    Args:
        version: Give it to ``rollback``.
        created_at: When it was deployed.
        package_sha256: The digest of its package.
        is_live: Whether it is the one that runs now.
    """

    version: str
    created_at: datetime
    package_sha256: str
    is_live: bool

    @classmethod
    def of(cls, version: FunctionVersion) -> VersionLine:
        """From a version of the call."""
        return cls(**{field.name: getattr(version, field.name) for field in attrs.fields(cls)})


@attrs.frozen(kw_only=True)
class HistoryAnswer(Answer):
    """The versions of a function.

    Args:
        function: Its name.
        place: Where it is.
        versions: The newest first.
    """

    function: str
    place: str
    versions: tuple[VersionLine, ...] = attrs.field(converter=to_tuple)

    def text(self, style: Style) -> str:
        """A table."""
        return columns(("VERSION", "DEPLOYED", "PACKAGE", ""), [_row(each) for each in self.versions], style)


@attrs.frozen(kw_only=True)
class RollbackAnswer(Answer):
    """The version that is live now.

    Args:
        function: The function's name.
        place: Where it is.
        live: The version.
    """

    function: str
    place: str
    live: VersionLine

    def text(self, style: Style) -> str:
        """One line."""
        version = f"version {self.live.version} of {self.live.created_at:%Y-%m-%d %H:%M %Z}"
        return f"{style.good('live')}  {style.strong(self.function)} on {self.place}: {version}"


@click.command()
@click.argument("name")
@place_options
@answers(HistoryAnswer, name="history")
def history(name: str, where: Where) -> HistoryAnswer:
    """List the versions of the function NAME that it can return to, newest first."""
    label, environment = where.one()
    wanted = where.name(name)
    with waiting("reading versions"), naming_near_misses(wanted, environment, label):
        versions = environment.list_versions(wanted)
    return HistoryAnswer(function=wanted, place=label, versions=[VersionLine.of(each) for each in versions])


@click.command()
@click.argument("name")
@click.argument("version", required=False)
@yes_option
@place_options
@answers(RollbackAnswer, name="rollback")
def rollback(name: str, version: str | None, where: Where, *, yes: bool) -> RollbackAnswer:
    """Make an older VERSION of the function NAME live; the one before the live one, when none is named.

    Its configuration and its schedules stay as they are.
    """
    label, environment = where.one()
    wanted = where.name(name)
    with naming_near_misses(wanted, environment, label):
        versions = environment.list_versions(wanted)
        confirm("\n".join([_what(versions, version, wanted, label), *place_lines({label: environment})]), yes=yes)
        with waiting("rolling back"):
            live = environment.rollback_function(wanted, version)
    return RollbackAnswer(function=wanted, place=label, live=VersionLine.of(live))


def _what(versions: Sequence[FunctionVersion], version: str | None, name: str, label: str) -> str:
    live = next((each.version for each in versions if each.is_live), "?")
    target = "the version before it" if version is None else f"version {version}"
    return f"{name} on {label} runs version {live}; it will run {target}."


def _row(each: VersionLine) -> tuple[str, str, str, str]:
    live = "live" if each.is_live else ""
    return each.version, f"{each.created_at:%Y-%m-%d %H:%M:%S %Z}", each.package_sha256[:12], live
