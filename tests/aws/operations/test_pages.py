"""Lists come in pages, of any number, also with an empty one that says there is more."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from botocore.client import BaseClient

from tests.aws.support.account import OWNER, client, config

# Operation → where the rows are, what the next page is asked with, and what tells of it.
LISTS = {
    "ListFunctions": ("Functions", "Marker", "NextMarker"),
    "ListVersionsByFunction": ("Versions", "Marker", "NextMarker"),
    "ListRules": ("Rules", "NextToken", "NextToken"),
    "ListTargetsByRule": ("Targets", "NextToken", "NextToken"),
    "ListSchedules": ("Schedules", "NextToken", "NextToken"),
    "DescribeLogGroups": ("logGroups", "nextToken", "nextToken"),
    "FilterLogEvents": ("events", "nextToken", "nextToken"),
}
NUMBERS = [0, 1, 50, 51, 100, 101, 1000]
SIZE = 50


class Pages:
    """Cuts every list into pages of fifty, the first of them empty, and makes more rows of the ones that are there."""

    def __init__(self, original):
        self.original = original
        self.rows = {}
        self.copies = {}
        self.asked = []

    def answer(self, caller, operation, parameters):
        if operation in self.copies and operation not in LISTS:
            return self.copies[operation](parameters)
        if operation not in LISTS:
            return self.original(caller, operation, parameters)
        key, asking, telling = LISTS[operation]
        self.asked.append(operation)
        plain = {name: value for name, value in parameters.items() if name != asking}
        answer = self.original(caller, operation, plain)
        rows = self.copies[operation](answer[key]) if operation in self.copies else answer[key]
        if "startTime" in parameters:
            rows = [row for row in rows if parameters["startTime"] <= row["timestamp"] <= parameters["endTime"]]
        place = parameters.get(asking)
        begin = 0 if place is None else int(place)
        shown = [] if place is None else rows[begin : begin + SIZE]
        more = place is None or begin + SIZE < len(rows)
        answer = {name: value for name, value in answer.items() if name != telling}
        token = {telling: "0" if place is None else str(begin + SIZE)} if more else {}
        return {**answer, key: shown, **token}


@pytest.fixture
def pages(aws, monkeypatch):
    pages = Pages(BaseClient._make_api_call)

    def paged(caller, operation, parameters):
        if not aws.is_watching:
            return pages.original(caller, operation, parameters)
        return pages.answer(caller, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", paged)
    return pages


def names_of(number):
    return [f"job-{index:04}" for index in range(number)]


@pytest.mark.parametrize("number", NUMBERS)
def test_functions(env, aws, jobs, pages, number):
    assert env.deploy_function(jobs.report, config("job-0000"), [])
    (template,) = aws.look(lambda: client("lambda").list_functions())["Functions"]
    of_one = aws.look(lambda: client("lambda").get_function(FunctionName="job-0000"))

    def get(parameters):
        name = parameters["FunctionName"]
        return {**of_one, "Configuration": {**of_one["Configuration"], "FunctionName": name}, "Tags": {OWNER: name}}

    pages.copies["ListFunctions"] = lambda _rows: [{**template, "FunctionName": name} for name in names_of(number)]
    pages.copies["GetFunction"] = get

    assert [one.name for one in env.list_functions()] == names_of(number)
    assert pages.asked.count("ListFunctions") == 2 + (max(number, 1) - 1) // SIZE


@pytest.mark.parametrize("number", NUMBERS)
def test_rules(env, jobs, pages, number):
    assert env.deploy_function(jobs.report, config(schedules=["Mon-Fri 14:00"]), [])
    assert env.deploy_function(jobs.report, config("job-2", schedules=["Tue 14:00"]), [])

    def rules(rows):
        ours = next(row for row in rows if row["ScheduleExpression"].endswith("MON-FRI *)"))
        others = [row for row in rows if row is not ours]
        copies = [
            {**ours, "Name": f"job-{index:010x}", "ScheduleExpression": f"cron({index})"} for index in range(number)
        ]
        return [*copies, *others]

    pages.copies["ListRules"] = rules

    found = {one.name: one.schedules for one in env.list_functions()}
    assert sorted(found["job"]) == sorted(f"cron({index})" for index in range(number))
    assert len(found["job-2"]) == 1


@pytest.mark.parametrize("number", NUMBERS)
def test_versions(env, jobs, pages, number):
    assert env.deploy_function(jobs.report, config(), [])

    def versions(rows):
        newest, last = next(row for row in rows if row["Version"] == "$LATEST"), rows[-1]
        return [newest, *({**last, "Version": str(index + 1)} for index in range(number))]

    pages.copies["ListVersionsByFunction"] = versions

    assert [one.version for one in env.list_versions("job")] == [str(index) for index in range(number, 0, -1)]


@pytest.mark.parametrize("number", NUMBERS)
def test_events_of_one_moment_and_of_many(env, jobs, pages, number, monkeypatch):
    assert env.deploy_function(jobs.report, config(), [])
    start = int(time.time() * 1000) - 30_000
    # The first half at one moment, the second half a millisecond each.
    rows = [
        {
            "timestamp": start + max(0, index - number // 2),
            "message": f"line {index}",
            "logStreamName": "a",
            "eventId": f"{index:06}",
        }
        for index in range(number)
    ]
    backdate(monkeypatch)
    pages.copies["FilterLogEvents"] = lambda _rows: rows

    assert [one.message for one in env.get_function_logs("job", limit=2000)] == [row["message"] for row in rows]
    assert [one.message for one in env.get_function_logs("job", limit=10)] == [row["message"] for row in rows][-10:]


def backdate(monkeypatch):
    from moto.logs.models import logs_backends

    group = logs_backends["123456789012"]["us-east-1"].groups["/aws/lambda/job"]
    group.creation_time = group.creation_time - timedelta(days=1)


def test_a_deployment_in_pages_converges(env, aws, jobs, pages, account):
    """Rules, targets, schedules and log groups are found although the first page of each list is empty."""
    from taskflows_cloud_core import Calendar

    zones = ["America/New_York", "Europe/Berlin"]
    wanted = config(schedules=["Mon-Fri 14:00", "Tue 09:30", *(Calendar("Sun 17:00", timezone=zone) for zone in zones)])
    assert env.deploy_function(jobs.report, wanted, []).success
    aws.clear()

    assert env.plan_function(jobs.report, wanted, []).is_empty
    assert env.deploy_function(jobs.report, wanted, [])
    assert aws.mutating == []
    assert set(pages.asked) >= {"ListRules", "ListTargetsByRule", "ListSchedules", "DescribeLogGroups"}
    assert env.delete_function("job").success
    assert not any(account().values())


def test_lines_of_256_kilobytes_and_of_bytes_that_are_no_text(env, jobs, pages, monkeypatch):
    assert env.deploy_function(jobs.report, config(), [])
    backdate(monkeypatch)
    now = int(time.time() * 1000) - 1000
    # CloudWatch Logs answers with U+FFFD for bytes that are no UTF-8; JSON can also hold halves of characters.
    texts = ["x" * (256 * 1024 + 1), "broken \ufffd\ufffd", "half \ud83d", "nul \x00 and escape \x1b[31m"]
    pages.copies["FilterLogEvents"] = lambda _rows: [
        {"timestamp": now, "message": text, "logStreamName": "a", "eventId": str(index)}
        for index, text in enumerate(texts)
    ]

    events = env.get_function_logs("job")

    assert [event.message for event in events] == texts
    for event in events:
        line = str(event)
        line.encode("utf-8")
        assert "\x1b" not in line
        assert "\x00" not in line
