"""What runs wrote: order, severities, pages, following, age."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest

from taskflows_cloud_core.local import run_scheduler

LINES = """
    import sys
    def job(event):
        for number in range(event["from"], event["to"]):
            print(f"line {number}")
"""


def messages(events):
    return [event.message for event in events]


def test_lines_of_both_streams_with_their_severities(env, deploy):
    deploy("""
        import logging, sys
        def job():
            print("plain")
            print("[INFO] in brackets")
            print("WARN short")
            print("FATAL end")
            print("INFORMATION is no severity")
            sys.stdout.flush()
            logging.getLogger("app").warning("of logging")
    """)

    invoked = env.invoke_function("job")

    events = env.get_function_logs("job")
    assert [(event.level, event.message) for event in events] == [
        (None, "plain"),
        ("INFO", "[INFO] in brackets"),
        ("WARNING", "WARN short"),
        ("CRITICAL", "FATAL end"),
        (None, "INFORMATION is no severity"),
        ("WARNING", "WARNING app: of logging"),
    ]
    assert {event.request_id for event in events} == {invoked.request_id}
    assert list(invoked.logs) == events
    assert all(event.timestamp.tzinfo is not None for event in events)


def test_a_function_may_set_up_logging_itself(env, deploy):
    deploy("""
        import logging
        def job():
            logging.basicConfig(level=logging.DEBUG, format="%(levelname)s|%(message)s")
            logging.debug("fine")
    """)

    assert [(event.level, event.message) for event in env.invoke_function("job").logs] == [("DEBUG", "DEBUG|fine")]


def test_odd_output(env, deploy):
    deploy(r"""
        import sys
        def job():
            sys.stdout.buffer.write(b"a\r\nb\x00\xff\n\n" + b"x" * 200_000 + b"\nno end")
    """)

    events = env.invoke_function("job").logs

    assert messages(events[:3]) == ["a", "b\x00\ufffd", ""]
    assert "".join(messages(events[3:-1])) == "x" * 200_000
    assert max(len(event.message) for event in events) <= 64 * 1024
    assert events[-1].message == "no end"


def test_the_newest_of_many_pages_in_time_order(env, deploy):
    deploy(LINES)
    env.invoke_function("job", {"from": 0, "to": 2500})

    assert messages(env.get_function_logs("job", limit=3)) == ["line 2497", "line 2498", "line 2499"]
    everything = env.get_function_logs("job", limit=5000)
    assert messages(everything) == [f"line {number}" for number in range(2500)]
    assert len({event.event_id for event in everything}) == 2500


def test_by_invocation_and_by_time(env, deploy):
    deploy(LINES)
    first = env.invoke_function("job", {"from": 0, "to": 2})
    between = datetime.now(UTC)
    second = env.invoke_function("job", {"from": 2, "to": 4})

    assert messages(env.get_function_logs("job", request_id=first.request_id)) == ["line 0", "line 1"]
    assert messages(env.get_function_logs("job", start_time=between)) == ["line 2", "line 3"]
    assert messages(env.get_function_logs("job", end_time=between)) == ["line 0", "line 1"]
    assert env.get_function_logs("job", start_time=between, request_id=first.request_id) == []
    assert second.request_id != first.request_id


def test_a_function_that_never_ran_has_an_empty_log(env, deploy):
    deploy("def job():\n    pass\n")

    assert env.get_function_logs("job") == []


def test_lines_can_be_followed_while_a_run_is_under_way(env, deploy):
    deploy("""
        import time
        def job():
            for number in range(4):
                print("line", number)
                time.sleep(0.5)
    """)
    stop = threading.Event()
    begun = datetime.now(UTC)
    invoker = threading.Thread(target=env.invoke_function, args=("job",))
    invoker.start()
    seen = []

    for event in env.follow_function_logs("job", begun, poll_seconds=0.1, stop=stop):
        seen.append((event.message, invoker.is_alive()))
        if len(seen) == 4:
            stop.set()

    invoker.join()
    assert [message for message, _ in seen] == [f"line {number}" for number in range(4)]
    assert seen[0][1], "the first line was read before the run was over"


def age_everything(root, days: int) -> None:
    shift = timedelta(days=days) // timedelta(microseconds=1)
    with sqlite3.connect(root / "state.sqlite3") as connection:
        connection.execute("UPDATE runs SET queued_at = queued_at - ?, ended_at = ended_at - ?", (shift, shift))
        connection.execute("UPDATE logs SET at = at - ?", (shift,))
    connection.close()


def test_old_lines_and_runs_go(env, deploy, root, runs):
    deploy(LINES, "short", log_retention_days=3)
    deploy(LINES, "long", log_retention_days=10)
    for name in ("short", "long"):
        env.invoke_function(name, {"from": 0, "to": 1})
    age_everything(root, 5)
    env.invoke_function("short", {"from": 1, "to": 2})

    run_scheduler(root, once=True)

    assert messages(env.get_function_logs("short")) == ["line 1"]
    assert len(runs("short")) == 1
    assert messages(env.get_function_logs("long")) == ["line 0"]


def test_a_state_of_older_times_may_hold_numbers_beyond_the_bounds(env, deploy, root):
    deploy(LINES)
    with sqlite3.connect(root / "state.sqlite3") as connection:
        connection.execute(
            "UPDATE functions SET settings = json_set(settings, '$.log_retention_days', 1000000, '$.memory_mb', ?)",
            (10**13,),
        )
    connection.close()

    deploy(LINES, "other")
    run_scheduler(root, once=True)

    assert env.invoke_function("job", {"from": 0, "to": 1}).ok
    assert messages(env.get_function_logs("job")) == ["line 0"]


def test_without_a_word_a_month_is_kept(env, deploy, root):
    deploy(LINES)
    env.invoke_function("job", {"from": 0, "to": 1})
    age_everything(root, 29)
    run_scheduler(root, once=True)
    assert messages(env.get_function_logs("job")) == ["line 0"]

    age_everything(root, 2)
    run_scheduler(root, once=True)

    assert env.get_function_logs("job") == []


FAILING = """
    import os, time
    def job(event):
        print(f"{event['how']} begins")
        if event["how"] == "raises":
            raise ValueError("no rows")
        if event["how"] == "dies":
            os._exit(3)
        if event["how"] == "hangs":
            time.sleep(3600)
