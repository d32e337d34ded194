"""Providers that break one promise each, made from the one in memory by one change.

Each names, in ``FAILS``, the check of the conformance suite that is meant for it.
"""

from broken_providers import deploying, describing, running, saying  # noqa: F401 - the classes register themselves
from broken_providers.base import NAME, Broken

ALL = {kind.__name__: kind for kind in Broken.__subclasses__()}

__all__ = ["ALL", "NAME", "Broken"]
