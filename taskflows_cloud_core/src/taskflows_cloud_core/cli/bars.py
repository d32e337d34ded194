"""Bars on a terminal: one for all functions, and one for each of the few that are under way."""

from __future__ import annotations

from collections.abc import Mapping

from taskflows_cloud_core.progress import ProgressEvent

_WORDS = {"check": "checking", "package": "packaging", "plan": "comparing", "apply": "changing"}
# Where a stage begins and ends. Packaging is the longest step of most first deployments, changes that of all others.
_SPANS = {"check": (0.0, 0.05), "package": (0.05, 0.4), "plan": (0.4, 0.5), "apply": (0.5, 1.0)}
# More rows than this move too fast to be read, and do not fit a small window.
_MOST_ROWS = 8


class Bars:
    """Bars of rich on stderr, which vanish at the end.

    Args:
        what: What is being done.
        count: How many functions it is about; those that have begun, when not given.
    """

    def __init__(self, what: str, count: int | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._count = count
        self._rows: dict[str, int] = {}
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.fields[now]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._all = self._bars.add_task(what, total=1.0, now="")
        self._bars.start()

    def stop(self) -> None:
        """Take them away."""
        self._bars.stop()

    def show(self, events: Mapping[str, ProgressEvent]) -> None:
        """Show the last event of each function."""
        count = max(self._count or 0, len(events))
        if count > 1:
            parts = [_part(event) for event in events.values()]
            done = sum(part >= 1.0 for part in parts)
            self._bars.update(self._all, completed=sum(parts) / count, now=f"{done} of {count}")
        under_way = [key for key, event in events.items() if _part(event) < 1.0][-_MOST_ROWS:]
        for key in self._rows.keys() - set(under_way):
            self._bars.remove_task(self._rows.pop(key))  # type: ignore[arg-type]  # rich's own number
        for key in under_way:
            self._show_row(key, events[key])

    def _show_row(self, key: str, event: ProgressEvent) -> None:
        if key not in self._rows:
            self._rows[key] = self._bars.add_task(f"  {key}", total=1.0, now="")
        now = event.message if event.stage == "apply" else _WORDS[event.stage]
        self._bars.update(self._rows[key], completed=_part(event), now=now)  # type: ignore[arg-type]  # rich's own number


def _part(event: ProgressEvent) -> float:
    """How much of a function is done, from 0 to 1."""
    if event.status == "failed" and event.stage != "apply":
        return 1.0
    begin, end = _SPANS[event.stage]
    within = event.done / event.total if event.total else float(event.status != "started")
    return begin + (end - begin) * within
