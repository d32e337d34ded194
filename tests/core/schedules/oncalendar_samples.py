"""Random OnCalendar text: mostly right, sometimes wrong in the ways in which people are wrong."""

from __future__ import annotations

from random import Random

WEEKDAYS = (
    "Mon Tue Wed Thu Fri Sat Sun Monday tuesday WED Thursday friday SAT Sunday".split()  # noqa: SIM905 - it reads well
)
SHORTHANDS = ("minutely", "hourly", "daily", "weekly", "monthly", "Yearly", "annually", "quarterly", "semiannually")
NO_SHORTHANDS = ("secondly", "noon", "fortnightly")
ZONES = (
    "UTC",
    "utc",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "EST",
)
NO_ZONES = ("europe/berlin", "+02:00", "Z", "Mars/Olympus")


def any_text(random: Random) -> str:
    """Text of the whole language, right or nearly right."""
    text = _Writer(random, slips=0.03).schedule()
    if random.random() < 0.08:
        at = random.randrange(len(text))
        text = text[:at] + random.choice("/.,*~- :x1") + text[at + random.randint(0, 1) :]
    return text


def right_text(random: Random, *, seconds: bool = True, zones: tuple[str, ...] = ZONES) -> str:
    """Text that was written without slips; a random list can still break a limit of the language."""
    return _Writer(random, slips=0, seconds=seconds, zones=zones).schedule()


class _Writer:
    def __init__(self, random: Random, *, slips: float, seconds: bool = True, zones: tuple[str, ...] = ZONES) -> None:
        self.random = random
        self.slips = slips
        self.seconds = seconds
        self.zones = zones

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def slip(self) -> bool:
        return self.chance(self.slips)

    def schedule(self) -> str:
        body = self.random.choice(NO_SHORTHANDS) if self.slip() else self.body()
        if self.chance(0.5):
            return body
        return f"{body} {self.random.choice(NO_ZONES if self.slip() else self.zones)}"

    def body(self) -> str:
        if self.chance(0.05):
            return self.random.choice(SHORTHANDS)
        if self.seconds and self.chance(0.03):
            return f"@{self.random.randint(0, 7258118400)}"
        parts = [self.weekdays()] if self.chance(0.4) else []
        if self.chance(0.65):
            parts.append(self.date())
        if self.chance(0.8) or not parts:
            parts.append(self.time())
        return ("  " if self.slip() else " ").join(parts)

    def weekdays(self) -> str:
        said = []
        for _ in range(self.random.choice((1, 1, 2, 3))):
            first, last = sorted(self.random.sample(range(7), 2), reverse=self.slip())
            one = self.chance(0.5)
            said.append(self.random.choice(WEEKDAYS) if one else WEEKDAYS[first] + self.dots() + WEEKDAYS[last])
        return ",".join(said) + ("," if self.chance(0.05) else "")

    def dots(self) -> str:
        return self.random.choice(("..", "-"))

    def date(self) -> str:
        separator = "~" if self.chance(0.3) else "-"
        day = self.chain(1, 28 if separator == "~" else 31)
        kind = self.random.random()
        if kind < 0.6:
            return f"*-{self.chain(1, 12, star=0.6)}{separator}{day}"
        if kind < 0.8:
            return f"{self.chain(2020, 2040)}-{self.chain(1, 12, star=0.5)}{separator}{day}"
        if kind < 0.9:
            return f"{self.chain(20, 40)}-{self.chain(1, 12, star=0.5)}{separator}{day}"
        return f"{self.chain(1, 12)}{separator}{day}"

    def time(self) -> str:
        said = f"{self.chain(0, 23)}:{self.chain(0, 59)}"
        return f"{said}:{self.second()}" if self.seconds and self.chance(0.4) else said

    def second(self) -> str:
        if self.chance(0.6):
            return self.random.choice(("00", self.chain(0, 59)))
        first, low, high = self.fraction(), self.random.randint(0, 20), self.random.randint(20, 59)
        step = f"{self.random.randint(1, 9)}.{self.random.randint(0, 999)}"
        return self.random.choice((first, f"{first},{self.fraction()}", f"{first}/{step}", f"{low}.5..{high}/{step}"))

    def fraction(self) -> str:
        digits = self.random.randint(1, 8)
        return f"{self.random.randint(0, 59)}.{self.random.randrange(10**digits):0{digits}d}"

    def chain(self, low: int, high: int, star: float = 0.35) -> str:
        if self.chance(star):
            return "*/2" if self.slip() else "*"
        return ",".join(self.part(low, high) for _ in range(self.random.choice((1, 1, 1, 2, 3))))

    def part(self, low: int, high: int) -> str:
        first = high + self.random.randint(1, 5) if self.slip() else self.random.randint(low, high)
        last = self.random.randint(low, high) if self.slip() else self.random.randint(min(first, high), high)
        step = 0 if self.slip() else self.random.randint(1, max(2, (high - low) // 3))
        kind = self.random.random()
        if kind < 0.45:
            return self.number(first)
        if kind < 0.65:
            return f"{self.number(first)}..{self.number(last)}"
        return f"{self.number(first)}/{step}" if kind < 0.85 else f"{self.number(first)}..{self.number(last)}/{step}"

    def number(self, value: int) -> str:
        return f"{value:02d}" if self.chance(0.6) else str(value)
