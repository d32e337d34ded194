"""A table of what providers do with the settings of a function: their defaults, and what they cannot honour."""

from __future__ import annotations

from taskflows_cloud_core.config import setting_names
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.providers import load_provider

_WORDS = {"refuse": "refused", "warn": "no effect, with a warning"}


def defaults_table(names: str) -> str:
    """The table.

    Args:
        names: Of the providers, separated by commas.

    Returns:
        Markdown.
    """
    infos = [load_provider(name).info for name in names.split(",")]
    concerned = [
        name for name in setting_names() if any(name in info.defaults or name in info.unsupported for info in infos)
    ]
    rows = [f"| `{name}` | {' | '.join(_cell(info, name) for info in infos)} |" for name in concerned]
    head = f"| setting | {' | '.join(f'`{info.name}`' for info in infos)} |"
    return "\n".join([head, "| --- |" + " --- |" * len(infos), *rows])


def _cell(info: ProviderInfo, name: str) -> str:
    parts = [f"`{info.defaults[name]!r}`"] if name in info.defaults else []
    if name in info.unsupported:
        parts.append(_WORDS[info.unsupported[name]])
    return ", ".join(parts)
