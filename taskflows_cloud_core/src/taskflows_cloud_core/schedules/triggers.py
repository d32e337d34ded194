"""The expressions of a function's schedules, each once and with a name."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from taskflows_cloud_core.schedules.translation import Translation, Trigger

_NAME_LENGTH = 10


def make_triggers(translations: Iterable[Translation]) -> tuple[Trigger, ...]:
    """Name the expressions of several translations; expressions that say the same become one.

    Args:
        translations: Of the schedules of one function.

    Returns:
        One trigger for each distinct expression, zone and service, in the order in which they come. The
        name depends on these three alone, so that it is the same in every run.
    """
    triggers: dict[str, Trigger] = {}
    for translation in translations:
        for expression in translation.expressions:
            identity = "\n".join((expression.service, expression.expression, expression.timezone))
            name = sha256(identity.encode()).hexdigest()[:_NAME_LENGTH]
            triggers.setdefault(name, Trigger(schedule=translation.schedule, expression=expression, name=name))
    return tuple(triggers.values())
