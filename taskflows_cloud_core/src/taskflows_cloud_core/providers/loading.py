"""From a name to a provider that is ready to be called."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import attrs
import pluggy

from taskflows_cloud_core._version import __version__
from taskflows_cloud_core.errors import (
    DuplicateProviderError,
    IncompatibleProviderError,
    InvalidExtensionError,
    InvalidProviderError,
    ProviderDisabledError,
    ProviderImportError,
    UnknownProviderError,
)
from taskflows_cloud_core.hookspecs import HOOK_API_VERSION, PROJECT_NAME, ProviderSpec
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.providers.defaults import CoreDefaults
from taskflows_cloud_core.providers.entry_points import (
    DISABLE_VARIABLE,
    EXTENSIONS_GROUP,
    PROVIDERS_GROUP,
    Offer,
    find_offers,
)
from taskflows_cloud_core.providers.hook_checks import (
    answering_hooks,
    unknown_arguments,
    unknown_hooks,
    unmarked_hooks,
)
from taskflows_cloud_core.providers.loaded_provider import LoadedProvider
from taskflows_cloud_core.providers.operation_defaults import OPERATIONS, OperationDefaults
from taskflows_cloud_core.providers.plugin_failures import PluginOrigin


def available_providers() -> list[str]:
    """The names of the providers that are installed and not switched off, sorted. Nothing is imported."""
    return sorted({offer.name for offer in find_offers(PROVIDERS_GROUP) if not offer.is_disabled})


def offered_providers() -> dict[str, str]:
    """Every provider that is installed, also one that is switched off, and the ``"name version"`` that brings it."""
    return {offer.name: offer.distribution for offer in find_offers(PROVIDERS_GROUP)}


def load_provider(name: str) -> LoadedProvider:
    """Find, import and check one provider, and put the extensions around it.

    No other provider is imported.

    Args:
        name: The name of its entry point.

    Returns:
        The provider, ready to be called.

    Raises:
        ProviderError: One of its subclasses for each way in which this can fail.
    """
    offer = _find(name)
    plugin = _import(offer)
    info = _read_info(offer, plugin)
    manager = _new_manager()
    core = PluginOrigin(kind="core", distribution=f"taskflows-cloud-core {__version__}")
    origins = {"core defaults": core, "core operations": core}
    loaded = LoadedProvider(info=info, distribution=offer.distribution, manager=manager, origins=origins)
    manager.register(CoreDefaults(info=info, has=loaded.has, call=loaded.call), "core defaults")
    for extension in find_offers(EXTENSIONS_GROUP):
        if not extension.is_disabled:
            plugin_name = _register_extension(manager, extension)
            origins[plugin_name] = PluginOrigin(
                kind="extension", name=extension.name, distribution=extension.distribution
            )
    plugin_name = _register_provider(manager, offer, plugin)
    origins[plugin_name] = PluginOrigin(kind="provider", name=offer.name, distribution=offer.distribution)
    operations = OperationDefaults(info=info, has=loaded.has, call=loaded.call)
    # Only what the provider lacks: core's answer must not take the place of a None, which breaks the contract.
    manager.register(operations.only(name for name in OPERATIONS if not loaded.has(name)), "core operations")
    return loaded


def load_extension(offer: Offer) -> None:
    """Import and check one extension by itself.

    Raises:
        InvalidExtensionError: It cannot be imported, or breaks the contract.
    """
    _register_extension(_new_manager(), offer)


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(ProviderSpec)
    return manager


def _find(name: str) -> Offer:
    if not isinstance(name, str):
        raise TypeError(f"a provider's name is a str, not {type(name).__name__}")
    offers = [offer for offer in find_offers(PROVIDERS_GROUP) if offer.name == name]
    if not offers:
        raise UnknownProviderError(_unknown_sentence(name), provider=name)
    if offers[0].is_disabled:
        raise ProviderDisabledError(
            f"the provider {name!r} ({offers[0].distribution}) is switched off by the environment variable "
            f"{DISABLE_VARIABLE}; take {name!r} out of it",
            provider=name,
            distribution=offers[0].distribution,
        )
    if len(offers) > 1:
        distributions = " and ".join(offer.distribution for offer in offers)
        raise DuplicateProviderError(
            f"the provider {name!r} is offered by {distributions}; uninstall all but one of them", provider=name
        )
    return offers[0]


def _unknown_sentence(name: str) -> str:
    installed = available_providers()
    near = get_close_matches(name.strip().lower(), installed, n=1)
    meant = f" (did you mean {near[0]!r}?)" if near else ""
    return (
        f"no provider {name!r} is installed; installed are: {', '.join(installed) or 'none'}{meant}; "
        "a provider named NAME usually comes with `taskflows-cloud-NAME`"
    )


def _import(offer: Offer) -> Any:
    try:
        return offer.entry_point.load()
    except (Exception, SystemExit) as error:
        raise ProviderImportError(
            f"the provider {offer.name!r} ({offer.distribution}) could not be imported from "
            f"{offer.entry_point.value!r}: {type(error).__name__}: {error}. Reinstall it, or tell its authors",
            provider=offer.name,
            distribution=offer.distribution,
        ) from error


class _InfoSpec:
    """The one hook whose meaning never changes, so that a plugin of any age can say how old it is."""

    provider_info = ProviderSpec.provider_info


def _read_info(offer: Offer, plugin: Any) -> ProviderInfo:
    manager = pluggy.PluginManager(PROJECT_NAME)
    manager.add_hookspecs(_InfoSpec)
    try:
        manager.register(plugin, offer.name)
        info = manager.hook.provider_info()
    except (Exception, SystemExit) as error:
        raise _invalid(offer, f"its provider_info failed: {type(error).__name__}: {error}") from error
    if not isinstance(info, ProviderInfo):
        raise _invalid(offer, "it has no hook provider_info that returns a ProviderInfo")
    if info.hook_api_version != HOOK_API_VERSION:
        raise _incompatible(offer, info)
    if info.name != offer.name:
        raise _invalid(offer, f"it calls itself {info.name!r} in provider_info, but its entry point is {offer.name!r}")
    if not attrs.has(info.options_class):
        raise _invalid(offer, f"its options class {info.options_class!r} is no attrs class")
    return info


def _incompatible(offer: Offer, info: ProviderInfo) -> IncompatibleProviderError:
    older = info.hook_api_version < HOOK_API_VERSION
    remedy = f"upgrade {offer.distribution.split()[0]}" if older else "upgrade taskflows-cloud-core"
    return IncompatibleProviderError(
        f"the provider {offer.name!r} ({offer.distribution}) was written for version {info.hook_api_version} of the "
        f"hook API, but this taskflows-cloud-core has version {HOOK_API_VERSION}; {remedy}",
        provider=offer.name,
        distribution=offer.distribution,
    )


def _register_provider(manager: pluggy.PluginManager, offer: Offer, plugin: Any) -> str:
    name = f"provider {offer.name}"
    try:
        manager.register(plugin, name)
    except pluggy.PluginValidationError as error:
        raise _invalid(offer, unknown_arguments(manager, plugin) or str(error)) from error
    if unknown := unknown_hooks(manager, plugin):
        raise _invalid(offer, unknown)
    if unmarked := unmarked_hooks(manager, plugin):
        raise _invalid(offer, f"{', '.join(unmarked)} would be no hook without @hookimpl above it")
    if not any(impl.plugin is plugin for impl in manager.hook.connect.get_hookimpls()):
        raise _invalid(offer, "it has no hook connect, and without a session nothing can be asked of it")
    return name


def _register_extension(manager: pluggy.PluginManager, offer: Offer) -> str:
    name = f"extension {offer.name}"
    try:
        plugin = offer.entry_point.load()
    except (Exception, SystemExit) as error:
        raise _not_loaded(offer, error) from error
    try:
        manager.register(plugin, name)
    except Exception as error:
        if arguments := unknown_arguments(manager, plugin):
            raise _bad_extension(offer, f"cannot be used: {arguments}") from error
        raise _not_loaded(offer, error) from error
    if unknown := unknown_hooks(manager, plugin):
        raise _bad_extension(offer, f"cannot be used: {unknown}")
    if answering := answering_hooks(manager, plugin):
        names = ", ".join(answering)
        raise _bad_extension(offer, f"may only wrap hooks, but answers {names}; use @hookimpl(wrapper=True)")
    if unmarked := unmarked_hooks(manager, plugin):
        raise _bad_extension(offer, f"has {', '.join(unmarked)} without @hookimpl(wrapper=True) above it")
    if not manager.get_hookcallers(plugin):
        raise _bad_extension(offer, "wraps no hook; put @hookimpl(wrapper=True) above each function that is to")
    return name


def _invalid(offer: Offer, why: str) -> InvalidProviderError:
    return InvalidProviderError(
        f"the provider {offer.name!r} ({offer.distribution}) breaks the contract: {why}. Please tell its authors",
        provider=offer.name,
        distribution=offer.distribution,
    )


def _bad_extension(offer: Offer, why: str) -> InvalidExtensionError:
    return InvalidExtensionError(
        f"the extension {offer.name!r} ({offer.distribution}) {why}. Nothing runs without it: mend or uninstall it, "
        f"or put {offer.name!r} into {DISABLE_VARIABLE}",
        provider=offer.name,
        distribution=offer.distribution,
    )


def _not_loaded(offer: Offer, error: BaseException) -> InvalidExtensionError:
    return _bad_extension(offer, f"could not be loaded: {type(error).__name__}: {error}")
