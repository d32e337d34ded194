"""What can happen at a call: an interrupt, the death of the process, a refusal, a lost answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.testing.sweeps.place import SweptPlace

Kind: TypeAlias = Literal["interrupt", "death", "fault", "lost answer", "another deployer"]
Where: TypeAlias = Literal["before", "after"]


def any_call(_call: str) -> bool:
    """Every call."""
    return True


@attrs.frozen(kw_only=True)
class Fault:
    """An error of the place.

    Args:
        name: For people, for instance ``"throttled"``.
        refuse: Gives the error to the client: raises it, or returns the answer that the client takes for it. It gets
            the name of the call.
        heals: Whether the provider repeats a call that is refused in this way, so that one refusal is not noticed.
        meets: Which calls the place can refuse in this way.
    """

    name: str
    refuse: Callable[[str], Any]
    heals: bool = False
    meets: Callable[[str], bool] = any_call


def _refuse(call: str) -> Any:
    raise OperationError(f"{call} was refused by the test")


REFUSED = Fault(name="refused", refuse=_refuse)
"""An error as a handler raises it, for a `WiredEnvironment`."""


@attrs.frozen(kw_only=True)
class Disturbance:
    """Something that happens at one call of an operation.

    Args:
        kind: What kind of thing it is.
        name: For people.
        where: Before the call has its effect, or after it.
        arm: Prepares the wire of a place so that it happens at the call of that number.
        meets: At which calls it can happen.
        must_succeed: Whether the operation has to succeed nevertheless.
    """

    kind: Kind
    name: str
    where: Where
    arm: Callable[[SweptPlace, int], None]
    meets: Callable[[str], bool] = any_call
    must_succeed: bool = False


def interrupts() -> list[Disturbance]:
    """Ctrl-C, once; what the provider does then to leave things in order goes through."""

    def arm(where: Where) -> Callable[[SweptPlace, int], None]:
        def interrupt(place: SweptPlace, at: int) -> None:
            def disturb(number: int, _call: str) -> None:
                if number == at:
                    raise KeyboardInterrupt

            setattr(place.wire, where, disturb)

        return interrupt

    return [_at("interrupt", "interrupt", where, arm(where)) for where in ("before", "after")]


def deaths() -> list[Disturbance]:
    """The process dies; nothing goes through any more."""

    def before(place: SweptPlace, at: int) -> None:
        place.wire.before = lambda number, _call: place.kill() if number >= at else None

    def after(place: SweptPlace, at: int) -> None:
        place.wire.before = lambda number, _call: place.kill() if number > at else None
        place.wire.after = lambda number, _call: place.kill() if number >= at else None

    return [_at("death", "death", "before", before), _at("death", "death", "after", after)]


def faults(fault: Fault) -> list[Disturbance]:
    """The place refuses one call, or all calls of one name from that one on."""

    def once(place: SweptPlace, at: int) -> None:
        place.wire.before = lambda number, call: fault.refuse(call) if number == at and fault.meets(call) else None

    def always(place: SweptPlace, at: int) -> None:
        refused: list[str] = []

        def disturb(number: int, call: str) -> Any:
            if number == at and fault.meets(call):
                refused.append(call)
            return fault.refuse(call) if call in refused else None

        place.wire.before = disturb

    named = _at("fault", f"{fault.name} once", "before", once)
    return [
        attrs.evolve(named, meets=fault.meets, must_succeed=fault.heals),
        attrs.evolve(named, name=f"{fault.name} always", arm=always, meets=fault.meets),
    ]


def lost_answers(fault: Fault) -> list[Disturbance]:
    """A call that changes something takes effect, and its answer is an error."""

    def lose(place: SweptPlace, at: int) -> None:
        place.wire.after = lambda number, call: fault.refuse(call) if number == at and fault.meets(call) else None

    return [attrs.evolve(_at("lost answer", f"{fault.name}, answer lost", "after", lose), meets=fault.meets)]


def _at(kind: Kind, name: str, where: Where, arm: Callable[[SweptPlace, int], None]) -> Disturbance:
    return Disturbance(kind=kind, name=name, where=where, arm=arm)
