"""A wire for providers that have none of their own: each call of a small hook, a handler or a claim store is a call."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

import attrs

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.hookspecs import hookimpl
from taskflows_cloud_core.kit import ClaimStore
from taskflows_cloud_core.providers.plugin_failures import PluginOrigin
from taskflows_cloud_core.reconcile import Claim, Handler, Step
from taskflows_cloud_core.testing.sweeps.wire import Wire, never

_CHANGING = (
    "create ",
    "update ",
    "delete ",
    "claim.write",
    "claim.clear",
    "set_schedules_enabled",
    "rollback_function",
)
_NAME = "wire of a sweep"


def hook_wire(*, changes: Callable[[str], bool] = never, exclusive: Callable[[str], bool] = never) -> Wire:
    """A wire for a `WiredEnvironment`, which knows which of its calls change something.

    Args:
        changes: Which calls of your own change something, when more pass the same wire.
        exclusive: Which calls of your own are made while nobody else can start.
    """
    return Wire(changes=lambda call: call.startswith(_CHANGING) or changes(call), exclusive=exclusive)


class WiredEnvironment(CloudEnvironment):
    """An environment whose provider is called over a wire.

    Calls are ``observe``, ``describe_function``, ``set_schedules_enabled`` and ``rollback_function``; each step of a
    handler, for instance ``"create function/job"``; and ``claim.read``, ``claim.write`` and ``claim.clear``. Only what
    happens between them is disturbed: a provider that makes several writes in one step needs a finer wire for those.

    Args:
        wire: The wire, mostly from `hook_wire`. Disturbances of hooks raise; they cannot answer instead.
        provider: The name of an installed provider.
        options: Its options.
    """

    def __init__(self, wire: Wire, provider: str, **options: Any) -> None:
        super().__init__(provider, **options)
        loaded = self._connection.provider
        loaded.manager.register(_Hooks(wire=wire), _NAME)
        loaded.origins[_NAME] = PluginOrigin(kind="extension", name=_NAME, distribution=loaded.distribution)


@attrs.frozen(kw_only=True, eq=False)
class _Hooks:
    """Wrappers that are nearer to the provider than all others, so that core's claim is around them."""

    wire: Wire

    @hookimpl(wrapper=True, trylast=True)
    def observe(self) -> Generator[None, Any, Any]:
        return (yield from self._pass_on("observe"))

    @hookimpl(wrapper=True, trylast=True)
    def describe_function(self) -> Generator[None, Any, Any]:
        return (yield from self._pass_on("describe_function"))

    @hookimpl(wrapper=True, trylast=True)
    def set_schedules_enabled(self) -> Generator[None, Any, Any]:
        return (yield from self._pass_on("set_schedules_enabled"))

    @hookimpl(wrapper=True, trylast=True)
    def rollback_function(self) -> Generator[None, Any, Any]:
        return (yield from self._pass_on("rollback_function"))

    @hookimpl(wrapper=True, trylast=True)
    def resource_handlers(self) -> Generator[None, Mapping[str, Handler], Mapping[str, Handler]]:
        handlers = yield
        return {kind: self._wired(handler) for kind, handler in handlers.items()}

    @hookimpl(wrapper=True, trylast=True)
    def claim_store(self) -> Generator[None, ClaimStore, ClaimStore]:
        store = yield
        return _WiredClaims(store=store, wire=self.wire)

    def _pass_on(self, call: str) -> Generator[None, Any, Any]:
        number, instead = self.wire.enter(call)
        if instead is not None:
            raise TypeError(f"a disturbance answered {call!r}; a hook can only be disturbed by raising")
        answer = yield
        return self.wire.leave(number, call, answer)

    def _wired(self, handler: Handler) -> Handler:
        def over_the_wire(work: Callable[[Step], None]) -> Callable[[Step], None]:
            return lambda step: self.wire.pass_on(f"{step.action.verb} {step.resource.key}", lambda: work(step))

        return attrs.evolve(
            handler,
            create=over_the_wire(handler.create),
            update=over_the_wire(handler.update),
            delete=over_the_wire(handler.delete),
        )


@attrs.frozen(kw_only=True, eq=False)
class _WiredClaims:
    store: ClaimStore
    wire: Wire

    def read(self, function_name: str) -> Claim | None:
        found: Claim | None = self.wire.pass_on("claim.read", lambda: self.store.read(function_name))
        return found

    def write(self, function_name: str, claim: Claim, *, replacing: Claim | None) -> bool:
        return bool(
            self.wire.pass_on("claim.write", lambda: self.store.write(function_name, claim, replacing=replacing))
        )

    def clear(self, function_name: str, claim: Claim) -> None:
        self.wire.pass_on("claim.clear", lambda: self.store.clear(function_name, claim))
