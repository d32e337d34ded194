"""Hook dispatch: a call through the plugin system beside the plain call of the same function."""

from __future__ import annotations

import statistics
import timeit

from taskflows_cloud_core import Calendar, Translation, hookimpl
from taskflows_cloud_core.providers import load_provider
from taskflows_cloud_core.providers.loaded_provider import LoadedProvider

CALLS = 20_000
ROUNDS = 7
ANSWER = Translation(schedule=Calendar("Mon 09:00"))


class Provider:
    """Answers one hook at once."""

    @hookimpl
    def translate_schedule(self) -> Translation:
        """Answer."""
        return ANSWER


class Wrapper:
    """An extension that does nothing."""

    @hookimpl(wrapper=True)
    def translate_schedule(self):
        """Pass on."""
        return (yield)


def provider_with(wrappers: int) -> LoadedProvider:
    """The embedded provider's manager with our own answer in front."""
    provider = load_provider("local")
    provider.manager.register(Provider())
    for _ in range(wrappers):
        provider.manager.register(Wrapper())
    return provider


def microseconds(statement: object) -> float:
    """The median time of a call."""
    runs = timeit.repeat(statement, number=CALLS, repeat=ROUNDS)  # type: ignore[arg-type]
    return statistics.median(runs) / CALLS * 1e6


def main() -> None:
    """Print microseconds a call and the ratio to a plain call."""
    arguments = {"session": None, "schedule": ANSWER.schedule, "config": None}
    plain = microseconds(Provider().translate_schedule)
    print(f"{'hook dispatch, medians of ' + str(ROUNDS):<34} {'µs':>8} {'x plain':>8}")
    print(f"{'plain call':<34} {plain:8.3f} {1:8.1f}")
    for wrappers in (0, 1, 3):
        provider = provider_with(wrappers)
        took = microseconds(lambda provider=provider: provider.call("translate_schedule", **arguments))
        print(f"{f'through the hook, {wrappers} extensions':<34} {took:8.3f} {took / plain:8.1f}")
    print()


if __name__ == "__main__":
    main()
