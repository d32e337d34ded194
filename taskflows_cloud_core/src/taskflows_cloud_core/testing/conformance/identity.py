"""Who the provider is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment, get_environment
from taskflows_cloud_core.hookspecs import HOOK_API_VERSION
from taskflows_cloud_core.testing.conformance.effects import reads
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike


@reads
class IdentityChecks(Harness):
    """``provider_info`` and ``connect``."""

    def test_it_has_a_title_for_people(self) -> None:
        """The title is one printable line."""
        title = self.info.title
        assert title.strip() and title.isprintable(), unlike("provider_info has a title, one line for people", title)

    def test_it_was_written_for_this_hook_api(self) -> None:
        """The version of the hook API is this one."""
        version = self.info.hook_api_version
        assert version == HOOK_API_VERSION, unlike(f"it was written for hook API {HOOK_API_VERSION}", version)

    def test_opening_an_environment_changes_nothing(self, look: Callable[[], Any], options: Mapping[str, Any]) -> None:
        """Connecting makes nothing."""
        before = look()
        get_environment(self.provider, **options).list_functions()
        assert look() == before, unlike("connect changes nothing in the place", look())

    def test_a_fresh_place_has_no_functions(self, environment: CloudEnvironment) -> None:
        """An empty place is listed as such, without an error."""
        assert self.names(environment) == [], unlike(
            "list_functions of a place that nothing was deployed to is empty", self.names(environment)
        )
