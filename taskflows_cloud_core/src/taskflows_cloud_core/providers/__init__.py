"""Providers by name. The only code that touches entry points and pluggy's manager."""

from taskflows_cloud_core.providers.diagnosis import Diagnosis, diagnose
from taskflows_cloud_core.providers.loaded_provider import LoadedProvider, options_of
from taskflows_cloud_core.providers.loading import available_providers, load_provider, offered_providers

__all__ = [
    "Diagnosis",
    "LoadedProvider",
    "available_providers",
    "diagnose",
    "load_provider",
    "offered_providers",
    "options_of",
]
