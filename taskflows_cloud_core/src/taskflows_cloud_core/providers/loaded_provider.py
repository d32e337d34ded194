"""A provider that is ready to be called."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import iscoroutine
from typing import Any

import attrs
import pluggy

from taskflows_cloud_core.errors import CloudError, InvalidProviderError, OperationUnsupported
from taskflows_cloud_core.progress import silent
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.providers.plugin_failures import CallerProgress, PluginOrigin, plugin_failure
from taskflows_cloud_core.providers.result_checks import wrong_answer


@attrs.frozen(kw_only=True)
class LoadedProvider:
    """A provider with the extensions around it.

    Args:
        info: What the provider says of itself.
        distribution: ``"name version"`` of the distribution that brought it.
        manager: Specs, extensions and this one provider.
        origins: Where each plugin comes from, by its name in the manager.
    """

    info: ProviderInfo
    distribution: str
    manager: pluggy.PluginManager = attrs.field(repr=False, eq=False)
    origins: dict[str, PluginOrigin] = attrs.field(repr=False, eq=False)

    def has(self, operation: str) -> bool:
        """Whether the provider, or core on its behalf, implements a hook."""
        caller = getattr(self.manager.hook, operation)
        return any(not (impl.wrapper or impl.hookwrapper) for impl in caller.get_hookimpls())

    def call(self, operation: str, /, **arguments: Any) -> Any:
        """Call a hook.

        Args:
            operation: The hook's name.
            arguments: All of the hook's arguments.

        Returns:
            What the provider answered.

        Raises:
            OperationUnsupported: The provider does not implement the hook.
            InvalidProviderError: The answer was ``None``, a generator, a coroutine, or not of the contract's class.
            PluginFailedError: The hook raised an exception that is not a `CloudError`.
        """
        if not self.has(operation):
            raise OperationUnsupported(
                f"the provider {self.info.name!r} ({self.distribution}) does not support {operation!r}",
                provider=self.info.name,
                distribution=self.distribution,
            )
        answer = self._call(operation, arguments)
        if wrong := wrong_answer(operation, answer):
            raise self._broken(operation, answer, wrong)
        return answer

    def _call(self, operation: str, arguments: dict[str, Any]) -> Any:
        progress = CallerProgress(arguments.get("progress", silent))
        if "progress" in arguments:
            arguments["progress"] = progress
        try:
            return getattr(self.manager.hook, operation)(**arguments)
        except CloudError:
            raise
        except Exception as error:
            if progress.has_raised(error):
                raise
            raise plugin_failure(self.manager, self.origins, operation, error) from error

    def _broken(self, operation: str, answer: Any, wrong: str) -> InvalidProviderError:
        if iscoroutine(answer):
            answer.close()
        wrapping = [
            str(impl.plugin_name)
            for impl in getattr(self.manager.hook, operation).get_hookimpls()
            if impl.wrapper or impl.hookwrapper
        ]
        around = f" through the {', the '.join(wrapping)}, which may have lost it" if wrapping else ""
        return InvalidProviderError(
            f"the provider {self.info.name!r} ({self.distribution}) answered {operation!r} with {wrong}{around}; "
            "a hook, and a wrapper of it, returns its one answer. Please tell the authors",
            provider=self.info.name,
            distribution=self.distribution,
        )


def options_of(info: ProviderInfo) -> Mapping[str, attrs.Attribute[Any]]:
    """The provider's options by keyword."""
    return {field.alias or field.name: field for field in attrs.fields(info.options_class) if field.init}
