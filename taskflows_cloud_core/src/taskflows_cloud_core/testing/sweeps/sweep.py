"""A disturbance at every call of an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias, get_args

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.testing.sweeps.attempts import Act
from taskflows_cloud_core.testing.sweeps.disturbances import (
    Disturbance,
    Fault,
    Kind,
    deaths,
    faults,
    interrupts,
    lost_answers,
)
from taskflows_cloud_core.testing.sweeps.operations import Operation, Version
from taskflows_cloud_core.testing.sweeps.place import SweptPlace
from taskflows_cloud_core.testing.sweeps.report import Report, Trial
from taskflows_cloud_core.testing.sweeps.trials import (
    Expected,
    delete_at_once,
    must_succeed,
    run_again,
    undisturbed,
    with_another,
)
from taskflows_cloud_core.testing.sweeps.two_deployers import SerialStates

KINDS: tuple[Kind, ...] = get_args(Kind)

InPlace: TypeAlias = Callable[[Callable[[SweptPlace], Any]], Any]
"""Does something in a prepared place that nothing else is done in."""


@attrs.frozen(kw_only=True)
class Sweep:
    """Disturbs operations at their calls, and judges the place and what was reported to the caller.

    After each disturbance: a success means that the place is as without the disturbance, and a failure says why.
    Running the operation again succeeds and gives that state. A deletion, at once or after that, leaves the place as it
    was. With another deployer the end is wholly one's or wholly the other's, and the loser gets an error.

    Args:
        fresh: Makes a fresh place, the same each time.
        other: What another deployer deploys; none of the versions of the operations.
        faults: The errors of the place.
        copied: For places in the memory of this process that are dear to prepare: does something in a copy of the
            process, for instance `in_a_copy`. Each operation is then prepared once; otherwise for each trial.
    """

    fresh: Callable[[], SweptPlace]
    other: Version
    faults: tuple[Fault, ...] = attrs.field(converter=to_tuple)
    copied: Callable[[Callable[[], Any]], Any] | None = None

    def run(
        self, operations: Sequence[Operation], *, kinds: Sequence[Kind] = KINDS, first: int = 0, every: int = 1
    ) -> Report:
        """Disturb each operation at its calls.

        Args:
            operations: The operations.
            kinds: Which kinds of disturbances there are.
            first: The first trial of each operation that is made.
            every: Of those after it every so many are made, for a sample.

        Returns:
            What was found.

        Raises:
            RuntimeError: An operation fails although nothing disturbs it.
        """
        trials: list[Trial | None] = []
        for operation in operations:
            with self._prepared(operation) as in_place:
                works = list(self._trials(operation, in_place, kinds))[first::every]
                trials += [in_place(work) for work in works]
        reached = [trial for trial in trials if trial is not None]
        return Report(trials=reached, unreached=len(trials) - len(reached))

    @contextmanager
    def _prepared(self, operation: Operation) -> Iterator[InPlace]:
        def fresh() -> SweptPlace:
            place = self.fresh()
            for act in operation.prepare:
                must_succeed(act, place)
            place.wire.clear()
            return place

        def in_fresh(work: Callable[[SweptPlace], Any]) -> Any:
            place = fresh()
            try:
                return work(place)
            finally:
                place.close()

        if self.copied is None:
            yield in_fresh
            return
        copied, place = self.copied, fresh()
        try:
            yield lambda work: copied(lambda: work(place))
        finally:
            place.close()

    def _trials(
        self, operation: Operation, in_place: InPlace, kinds: Sequence[Kind]
    ) -> Iterator[Callable[[SweptPlace], Trial | None]]:
        place = self.fresh()
        empty = place.everything()
        place.close()
        expected: Expected = in_place(lambda place: undisturbed(place, operation.act, empty))
        for disturbance in self._disturbances(kinds):
            for number in _numbers(disturbance, expected):
                for judge in (run_again, delete_at_once):
                    yield partial(
                        judge,
                        operation=operation,
                        disturbance=disturbance,
                        number=number,
                        expected=expected,
                        delete=self.other.delete,
                    )
        if "another deployer" in kinds:
            states = self._serial_states(operation.act, in_place)
            for number in sorted({*range(len(expected.calls))} - expected.exclusive):
                yield partial(
                    with_another,
                    operation=operation,
                    other=self.other,
                    number=number,
                    expected=expected,
                    states=states,
                )

    def _disturbances(self, kinds: Sequence[Kind]) -> list[Disturbance]:
        of_faults = [one for fault in self.faults for one in (*faults(fault), *lost_answers(fault))]
        return [one for one in (*interrupts(), *deaths(), *of_faults) if one.kind in kinds]

    def _serial_states(self, ours: Act, in_place: InPlace) -> SerialStates:
        def after(*acts: Act) -> Any:
            def work(place: SweptPlace) -> Any:
                for act in acts:
                    must_succeed(act, place)
                return place.everything()

            return in_place(work)

        theirs = self.other.deploy
        return SerialStates(
            ours=after(ours),
            theirs=after(theirs),
            ours_then_theirs=after(ours, theirs),
            theirs_then_ours=after(theirs, ours),
        )


def _numbers(disturbance: Disturbance, expected: Expected) -> Iterator[int]:
    """The numbers of the calls at which something can happen."""
    for number, call in enumerate(expected.calls):
        if disturbance.meets(call) and (disturbance.kind != "lost answer" or number in expected.changing):
            yield number
