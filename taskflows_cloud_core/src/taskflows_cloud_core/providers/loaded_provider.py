"""A provider that is ready to be called."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import iscoroutine
from typing import Any

import attrs
import pluggy

from taskflows_cloud_core.errors import InvalidProviderError, OperationUnsupported
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.providers.result_checks import wrong_answer


@attrs.frozen(kw_only=True)
class LoadedProvider:
    """A provider with the extensions around it.

    Args:
        info: What the provider says of itself.
        distribution: ``"name version"`` of the distribution that brought it.
        manager: Specs, extensions and this one provider.
        operations: The hooks that the provider, or core on its behalf, implements.
    """

    info: ProviderInfo
    distribution: str
    manager: pluggy.PluginManager = attrs.field(repr=False, eq=False)
    operations: frozenset[str] = attrs.field(repr=False, eq=False)

    @operations.default
    def _implemented(self) -> frozenset[str]:
        return frozenset(
            caller.name
            for plugin in self.manager.get_plugins()
            for caller in self.manager.get_hookcallers(plugin) or []
            if any(not (impl.wrapper or impl.hookwrapper) for impl in caller.get_hookimpls())
        )

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
        """
        if operation not in self.operations:
            raise OperationUnsupported(
                f"the provider {self.info.name!r} ({self.distribution}) does not support {operation!r}",
                provider=self.info.name,
                distribution=self.distribution,
            )
        answer = getattr(self.manager.hook, operation)(**arguments)
        if wrong := wrong_answer(operation, answer):
            raise self._broken(operation, answer, wrong)
        return answer

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
