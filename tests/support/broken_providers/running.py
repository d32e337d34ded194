"""Runs, logs, versions, pauses, figures."""

from __future__ import annotations

import json

import attrs

from broken_providers.base import Broken
from taskflows_cloud_core import FunctionNotFoundError, LogPage, OperationError, hookimpl


class HidesWhatFailed(Broken):
    FAILS = "test_a_failure_is_told_in_the_result"

    @hookimpl
    def invoke_function(self, session, name, payload, wait):
        result = super().invoke_function(session, name, payload, wait)
        return result if result.ok else attrs.evolve(result, error="it failed")


class WaitsInAnyCase(Broken):
    FAILS = "test_not_waiting_only_starts"

    @hookimpl
    def invoke_function(self, session, name, payload):
        return super().invoke_function(session, name, payload, wait=True)


class LosesALineBetweenPages(Broken):
    FAILS = "test_pages_join_without_gap_or_double"

    @hookimpl
    def get_logs(self, session, name, query, token):
        page = super().get_logs(session, name, query, token)
        return page if query.limit != 7 or token is None else attrs.evolve(page, events=page.events[:-1])


class GivesLongPages(Broken):
    FAILS = "test_pages_are_no_longer_than_asked"

    @hookimpl
    def get_logs(self, session, name, query, token):
        longer = attrs.evolve(query, limit=20) if query.limit == 7 else query
        return super().get_logs(session, name, longer, token)


class CountsFromTheBeginning(Broken):
    FAILS = "test_a_limit_leaves_the_newest"

    @hookimpl
    def get_logs(self, session, name, query, token):
        if query.limit != 5:
            return super().get_logs(session, name, query, token)
        return LogPage(events=session.logs.get(name, [])[4::-1])


class TakesTheEndForWanted(Broken):
    FAILS = "test_a_bound_of_time_is_kept[end_time]"

    @hookimpl
    def get_logs(self, session, name, query, token):
        return super().get_logs(session, name, attrs.evolve(query, end_time=None), token)


class MixesRuns(Broken):
    FAILS = "test_one_run_can_be_read_alone"

    @hookimpl
    def get_logs(self, session, name, query, token):
        return super().get_logs(session, name, attrs.evolve(query, request_id=None), token)


class MixesFailedRuns(Broken):
    FAILS = "test_failed_runs_can_be_read_alone"

    @hookimpl
    def get_logs(self, session, name, query, token):
        return super().get_logs(session, name, attrs.evolve(query, failed_only=False), token)


class NumbersEveryEventTheSame(Broken):
    FAILS = "test_events_can_be_told_apart"

    @hookimpl
    def get_logs(self, session, name, query, token):
        page = super().get_logs(session, name, query, token)
        return attrs.evolve(page, events=[attrs.evolve(event, event_id="1") for event in page.events])


class FindsLogsOfNobody(Broken):
    FAILS = "test_a_missing_function_is_an_error_of_its_own[get_logs]"

    @hookimpl
    def get_logs(self, session, name, query, token):
        return LogPage() if name == "ghost" else super().get_logs(session, name, query, token)


class RaisesAnyError(Broken):
    FAILS = "test_a_missing_function_is_an_error_of_its_own[invoke_function]"

    @hookimpl
    def invoke_function(self, session, name, payload, wait):
        try:
            return super().invoke_function(session, name, payload, wait)
        except FunctionNotFoundError as error:
            raise OperationError(str(error)) from error


class KeepsLettersOnly(Broken):
    FAILS = "test_a_line_of_the_log_goes_through"

    @hookimpl
    def get_logs(self, session, name, query, token):
        page = super().get_logs(session, name, query, token)
        plain = [attrs.evolve(one, message=one.message.encode("ascii", "replace").decode()) for one in page.events]
        return attrs.evolve(page, events=plain)


class ListsOldVersionsFirst(Broken):
    FAILS = "test_versions_are_listed_newest_first"

    @hookimpl
    def list_versions(self, session, name):
        return super().list_versions(session, name)[::-1]


class RollsBackToAnything(Broken):
    FAILS = "test_a_version_that_is_not_there_is_refused[no-such-version]"

    @hookimpl
    def rollback_function(self, session, name, version):
        if version == "no-such-version":
            return session.get(name).versions[-1]
        return super().rollback_function(session, name, version)


class CountsOneSchedule(Broken):
    FAILS = "test_pausing_counts_the_schedules"

    @hookimpl
    def set_schedules_enabled(self, session, name, enabled):
        return min(1, super().set_schedules_enabled(session, name, enabled))


class MiscountsFailures(Broken):
    FAILS = "test_metrics_count_runs_and_failures"
    MAY_FAIL = ("test_a_failed_scheduled_run_is_counted",)

    @hookimpl
    def get_metrics(self, session, name, start_time, end_time):
        return attrs.evolve(super().get_metrics(session, name, start_time, end_time), errors=0)


class ReadsPayloadsAsAscii(Broken):
    FAILS = "test_a_payload_goes_through"

    @hookimpl
    def invoke_function(self, session, name, payload, wait):
        if isinstance(payload, dict):
            payload = json.loads(json.dumps(payload, ensure_ascii=False).encode("ascii", "replace"))
        return super().invoke_function(session, name, payload, wait)
