"""Who a provider is, and how it is reached."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_core.hookspecs.markers import hookspec
from taskflows_cloud_core.provider_info import ProviderInfo


class ConnectingSpec:
    """The hooks that are called before all others."""

    @hookspec(firstresult=True)
    def provider_info(self) -> ProviderInfo:
        """Say who the provider is. Called first, before any other hook and before ``connect``.

        It must be cheap and must import no SDK.

        Returns:
            Name, title, options class, capabilities, the settings that it has defaults for or cannot honour, and the
            hook API version that it was written for.

        Example:
            .. code-block:: python

                import attrs
                from taskflows_cloud_core import ProviderInfo, hookimpl

                @attrs.frozen(kw_only=True)
                class Options:
                    endpoint: str = "https://api.example.com"

                @hookimpl
                def provider_info():
                    return ProviderInfo(
                        name="example",
                        title="Example Cloud",
                        options_class=Options,
                        defaults={"memory_mb": 256},
                        unsupported={"max_concurrency": "refuse", "ephemeral_storage_mb": "warn"},
                        hook_api_version=1,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def connect(self, options: Any) -> Any:
        """Open a session. Called once for an environment, before the first hook that takes ``session``.

        It should not talk to the network; the first call that needs to will.

        Args:
            options: An instance of the provider's options class.

        Returns:
            The session, opaque to everyone else.

        Raises:
            CredentialsError: There is no way to log in.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl

                @hookimpl
                def connect(options):
                    from example_sdk import Client  # imported only when it is needed

                    return Client(options.endpoint)

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def describe_place(self, session: Any) -> str:
        """Tell people in one line where functions go. Called by confirmations, the heads of plans, and ``doctor``.

        It may make one read. Without it people see the provider's name and its options alone.

        Args:
            session: What ``connect`` returned.

        Returns:
            For instance ``"account 123456789012, region eu-central-1"`` or ``"context prod, namespace jobs"``.

        Raises:
            OperationError: The place cannot be asked.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl

                @hookimpl
                def describe_place(session):
                    return f"project {session.project}"

        .. versionadded:: 0.1
        """
        raise NotImplementedError
