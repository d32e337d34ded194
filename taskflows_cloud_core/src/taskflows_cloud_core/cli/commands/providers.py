"""``taskflows-cloud providers``: the state of every plugin."""

from __future__ import annotations

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.providers import Diagnosis, diagnose


@attrs.frozen(kw_only=True)
class ProvidersAnswer(Answer):
    """The plugins that are installed.

    Args:
        plugins: Providers first.
    """

    plugins: tuple[Diagnosis, ...] = attrs.field(converter=to_tuple)

    @property
    def exit_code(self) -> int:
        """1 when one of them is broken."""
        return int(any(plugin.status == "broken" for plugin in self.plugins))

    def text(self, style: Style) -> str:
        """A line or two for each."""
        return "\n".join(_lines(plugin, style) for plugin in self.plugins)


@click.command()
@answers(ProvidersAnswer, name="providers")
def providers() -> ProvidersAnswer:
    """Tell which plugins are installed and work.

    The exit code is 1 when one of them is broken.
    """
    return ProvidersAnswer(plugins=diagnose())


def _lines(plugin: Diagnosis, style: Style) -> str:
    mark = {"ok": style.good, "broken": style.bad, "disabled": style.faint}[plugin.status]
    title = f"  {plugin.title}" if plugin.title else ""
    head = f"{mark(f'{plugin.status:<8}')}  {plugin.kind:<9}  {plugin.name}{title}  ({plugin.distribution})"
    more = plugin.error or (f"can: {', '.join(plugin.capabilities)}" if plugin.capabilities else "")
    return f"{head}\n          {style.faint(more) if plugin.error is None else more}" if more else head
