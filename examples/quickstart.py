"""Three jobs deployed to this machine, run by its scheduler at their times, and lived with. Takes half a minute.

It needs nothing but taskflows-cloud-core: no account, no server, and nothing is left behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jobs
from surroundings import make_orders, serve_health

from taskflows_cloud_core import Calendar, CloudEnvironment, CloudFunctionConfig, Periodic, get_environment

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Deploy, run, look, update, delete."""
    os.chdir(HERE)  # include_files are relative to the working directory
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as folder, serve_health() as url:
        work = Path(folder)
        make_orders(work / "orders.sqlite")
        environment = get_environment("local", root=work / "state")
        report, backup, check = configurations(work, url)

        title("What a deployment would do")
        print(environment.plan_function(jobs.weather_report, report))

        title("Deploy")
        pairs = [(jobs.weather_report, report), (jobs.backup_orders, backup), (jobs.check_endpoint, check)]
        for result in environment.deploy_many(pairs):
            print(result.raise_for_error())

        title("Deploy the same again")
        print(environment.deploy_function(jobs.weather_report, report).raise_for_error())

        title("The scheduler runs each job at its time")
        with scheduler(work / "state"):
            wait_until_each_has_run(environment)

        title("List")
        for function in environment.list_functions():
            print(function)

        title("Invoke by hand, with an event")
        print(environment.invoke_function("check-endpoint", {"url": url}))

        title("Logs of the backup")
        for event in environment.get_function_logs("backup-orders", limit=5):
            print(event)

        title("New code for the report; its schedule stays")
        print(environment.update_function_code("weather-report", jobs.weather_report_by_month).plan)
        print(environment.invoke_function("weather-report"))

        title("Delete")
        for function in environment.list_functions():
            print(environment.delete_function(function.name).raise_for_error())
        print(f"functions left: {len(environment.list_functions())}")


def configurations(work: Path, url: str) -> tuple[CloudFunctionConfig, CloudFunctionConfig, CloudFunctionConfig]:
    """Every few seconds, once at a moment that is near, and every two seconds: so that the wait is short."""
    soon = datetime.now(UTC) + timedelta(seconds=8)
    report = CloudFunctionConfig(
        function_name="weather-report",
        description="Rain and temperatures by year",
        schedules=[Periodic(period=4)],
        include_files=["data/seattle-weather.csv"],
    )
    backup = CloudFunctionConfig(
        function_name="backup-orders",
        schedules=[Calendar(f"{soon:%a %H:%M:%S}")],
        environment_variables={
            "ORDERS_DATABASE": str(work / "orders.sqlite"),
            "BACKUP_FOLDER": str(work / "backups"),
        },
    )
    check = CloudFunctionConfig(
        function_name="check-endpoint",
        schedules=[Periodic(period=2)],
        timeout_seconds=10,
        environment_variables={"HEALTH_URL": url},
    )
    return report, backup, check


@contextmanager
def scheduler(root: Path) -> Iterator[None]:
    """The command `taskflows-cloud local run`, stopped gracefully at the end."""
    command = [sys.executable, "-m", "taskflows_cloud_core", "local", "run", "--root", str(root)]
    print("$ taskflows-cloud local run", flush=True)
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def wait_until_each_has_run(environment: CloudEnvironment) -> None:
    """Wait for a success of each function; give up after a minute."""
    deadline = time.monotonic() + 60
    waiting = {function.name for function in environment.list_functions()}
    while waiting:
        if time.monotonic() > deadline:
            raise TimeoutError(f"never ran: {', '.join(sorted(waiting))}")
        time.sleep(0.5)
        for name in list(waiting):
            metrics = environment.get_metrics(name)
            if metrics.invocations > metrics.errors:
                waiting.discard(name)


def title(text: str) -> None:
    """Begin a part of the story."""
    print(f"\n== {text} ==", flush=True)


if __name__ == "__main__":
    main()
