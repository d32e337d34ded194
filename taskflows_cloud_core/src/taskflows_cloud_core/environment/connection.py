"""A provider, the options for it, and the session that its hooks use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from taskflows_cloud_core.errors import OperationUnsupported
from taskflows_cloud_core.options import build_options
from taskflows_cloud_core.providers import LoadedProvider, load_provider, options_of


class _Session:
    """A session that is opened once, by the first thread that needs it."""

    def __init__(self) -> None:
        self._opened: list[Any] = []
        self._opening = threading.Lock()

    def get(self, open_session: Callable[[], Any]) -> Any:
        with self._opening:
            if not self._opened:
                self._opened.append(open_session())
        return self._opened[0]


@attrs.frozen(kw_only=True)
class Connection:
    """What the functions of this package need in order to call a provider.

    Args:
        provider: The loaded provider.
        options: An instance of its options class.
    """

    provider: LoadedProvider
    options: Any
    _session: _Session = attrs.field(init=False, factory=_Session, eq=False, repr=False)

    @property
    def name(self) -> str:
        """The name of the provider."""
        return self.provider.info.name

    @property
    def shares(self) -> bool:
        """Whether functions may share resources at this provider."""
        return "shared" in self.provider.info.capabilities

    def call(self, operation: str, /, **arguments: Any) -> Any:
        """Call a hook with the session, which is opened by the first call.

        Args:
            operation: The name of the hook.
            arguments: Its other arguments.

        Returns:
            The result of the hook.

        Raises:
            OperationUnsupported: The provider does not implement the hook.
            PluginFailedError: The hook raised an exception that is not a `CloudError`.
        """
        session = self._session.get(lambda: self.provider.call("connect", options=self.options))
        return self.provider.call(operation, session=session, **arguments)

    def require_capability(self, capability: str, otherwise: str) -> None:
        """Check that the provider has a capability.

        Args:
            capability: The capability.
            otherwise: What the provider cannot do without it, for the message.

        Raises:
            OperationUnsupported: The provider does not have it.
        """
        if capability not in self.provider.info.capabilities:
            raise OperationUnsupported(
                f"the provider {self.name!r} ({self.provider.distribution}) {otherwise}",
                provider=self.name,
                distribution=self.provider.distribution,
            )


def connect(provider: str, options: Mapping[str, Any]) -> Connection:
    """Load a provider and check the options for it. The session is opened later.

    Args:
        provider: The name of an installed provider.
        options: The provider's own options.

    Returns:
        The connection.

    Raises:
        ProviderError: The provider cannot be used.
        ConfigurationError: Options that the provider does not take.
    """
    loaded = load_provider(provider)
    built: Any = build_options(loaded.info.options_class, dict(options), subject=f"provider {provider!r}")
    return Connection(provider=loaded, options=built)


def shown_options(connection: Connection) -> dict[str, Any]:
    """List the options that differ from their defaults, without those that are kept out of the repr."""
    return {
        name: value
        for name, field in options_of(connection.provider.info).items()
        if field.repr and (value := getattr(connection.options, field.name)) not in (None, field.default)
    }
