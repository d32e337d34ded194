"""Names of deployed functions: an unknown one brings the near miss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import CloudError, FunctionNotFoundError

_SHOWN = 8


@contextmanager
def naming_near_misses(name: str, environment: CloudEnvironment, label: str) -> Iterator[None]:
    """Say which names there are when a function is not found.

    Raises:
        FunctionNotFoundError: With the near miss.
    """
    try:
        yield
    except FunctionNotFoundError as error:
        raise FunctionNotFoundError(f"{error}{hint_at_names(name, environment, label, told=str(error))}") from None


def hint_at_names(name: str, environment: CloudEnvironment, label: str, *, told: str = "") -> str:
    """What else is deployed there, as the end of a sentence.

    Args:
        name: The unknown one.
        environment: Where it was sought.
        label: What that is called.
        told: What was said already, and need not be said again.
    """
    try:
        names = [function.name for function in environment.list_functions()]
    except CloudError:
        return ""
    near = get_close_matches(name, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    if told and (not names or names[0] in told):
        return ""
    if not names:
        return f"; nothing is deployed on {label}"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"; deployed on {label} are: {', '.join(names[:_SHOWN])}{more}"
