"""Carrying out plans whose actions take no time: what `apply` itself costs, and that the cost grows in proportion."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Sequence

from taskflows_cloud_core.reconcile import Action, Plan, Resource, ResourceKey, apply

FEW, MANY = 2_000, 20_000
ROUNDS = 5
MOST_TIMES_AS_LONG, MOST_SECONDS = 12, 2.0
LAYERS = 20


def resources(count: int, needs: Callable[[int], Iterable[int]] = lambda _: ()) -> list[Resource]:
    """Numbered resources; each depends on those whose numbers it needs."""
    keys = [ResourceKey("item", f"{number:05}") for number in range(count)]
    return [
        Resource(kind=key.kind, name=key.name, depends_on=[keys[needed] for needed in needs(number)])
        for number, key in enumerate(keys)
    ]


def plan(created: Sequence[Resource], deleted: Sequence[Resource] = ()) -> Plan:
    """A plan that creates some and deletes others."""
    actions = [Action(verb="create", resource=resource) for resource in created]
    actions += [Action(verb="delete", resource=resource, observed=resource) for resource in deleted]
    return Plan(function_name="job", provider="none", actions=actions)


def layered(count: int) -> list[Resource]:
    """Twenty layers; each resource depends on three of the layer before."""
    width = count // LAYERS

    def needs(number: int) -> Iterable[int]:
        layer, place = divmod(number, width)
        return ((layer - 1) * width + (place * 7 + step * 31) % width for step in range(3)) if layer else ()

    return resources(count, needs)


SHAPES: dict[str, Callable[[int], Plan]] = {
    "no dependencies": lambda count: plan(resources(count)),
    "a chain": lambda count: plan(resources(count, lambda number: [number - 1] if number else [])),
    "a star: one is needed by all": lambda count: plan(resources(count, lambda number: [0] if number else [])),
    "half creations, half deletions": lambda count: plan(
        resources(count)[: count // 2], resources(count)[count // 2 :]
    ),
    f"{LAYERS} layers, each needs 3": lambda count: plan(layered(count)),
}


def seconds(work: Plan) -> float:
    """How long one run takes, with a listener that counts the events."""
    events = 0

    def listen(_: object) -> None:
        nonlocal events
        events += 1

    gc.collect()
    begin = time.perf_counter()
    report = apply(work, lambda _: None, progress=listen)
    took = time.perf_counter() - begin
    assert report.success
    assert events == 2 * len(work.actions)
    return took


def main() -> None:
    """Print the medians, the ratio of both sizes, and whether they are within the limits."""
    head = f"apply, medians of {ROUNDS}, seconds"
    print(f"{head:<34} {FEW:>8,} {MANY:>8,} {'ratio':>8}  at most {MOST_TIMES_AS_LONG} times, {MOST_SECONDS:g} s")
    for label, make in SHAPES.items():
        few, many = make(FEW), make(MANY)
        rounds = [(seconds(few), seconds(many)) for _ in range(ROUNDS)]
        short, long = (statistics.median(each) for each in zip(*rounds, strict=True))
        within = long / short <= MOST_TIMES_AS_LONG and long <= MOST_SECONDS
        print(f"{label:<34} {short:8.3f} {long:8.3f} {long / short:8.1f}  {'yes' if within else 'NO'}")
    print()


if __name__ == "__main__":
    main()
