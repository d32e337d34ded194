"""Providers that break one promise each, made from the one in memory by one change.

Each names, in ``FAILS``, the check of the conformance suite that is meant for it, and in ``MAY_FAIL`` others that its
fault reaches, as patterns of names.
"""

from collections.abc import Iterator

from broken_providers import clock_reaching, clock_starting, deploying, describing, placing, running, saying  # noqa: F401 - the classes register themselves
from broken_providers.base import NAME, Broken
from broken_providers.clock import BrokenClock, Sound, TakesNoUnderscores
from broken_providers.harness import BrokenConformance


def _kinds(base: type[Broken]) -> Iterator[type[Broken]]:
    for kind in base.__subclasses__():
        if "FAILS" in vars(kind):
            yield kind
        yield from _kinds(kind)


ALL = {kind.__name__: kind for kind in _kinds(Broken)}
BY_CLOCK = {name: kind for name, kind in ALL.items() if issubclass(kind, BrokenClock)}
"""Those that only what runs by the clock can show: their hooks are those of the provider in memory."""

__all__ = ["ALL", "BY_CLOCK", "NAME", "Broken", "BrokenConformance", "Sound", "TakesNoUnderscores"]
