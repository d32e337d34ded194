"""The conformance suite itself: what authors can leave out, and what is skipped."""

from __future__ import annotations

import pytest

from taskflows_cloud_core.config import setting_names
from taskflows_cloud_core.provider_info import CAPABILITIES
from taskflows_cloud_core.testing import ProviderConformance
from taskflows_cloud_core.testing.conformance.capabilities import _ASK
from taskflows_cloud_core.testing.conformance.coverage import SETTINGS_SEEN_BY
from taskflows_cloud_core.testing.conformance.effects import EFFECTS, changes, effect_of, reads
from taskflows_cloud_core.testing.conformance.harness import FIXTURES, Harness

pytest_plugins = ["pytester"]

SUITE = """
from taskflows_cloud_core.testing import ProviderConformance

class TestMemory(ProviderConformance):
    provider = "memory"
    left_out = {{{left_out}}}
"""


CHECKS = {name: getattr(ProviderConformance, name) for name in dir(ProviderConformance) if name.startswith("test_")}


def run(pytester: pytest.Pytester, left_out: str) -> pytest.RunResult:
    pytester.makepyfile(test_it=SUITE.format(left_out=left_out))
    return pytester.runpytest_subprocess("-q", "-rs", "-k", "title", "-p", "no:cacheprovider")


def test_a_check_that_is_left_out_is_skipped_with_the_reason(pytester: pytest.Pytester) -> None:
    result = run(pytester, '"test_it_has_a_title_for_people": "there are no people here"')
    assert result.parseoutcomes()["skipped"] == 1
    result.stdout.fnmatch_lines(["*left out by TestMemory: there are no people here"])


def test_leaving_out_what_is_no_check_is_an_error(pytester: pytest.Pytester) -> None:
    result = run(pytester, '"test_it_has_a_titel": "a slip"')
    result.stdout.fnmatch_lines(["*left_out names what is no check: test_it_has_a_titel"])
    assert result.ret != 0


def test_every_capability_is_asked_for() -> None:
    """A capability that core knows is checked: by its operation, or by a check of its own."""
    without_operation = {"seconds", "timezones"}
    assert set(_ASK) == set(CAPABILITIES) - without_operation


def test_two_sets_of_checks_must_not_hide_each_other() -> None:
    class First(Harness):
        def _helper(self) -> int:
            return 1

    class Second(Harness):
        def _helper(self) -> int:
            return 2

    with pytest.raises(TypeError, match="First and Second both define '_helper': one hides the other"):
        type("Both", (First, Second), {})


def test_the_number_of_checks() -> None:
    checks = [name for name in dir(ProviderConformance) if name.startswith("test_")]
    assert len(checks) >= 100
    assert all((getattr(ProviderConformance, name).__doc__ or "").strip() for name in checks)


def test_every_check_says_what_it_does_to_the_place() -> None:
    assert {name for name, check in CHECKS.items() if effect_of(check) not in EFFECTS} == set()
    assert {effect_of(check) for check in CHECKS.values()} == set(EFFECTS)


def test_the_mark_of_a_class_leaves_that_of_a_check() -> None:
    @changes
    class Checks:
        @reads
        def test_first(self) -> None:
            """Marked by itself."""

        def test_second(self) -> None:
            """Marked by its class."""

    assert (effect_of(Checks.test_first), effect_of(Checks.test_second)) == ("reads", "changes")


def test_every_setting_has_a_check_that_sees_it() -> None:
    assert set(SETTINGS_SEEN_BY) == set(setting_names())
    assert set(SETTINGS_SEEN_BY.values()) <= set(CHECKS)


def test_what_is_not_filled_is_skipped_and_listed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=SUITE.format(left_out=""))
    chosen = "starts_one_run or every_page or declared_is_seen"
    result = pytester.runpytest_subprocess("-q", "-rs", "-k", chosen, "-p", "no:cacheprovider")
    assert result.parseoutcomes()["skipped"] == 3
    result.stdout.fnmatch_lines_random(
        [
            "*TestMemory does not fill the fixture 'fire': nobody has seen whether this holds",
            "*TestMemory does not fill the fixture 'many': nobody has seen whether this holds",
            f"*TestMemory does not fill {', '.join(sorted(FIXTURES))}; 'memory' declares without*pause*",
        ]
    )


def test_only_some_effects_are_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=SUITE.format(left_out="") + "    effects = ('reads',)\n")
    result = pytester.runpytest_subprocess("-q", "-rs", "-k", "a_pause_is_seen or title", "-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["skipped"]) == (1, 1)
    result.stdout.fnmatch_lines(["*TestMemory runs no check that changes"])


def test_a_wait_ends_with_what_it_waits_for_and_with_its_time() -> None:
    class Waiting(Harness):
        wait_seconds = 0.0

    found = iter(range(5))
    assert Harness().wait_for(lambda: next(found), lambda number: number == 1) == 1
    assert Waiting().wait_for(lambda: "never", lambda value: value == "there") == "never"
