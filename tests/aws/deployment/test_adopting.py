"""Taking over what others made, only when told to."""

from __future__ import annotations

import pytest

from tests.aws.naming.test_ownership import FOREIGN
from tests.aws.support.account import EMPTY, OWNER, config

SCHEDULES = ["Mon-Fri 14:00", "Sun 17:00 America/New_York"]
KINDS = [*FOREIGN, "everything"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_adopted_is_brought_into_line_and_goes_with_the_function(env, aws, jobs, account, kind):
    for one in FOREIGN if kind == "everything" else [kind]:
        if one != "role of another function" or kind == one:
            aws.look(FOREIGN[one])
    adopting = config(schedules=SCHEDULES, provider_options={"aws": {"adopt": True}})

    plan = env.plan_function(jobs.report, adopting, [])
    assert f"tags.{OWNER}" in str(plan)
    assert aws.mutating == []

    result = env.deploy_function(jobs.report, adopting, [])

    assert result.success, result.error
    assert env.plan_function(jobs.report, config(schedules=SCHEDULES), []).is_empty
    assert env.delete_function("job").success
    there = account()
    there["roles"].pop("given", None)
    assert there == EMPTY


def test_the_refusal_says_how_to_adopt(env, aws, jobs):
    aws.look(FOREIGN["function"])

    result = env.deploy_function(jobs.report, config(), [])

    assert "'adopt': True" in result.error
