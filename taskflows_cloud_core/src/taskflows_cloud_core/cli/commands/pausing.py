"""``taskflows-cloud pause`` and ``resume``."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.input.name_hints import naming_near_misses
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import waiting
from taskflows_cloud_core.cli.output.terminal import Style


@attrs.frozen(kw_only=True)
class Switched:
    """The schedules of one function in one place.

    Args:
        function: Its name.
        place: Provider and the options that may be seen.
        schedules: How many of its schedules are in that state now.
    """

    function: str
    place: str
    schedules: int


@attrs.frozen(kw_only=True)
class PausingAnswer(Answer):
    """The schedules that are paused or live now.

    Args:
        paused: Whether they are paused.
        functions: One for each function in each place.
    """

    paused: bool
    functions: tuple[Switched, ...] = attrs.field(converter=to_tuple)

    def text(self, style: Style) -> str:
        """A line for each."""
        return "\n".join(_line(each, style, paused=self.paused) for each in self.functions)


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@place_options
@answers(PausingAnswer, name="pause")
def pause(names: Sequence[str], where: Where) -> PausingAnswer:
    """Stop the schedules of functions, also over a deployment, until `resume`."""
    return _switch(names, where, paused=True)


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@place_options
@answers(PausingAnswer, name="resume")
def resume(names: Sequence[str], where: Where) -> PausingAnswer:
    """Let the schedules of functions fire again."""
    return _switch(names, where, paused=False)


def _switch(names: Sequence[str], where: Where, *, paused: bool) -> PausingAnswer:
    found = []
    with waiting("pausing" if paused else "resuming"):
        for label, environment in where.environments().items():
            for name in map(where.name, names):
                with naming_near_misses(name, environment, label):
                    switch = environment.pause_schedules if paused else environment.resume_schedules
                    found.append(Switched(function=name, place=label, schedules=switch(name)))
    return PausingAnswer(paused=paused, functions=found)


def _line(each: Switched, style: Style, *, paused: bool) -> str:
    state = style.careful("paused") if paused else style.good("live")
    number = "no schedule" if not each.schedules else f"{each.schedules} schedule{'s' * (each.schedules > 1)}"
    return f"{state}  {style.strong(each.function)} on {each.place}: {number}"
