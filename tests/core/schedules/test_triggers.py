"""Expressions by name."""

from __future__ import annotations

from taskflows_cloud_core import Calendar, ScheduleExpression, Translation
from taskflows_cloud_core.schedules import make_triggers

DAILY = ScheduleExpression(expression="cron(00 00 ? * * *)", service="rule")


def translation(text: str, *expressions: ScheduleExpression) -> Translation:
    return Translation(schedule=Calendar(text), expressions=expressions)


def test_each_expression_becomes_one_trigger_of_its_schedule() -> None:
    hourly = ScheduleExpression(expression="cron(00 * ? * * *)", service="rule")
    triggers = make_triggers([translation("daily", DAILY), translation("hourly", hourly)])
    assert [(trigger.schedule.schedule, trigger.expression) for trigger in triggers] == [
        ("daily", DAILY),
        ("hourly", hourly),
    ]
    assert len({trigger.name for trigger in triggers}) == 2


def test_a_name_depends_on_expression_zone_and_service_alone() -> None:
    [first] = make_triggers([translation("daily", DAILY)])
    [second] = make_triggers([translation("00:00", DAILY)])
    assert first.name == second.name == "4be724fe0a"
    in_berlin = ScheduleExpression(expression=DAILY.expression, service="scheduler", timezone="Europe/Berlin")
    [third] = make_triggers([translation("daily Europe/Berlin", in_berlin)])
    assert third.name != first.name


def test_the_same_expression_twice_is_one_trigger() -> None:
    [trigger] = make_triggers([translation("daily", DAILY), translation("00:00", DAILY)])
    assert trigger.schedule == Calendar("daily")


def test_a_refused_schedule_has_no_trigger() -> None:
    assert make_triggers([Translation.refused(Calendar("*:*:30"), "seconds")]) == ()
