"""What else is in the place: other owners, other readers, more than a page, and what cannot start."""

from __future__ import annotations

import attrs

from broken_providers.base import Broken
from taskflows_cloud_core import InvocationResult, hookimpl
from taskflows_cloud_core.reconcile import ResourceKey
from taskflows_cloud_core.results import LogEvent


class ListsTheFirstPageOnly(Broken):
    FAILS = "test_every_page_is_listed"

    @hookimpl
    def list_functions(self, session):
        return super().list_functions(session)[:50]


class OverwritesOthers(Broken):
    FAILS = "test_nothing_of_another_owner_is_overwritten"

    @hookimpl
    def observe(self, session, name, scope):
        return attrs.evolve(super().observe(session, name, scope), not_ours=())


class DeletesOthers(Broken):
    FAILS = "test_nothing_of_another_owner_is_deleted"

    @hookimpl
    def delete_function(self, session, plan, progress):
        for key in [key for key in session.others if key.name.partition("/")[0] == plan.function_name]:
            del session.others[key]
        return super().delete_function(session, plan, progress)


class WritesValuesIntoTheLog(Broken):
    FAILS = "test_no_value_stands_where_others_read"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        there = session.functions.get(plan.function_name)
        key = ResourceKey("function", plan.function_name)
        values = _values(there.resources[key]) if there is not None and key in there.resources else ""
        if "5c19d2" in values:
            session.write(plan.function_name, iter([LogEvent(timestamp=session.now, message=values)]))
        return result


class SaysThatAllIsWell(Broken):
    FAILS = "test_what_cannot_start_is_reported"

    @hookimpl
    def invoke_function(self, session, name, payload, wait):
        result = super().invoke_function(session, name, payload, wait)
        gone = result.error is not None and "is not in this process" in result.error
        return InvocationResult(ok=True, request_id=result.request_id) if gone else result


def _values(resource):
    return " ".join(hidden.value for hidden in resource.properties["environment"].values())
