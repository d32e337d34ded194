"""The state of every plugin that is installed, told without failing at the first bad one."""

from __future__ import annotations

from typing import Literal

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.errors import ProviderDisabledError, ProviderError
from taskflows_cloud_core.providers.entry_points import EXTENSIONS_GROUP, PROVIDERS_GROUP, Offer, find_offers
from taskflows_cloud_core.providers.loading import load_extension, load_provider


@attrs.frozen(kw_only=True)
class Diagnosis:
    """What is known of one plugin.

    Args:
        name: Its name.
        kind: Provider or extension.
        distribution: ``"name version"`` of the distribution that brings it.
        status: Whether it works.
        title: The provider's title, when it could be read.
        error: Why it does not work; ``None`` when it does or is switched off.
        capabilities: What a provider can do, when it could be read; keys of `CAPABILITIES` and words of its own.
    """

    name: str
    kind: Literal["provider", "extension"]
    distribution: str
    status: Literal["ok", "disabled", "broken"]
    title: str = ""
    error: str | None = None
    capabilities: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


def diagnose() -> list[Diagnosis]:
    """Load every plugin by itself and tell how it went, providers first."""
    providers = [_diagnose_provider(offer) for offer in find_offers(PROVIDERS_GROUP)]
    return providers + [_diagnose_extension(offer) for offer in find_offers(EXTENSIONS_GROUP)]


def _diagnose_provider(offer: Offer) -> Diagnosis:
    healthy = Diagnosis(name=offer.name, kind="provider", distribution=offer.distribution, status="ok")
    try:
        info = load_provider(offer.name).info
        return attrs.evolve(healthy, title=info.title, capabilities=sorted(info.capabilities))
    except ProviderDisabledError:
        return attrs.evolve(healthy, status="disabled")
    except ProviderError as error:
        return attrs.evolve(healthy, status="broken", error=str(error))


def _diagnose_extension(offer: Offer) -> Diagnosis:
    healthy = Diagnosis(name=offer.name, kind="extension", distribution=offer.distribution, status="ok")
    if offer.is_disabled:
        return attrs.evolve(healthy, status="disabled")
    try:
        load_extension(offer)
    except ProviderError as error:
        return attrs.evolve(healthy, status="broken", error=str(error))
    return healthy
