"""What is going on: bars on a terminal, lines elsewhere, always on stderr, and only when it takes a while."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType

from taskflows_cloud_core.cli.output.terminal import is_terminal, note
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


# What ends sooner shows nothing.
_SECONDS_BEFORE_BARS, _SECONDS_BEFORE_LINES = 0.4, 1.0


class Reporter:
    """Listens to the events of deployments and shows them.

    Args:
        what: What is being done, for people: ``"deploying"``.
        count: How many functions it is about, when that is known.
        places: How many places it goes to; with one, it is not named each time.
    """

    def __init__(self, what: str, count: int | None = None, *, places: int = 2) -> None:
        self._with_place = places > 1
        self._what = what
        self._count = count
        self._lock = threading.RLock()
        self._events: dict[str, ProgressEvent] = {}
        self._bars: Bars | None = None
        self._held: list[str] | None = []
        self._terminal = is_terminal(sys.stderr)
        delay = _SECONDS_BEFORE_BARS if self._terminal else _SECONDS_BEFORE_LINES
        self._timer = threading.Timer(delay, self._begin)
        self._timer.daemon = True

    def __enter__(self) -> Reporter:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._bars is not None:
                self._bars.stop()

    def __call__(self, event: ProgressEvent) -> None:
        """Take an event, from whatever thread."""
        with self._lock:
            key = f"{event.place}: {event.function_name}" if event.place and self._with_place else event.function_name
            self._events[key] = event
            if self._bars is not None:
                self._bars.show(self._events)
            elif not self._terminal and _is_worth_a_line(event):
                self._line(_as_line(key, event))

    def words(self) -> str:
        """What is there after an interrupt, function by function."""
        with self._lock:
            states = {key: _state(event) for key, event in self._events.items()}
        changed = [f"  {key}: {state}" for key, state in states.items() if state]
        if not changed:
            return f"interrupted while {self._what}; nothing was changed"
        rest = f"\n  and {len(states) - len(changed)} others, of which nothing was changed" * (
            len(states) > len(changed)
        )
        lines = "\n".join([f"interrupted while {self._what}:", *changed])
        return f"{lines}{rest}\nWhat is done stays. Running the same command again is safe, and does the rest."

    def _line(self, text: str) -> None:
        if self._held is None:
            note(text)
        else:
            self._held.append(text)

    def _begin(self) -> None:
        if self._terminal:
            with self._lock:
                self._bars = Bars(self._what, self._count)
                self._bars.show(self._events)
            return
        with self._lock:
            held, self._held = self._held or [], None
            note("\n".join([f"{self._what} …", *held]))


def _as_line(key: str, event: ProgressEvent) -> str:
    if event.stage == "package":
        return f"{key}: packaging"
    state = " failed" if event.status == "failed" else ""
    return f"{key}: {event.done}/{event.total}{state} {event.message}"


def _is_worth_a_line(event: ProgressEvent) -> bool:
    if event.stage == "apply":
        return event.status not in ("started", "running")
    return event.stage == "package" and event.status == "started"


def _state(event: ProgressEvent) -> str:
    """What was changed; empty when nothing was."""
    if event.stage != "apply":
        return ""
    if event.status == "failed":
        return f"failed: {event.message}"
    if event.total and event.done >= event.total:
        return f"all {event.total} changes are made"
    return f"{event.done} of {event.total} changes are made, others may be under way"


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something is under way whose steps nobody tells.

    Args:
        what: For people: ``"reading the log"``.
    """
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(what, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(what: str, done: threading.Event) -> None:
    if not is_terminal(sys.stderr):
        if not done.wait(_SECONDS_BEFORE_LINES):
            note(f"{what} …")
        return
    if done.wait(_SECONDS_BEFORE_BARS):
        return
    begin = time.monotonic() - _SECONDS_BEFORE_BARS
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …") as status:
        while not done.wait(1):
            status.update(f"{what} … {time.monotonic() - begin:.0f} s")
