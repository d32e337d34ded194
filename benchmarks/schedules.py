"""Schedules: reading, translating and the next runs, beside oncalendar, cronsim and croniter in the same run."""

from __future__ import annotations

import statistics
import timeit
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.util import find_spec
from itertools import islice
from zoneinfo import ZoneInfo

from taskflows_cloud_aws.schedules import translate
from taskflows_cloud_core import Calendar
from taskflows_cloud_core.schedules import iterate, parse

ROUNDS = 5
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


def seconds(statement: Callable[[], object]) -> float:
    """The median time of a call."""
    timer = timeit.Timer(statement)
    number = max(1, int(0.02 / max(timer.timeit(1), 1e-7)))
    return statistics.median(timer.repeat(repeat=ROUNDS, number=number)) / number


def row(label: str, own: float, others: dict[str, float | None]) -> None:
    """Print our time, and how many times as long the others take."""
    ratios = "".join(f"{'-' if took is None else f'{took / own:.1f}':>12}" for took in others.values())
    print(f"{label:<48}{own * 1e6:>10.1f}{ratios}")


def measure(run: Runs, calendar: str, cron: str, count: int) -> float | None:
    """The time of reading a text and finding ``count`` runs; ``None`` when the rival does not know the text."""
    try:
        list(islice(run(calendar, cron), count))
    except Exception:  # noqa: BLE001 - each rival has errors of its own, and the row shows a dash
        return None
    return seconds(lambda: list(islice(run(calendar, cron), count)))


def main() -> None:
    """Print microseconds of ours, and the others' times as multiples of them."""
    others = rivals()
    print(f"{'schedules, medians of ' + str(ROUNDS):<48}{'µs':>10}" + "".join(f"{'x ' + name:>12}" for name in others))
    for count, what in ((0, "read"), (1, "read and next run"), (RUNS, f"read and next {RUNS} runs")):
        for label, (calendar, cron) in CASES.items():
            wanted = min(count, 10) if label == "29 February" else count
            own = measure(ours, calendar, cron, wanted) or 0
            row(f"{what}: {label}", own, {name: measure(run, calendar, cron, wanted) for name, run in others.items()})
    for label, text in {
        "one line": "Mon-Fri 09:30",
        "whole weeks": "Mon *-*-8..14 09:00",
        "by length of month": "*-*~02 10:00",
        "dates written out": "Fri *-*-13 09:00",
        "refused": "Tue..Thu *-*-10..20 06:00",
    }.items():
        row(f"translate for EventBridge: {label}", seconds(lambda text=text: translate(Calendar(text))), {})
    print()


if __name__ == "__main__":
    main()