"""


def test_the_lines_of_failed_runs_alone(env, deploy):
    deploy(FAILING, timeout_seconds=5)
    results = {how: env.invoke_function("job", {"how": how}) for how in ("works", "raises", "dies", "hangs")}
    assert [how for how, result in results.items() if result.ok] == ["works"]

    failed = env.get_function_logs("job", failed_only=True)

    assert {event.request_id for event in failed} == {results[how].request_id for how in ("raises", "dies", "hangs")}
    assert [event.message for event in failed if "begins" in event.message] == [
        f"{how} begins" for how in ("raises", "dies", "hangs")
    ]
    assert messages(env.get_function_logs("job", failed_only=True, contains="DIES")) == ["dies begins"]
    assert env.get_function_logs("job", failed_only=True, request_id=results["works"].request_id) == []


def test_a_text_in_whatever_letters_over_many_pages(env, deploy):
    deploy("""
        def job():
            for number in range(2500):
                print(f"line {number} STRASSE" if number % 1000 == 7 else f"line {number}")
            print("ΑΘΗΝΑ")
    """)
    env.invoke_function("job")
    assert messages(env.get_function_logs("job", contains="straße")) == [f"line {n} STRASSE" for n in (7, 1007, 2007)]
    assert messages(env.get_function_logs("job", limit=1, contains="STRASSE")) == ["line 2007 STRASSE"]
    assert messages(env.get_function_logs("job", contains="αθηνα")) == ["ΑΘΗΝΑ"]
    assert env.get_function_logs("job", contains="%") == []


def test_figures_with_percentiles_and_without_costs(env, deploy):
    deploy(FAILING)
    ran = [env.invoke_function("job", {"how": how}) for how in ("works", "works", "raises")]
    lengths = sorted(result.duration_ms for result in ran)

    metrics = env.get_metrics("job")

    assert (metrics.invocations, metrics.errors, metrics.cost) == (3, 1, None)
    assert metrics.average_duration_ms == pytest.approx(sum(lengths) / 3)
    assert metrics.duration_percentiles_ms == {"p50": lengths[1], "p95": lengths[2], "p99": lengths[2]}
    assert env.get_metrics("job", end_time=datetime(2026, 1, 1, tzinfo=UTC)).duration_percentiles_ms == {}
