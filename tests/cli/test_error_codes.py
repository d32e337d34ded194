"""Error codes: one for each class, each explained."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from taskflows_cloud_core import CloudError, CloudFunctionConfig, DeploymentError, get_environment
from taskflows_cloud_core.cli.commands.explain import explain
from taskflows_cloud_core.cli.errors.classes import CommandError
from taskflows_cloud_core.cli.errors.codes import ERROR_CODES


def classes(above: type[CloudError] = CloudError) -> Iterator[type[CloudError]]:
    yield above
    for below in above.__subclasses__():
        yield from classes(below)


OURS = sorted(
    {each for each in (*classes(), *classes(CommandError)) if each.__module__.startswith("taskflows_cloud_")},
    key=lambda each: each.__name__,
)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_every_error_class_has_a_code_that_is_explained(kind: type[CloudError]) -> None:
    assert re.fullmatch(r"TFC1\d\d\d", kind.code)
    assert kind.code in ERROR_CODES


def test_no_two_classes_share_a_code() -> None:
    shared = {code for code, count in Counter(kind.code for kind in OURS).items() if count > 1}
    assert not {kind for kind in OURS if kind.code in shared}


def test_every_explanation_has_a_cause_a_remedy_and_an_example() -> None:
    assert list(ERROR_CODES) == sorted(ERROR_CODES)
    for each in ERROR_CODES.values():
        assert each.title
        assert each.cause.endswith(".")
        assert each.remedy.endswith(".")
        assert each.example.strip()


@pytest.mark.parametrize("spelling", ["TFC1401", "tfc1401", "1401", "[TFC1401]"])
def test_a_code_is_explained_however_it_is_written(spelling: str) -> None:
    told = CliRunner().invoke(explain, [spelling])
    assert told.exit_code == 0
    assert told.output.startswith("TFC1401: No provider of that name is installed\n\nCause\n")


def test_all_codes_are_listed_without_one() -> None:
    told = CliRunner().invoke(explain, ["--json"])
    assert [each["code"] for each in json.loads(told.output)["codes"]] == list(ERROR_CODES)


def test_an_unknown_code_names_the_near_miss(cli: Callable[..., Any]) -> None:
    ran = cli("explain", "TFC1410")
    assert (ran.code, ran.out) == (1, "")
    assert "error [TFC1706]: there is no error code 'TFC1410'; did you mean TFC14" in ran.err


def test_a_failed_deployment_says_what_kind_of_error_it_was(tmp_path: Any) -> None:
    env = get_environment("local", root=tmp_path)
    result = env.deploy_function(print, CloudFunctionConfig(function_name="a/b"))
    assert (result.success, result.error_code) == (False, "TFC1100")
    with pytest.raises(DeploymentError) as raised:
        result.raise_for_error()
    assert raised.value.code == "TFC1100"
