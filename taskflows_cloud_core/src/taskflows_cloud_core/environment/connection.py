"""An environment's provider, its options and its session."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from taskflows_cloud_core.errors import OperationUnsupported
from taskflows_cloud_core.options import build_options
from taskflows_cloud_core.providers import load_provider, options_of


class Connection:
    """A provider, found by name, with the options that the user gave.

    Args:
        provider: The name of an installed provider.
        options: The provider's own options as keywords.
    """

    def __init__(self, provider: str, **options: Any) -> None:
        self._provider = load_provider(provider)
        self._options: Any = build_options(self._provider.info.options_class, options, subject=f"provider {provider!r}")

    @property
    def provider(self) -> str:
        """The name of the provider."""
        return self._provider.info.name

    @property
    def shown_options(self) -> Mapping[str, Any]:
        """The options that differ from what they are when not given, without those that must not be seen.

        An options class keeps a secret out of sight with ``attrs.field(repr=False)``.
        """
        return {
            name: value
            for name, field in options_of(self._provider.info).items()
            if field.repr and (value := getattr(self._options, field.name)) not in (None, field.default)
        }

    @property
    def shares(self) -> bool:
        """Whether functions may share something at this provider, so that `plan_unused` has an answer."""
        return "shared" in self._provider.info.capabilities

    @cached_property
    def _session(self) -> Any:
        return self._provider.call("connect", options=self._options)

    def _call(self, operation: str, /, **arguments: Any) -> Any:
        return self._provider.call(operation, session=self._session, **arguments)

    def _require_capability(self, capability: str, otherwise: str) -> None:
        if capability not in self._provider.info.capabilities:
            raise OperationUnsupported(
                f"the provider {self.provider!r} ({self._provider.distribution}) {otherwise}",
                provider=self.provider,
                distribution=self._provider.distribution,
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.provider} {self._options!r}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Connection):
            return NotImplemented
        return (self.provider, self._options) == (other.provider, other._options)

    def __hash__(self) -> int:
        return hash(self.provider)
