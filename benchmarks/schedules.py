"""Schedules: reading, translating and the next runs, beside oncalendar, cronsim and croniter in the same run."""

from __future__ import annotations

import statistics
import timeit
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from importlib.util import find_spec
from itertools import islice
from time import process_time
from zoneinfo import ZoneInfo

from taskflows_cloud_aws.schedules.translate import translate
from taskflows_cloud_core import Calendar, ScheduleError
from taskflows_cloud_core.schedules import iterate, parse
from taskflows_cloud_core.schedules.spec.ranges import _cover

OURS = "ours"
ROUNDS = 7
RUNS = 200
START = datetime(2027, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
# The same calendar in OnCalendar and, for the rivals that read cron, in cron.
CASES = {
    "every minute": ("*:*", "* * * * *"),
    "on weekdays": ("Mon-Fri 09:30", "30 9 * * 1-5"),
    "quarters of office hours": ("Mon-Fri 9..17:0/15", "*/15 9-17 * * 1-5"),
    "the last day of the month": ("*-*~01 18:00", "0 18 L * *"),
    "29 February": ("*-02-29 06:00", "0 6 29 2 *"),
}
TRANSLATED = {
    "one line": "Mon-Fri 09:30",
    "whole weeks": "Mon *-*-8..14 09:00",
    "by length of month": "*-*~02 10:00",
    "dates written out": "Fri *-*-13 09:00",
    "dates in 63 lines": "Tue..Thu *-*-10..20 06:00",
    "refused": "Mon-Fri 16:30:30",
}
Runs = Callable[[str, str], Iterator[datetime]]


def ours(calendar: str, _: str) -> Iterator[datetime]:
    """Our own iterator."""
    return iterate(parse(calendar, timezone="Europe/Berlin"), START)


def rivals() -> dict[str, Runs]:
    """Those that are installed, each as a function that reads a text and gives an iterator."""
    found: dict[str, Runs] = {}
    if find_spec("oncalendar"):
        from oncalendar import OnCalendar

        found["oncalendar"] = lambda calendar, _: OnCalendar(calendar, START)
    if find_spec("cronsim"):
        from cronsim import CronSim

        found["cronsim"] = lambda _, cron: CronSim(cron, START)
    if find_spec("croniter"):
        from croniter import croniter

        found["croniter"] = lambda _, cron: croniter(cron, START).all_next(datetime)
    return found


def medians(statements: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median processor time of a call of each, taken in turns, so that they share what the machine does besides."""
    timers = {name: timeit.Timer(statement, timer=process_time) for name, statement in statements.items()}
    numbers = {name: max(1, int(0.02 / max(timer.timeit(1), 1e-6))) for name, timer in timers.items()}
    rounds = [{name: timer.timeit(numbers[name]) for name, timer in timers.items()} for _ in range(ROUNDS)]
    return {name: statistics.median(each[name] for each in rounds) / numbers[name] for name in statements}


def row(label: str, statements: dict[str, Callable[[], object]], columns: Sequence[str] = ()) -> None:
    """Print our time, and how many times as long the others take; a dash for one that does not know the text."""
    took = medians({name: statement for name, statement in statements.items() if works(statement)})
    own = took[OURS]
    ratios = "".join(f"{f'{took[name] / own:.1f}' if name in took else '-':>12}" for name in columns)
    print(f"{label:<48}{own * 1e6:>10.1f}{ratios}")


def works(statement: Callable[[], object]) -> bool:
    """Whether a rival knows the text; each has errors of its own."""
    try:
        statement()
    except Exception:  # noqa: BLE001 - any error says no
        return False
    return True


def finding(run: Runs, calendar: str, cron: str, count: int) -> Callable[[], object]:
    """Reading a text and finding its next ``count`` runs."""
    return lambda: list(islice(run(calendar, cron), count))


def translate_anew(text: str) -> None:
    """Translate as if for the first time in this process."""
    _cover.cache_clear()
    translate(Calendar(text))


def refused(text: str) -> None:
    """Read a text that is no calendar."""
    with suppress(ScheduleError):
        parse(text)


def main() -> None:
    """Print microseconds of ours, and the others' times as multiples of them."""
    others = rivals()
    print(f"{'schedules, medians of ' + str(ROUNDS):<48}{'µs':>10}" + "".join(f"{'x ' + name:>12}" for name in others))
    for count, what in ((0, "read"), (1, "read and next run"), (RUNS, f"read and next {RUNS} runs")):
        for label, (calendar, cron) in CASES.items():
            wanted = min(count, 10) if label == "29 February" else count
            runs = {OURS: ours, **others}
            statements = {name: finding(run, calendar, cron, wanted) for name, run in runs.items()}
            row(f"{what}: {label}", statements, list(others))
    for label, text in TRANSLATED.items():
        row(f"translate for EventBridge: {label}", {OURS: lambda text=text: translate_anew(text)})
    row("refuse a text, with what was meant", {OURS: lambda: refused("weekdays at 9am")})
    print()


if __name__ == "__main__":
    main()
