"""The same jobs on AWS: Lambda runs them, EventBridge fires them, CloudWatch has their logs.

    python examples/aws_quickstart.py --emulator     an AWS emulator on loopback, started and stopped by this file
    python examples/aws_quickstart.py                your own account, with your credentials and region

It needs taskflows-cloud-core and taskflows-cloud-aws. Whatever it makes it deletes at the end.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import jobs
from surroundings import make_orders, serve_health

from taskflows_cloud_core import Calendar, CloudEnvironment, CloudFunctionConfig, Periodic, get_environment

HERE = Path(__file__).resolve().parent
EMULATOR = "ministack==1.5.33"


def main() -> None:
    """Deploy, wait for a rule to fire, look, update, delete."""
    arguments = parser().parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taskflows-cloud-")))
        prepare(work)
        if arguments.emulator:
            stack.enter_context(emulator(work))
        url = arguments.url or endpoint_to_check(arguments, stack)
        os.chdir(work)  # include_files are relative to the working directory
        live(get_environment("aws", region=arguments.region), url)


def parser() -> argparse.ArgumentParser:
    """The options of this example."""
    options = argparse.ArgumentParser(description="Three scheduled jobs on AWS")
    options.add_argument("--emulator", action="store_true", help="use an emulator on loopback")
    options.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"))
    options.add_argument("--url", help="the endpoint to check")
    return options


def endpoint_to_check(arguments: argparse.Namespace, stack: ExitStack) -> str:
    """One of our own for the emulator; on AWS one that functions there can reach."""
    if arguments.emulator:
        return stack.enter_context(serve_health())
    return f"https://dynamodb.{arguments.region}.amazonaws.com/ping"


def prepare(work: Path) -> None:
    """The files that go into the packages."""
    (work / "data").mkdir()
    (work / "data" / "seattle-weather.csv").write_bytes((HERE / "data" / "seattle-weather.csv").read_bytes())
    make_orders(work / "orders.sqlite")


def live(environment: CloudEnvironment, url: str) -> None:
    """The story, the same on the emulator and on AWS."""
    report, backup, check = configurations(url)
    pairs = [(jobs.weather_report, report), (jobs.backup_orders, backup), (jobs.check_endpoint, check)]
    try:
        title("What a deployment would do")
        print(environment.plan_function(jobs.weather_report, report))

        title("Deploy")
        for result in environment.deploy_many(pairs):
            print(result.raise_for_error())

        title("Deploy the same again")
        print(environment.deploy_function(jobs.weather_report, report).raise_for_error())

        title("Wait for the rule of the report to fire")
        for event in wait_for_logs(environment, report.function_name):
            print(event)

        title("List")
        for function in environment.list_functions():
            print(function)

        title("Invoke by hand")
        print(environment.invoke_function(backup.function_name))
        print(environment.invoke_function(check.function_name, {"url": url}))

        title("New code for the report; its schedule stays")
        print(environment.update_function_code(report.function_name, jobs.weather_report_by_month).plan)
        print(environment.invoke_function(report.function_name))
    finally:
        title("Delete")
        for _, config in pairs:
            print(environment.delete_function(config.function_name))
    print(f"functions left: {len(environment.list_functions())}")


def configurations(url: str) -> tuple[CloudFunctionConfig, CloudFunctionConfig, CloudFunctionConfig]:
    """A minute is the shortest period of EventBridge, so the report runs every minute."""
    report = CloudFunctionConfig(
        function_name="weather-report",
        description="Rain and temperatures by year",
        schedules=[Periodic(period=60)],
        include_files=["data/seattle-weather.csv"],
    )
    backup = CloudFunctionConfig(
        function_name="backup-orders",
        schedules=[Calendar("Mon-Fri 02:30")],
        include_files=["orders.sqlite"],
        environment_variables={"ORDERS_DATABASE": "orders.sqlite", "BACKUP_FOLDER": "/tmp/backups"},
    )
    check = CloudFunctionConfig(
        function_name="check-endpoint",
        schedules=[Calendar("Mon-Sun 08:00", timezone="Europe/Berlin")],
        timeout_seconds=10,
        environment_variables={"HEALTH_URL": url},
    )
    return report, backup, check


def wait_for_logs(environment: CloudEnvironment, name: str) -> list[object]:
    """The log of a function once its rule has fired; give up after four minutes."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        events = environment.get_function_logs(name, limit=6)
        if any("of rain" in event.message for event in events):
            return list(events)
        time.sleep(2)
    raise TimeoutError(f"{name} never ran")


@contextmanager
def emulator(work: Path) -> Iterator[None]:
    """MiniStack on a free port of loopback, in a virtual environment of its own, with made-up credentials."""
    program = os.environ.get("TASKFLOWS_CLOUD_MINISTACK") or install_emulator(work / "emulator")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    made_up = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "emulated"}
    os.environ.update(made_up)
    where = {**os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
    with (work / "emulator.log").open("wb") as log:
        process = subprocess.Popen([program], env=where, stdout=log, stderr=subprocess.STDOUT, cwd=work)
        try:
            wait_until_ready(endpoint, process)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def install_emulator(folder: Path) -> str:
    """Make a virtual environment with the emulator; it must not share one with us, since it pins its SDK."""
    print(f"installing {EMULATOR} …", flush=True)
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", EMULATOR], check=True)
    return str(folder / "bin" / "ministack")


def wait_until_ready(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the emulator answers; give up after half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the emulator ended with exit code {process.returncode}")
        try:
            with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the emulator never answered")


def title(text: str) -> None:
    """Begin a part of the story."""
    print(f"\n== {text} ==", flush=True)


if __name__ == "__main__":
    main()
