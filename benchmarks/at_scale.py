"""A hundred functions 60 ms away from AWS, beside the same calls one by one; memory for a thousand with long logs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from _counting_proxy import Calls, counting_proxy

from taskflows_cloud_core import CloudEnvironment, CloudFunctionConfig, Periodic, get_environment

FUNCTIONS_FAR_AWAY, DELAY_SECONDS = 100, 0.06
FUNCTIONS, LOG_KILOBYTES = 1000, 50
# How much more memory the calls may take when each function has a log: fifty megabytes of log in all.
MOST_GROWTH = 1.1
REGION = "us-east-1"
HERE = Path(__file__).resolve().parent

sys.path.insert(0, str(HERE.parent / "examples"))
import jobs  # noqa: E402 - found through the line above


def main() -> None:
    """Both measurements; or, with an argument, one client of the second."""
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
    if len(sys.argv) > 1:
        use_account(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        measure_far_away()
        measure_memory()


def measure_far_away() -> None:
    """Time of many functions through a proxy, as a part of what the calls would take one by one."""
    head = f"{FUNCTIONS_FAR_AWAY} functions, {DELAY_SECONDS * 1000:.0f} ms a call"
    print(f"{head:<34} {'calls':>6} {'s':>7} {'ratio':>5}", flush=True)
    with ExitStack() as stack:
        server = stack.enter_context(account(0, 0))
        url, calls = stack.enter_context(counting_proxy(server, delay_seconds=DELAY_SECONDS))
        environment = get_environment("aws", region=REGION, endpoint_url=url, shared_roles=True)
        report("deploy_many, fresh", calls, lambda: deploy(environment, 3600))
        report("deploy_many, the same again", calls, lambda: deploy(environment, 3600))
        report("deploy_many, schedules changed", calls, lambda: deploy(environment, 7200))
        report("list_functions", calls, environment.list_functions)
        report("delete_function, one by one", calls, lambda: delete(environment, FUNCTIONS_FAR_AWAY))
    print()


def report(what: str, calls: Calls, work: Callable[[], object]) -> None:
    """Print how long a piece of work takes beside its calls one after the other."""
    calls.take()
    begin = time.perf_counter()
    work()
    seconds, number = time.perf_counter() - begin, sum(calls.take())
    print(f"{what:<34} {number:6} {seconds:7.1f} {seconds / (number * DELAY_SECONDS):5.2f}", flush=True)


def deploy(environment: CloudEnvironment, period: int) -> None:
    """Deploy all functions."""
    names = [f"job-{number}" for number in range(FUNCTIONS_FAR_AWAY)]
    pairs = [
        (jobs.weather_report, CloudFunctionConfig(function_name=name, schedules=[Periodic(period=period)]))
        for name in names
    ]
    for result in environment.deploy_many(pairs):
        result.raise_for_error()


def delete(environment: CloudEnvironment, functions: int) -> None:
    """Delete all functions."""
    for number in range(functions):
        environment.delete_function(f"job-{number}").raise_for_error()


@contextmanager
def account(functions: int, log_kilobytes: int) -> Iterator[str]:
    """An account of another process."""
    command = [sys.executable, str(HERE / "_account_server.py"), str(functions), str(log_kilobytes)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


def measure_memory() -> None:
    """The most memory of a client that lists, plans and deletes, without logs and with."""
    print(f"{f'{FUNCTIONS} functions, MiB at the most':<34} {'no log':>8} {f'{LOG_KILOBYTES} KB each':>12} ratio")
    without, with_logs = (peaks(kilobytes) for kilobytes in (0, LOG_KILOBYTES))
    for what in without:
        print(f"{what:<34} {without[what]:8.1f} {with_logs[what]:12.1f} {with_logs[what] / without[what]:5.2f}")
    print()
    if any(with_logs[what] > without[what] * MOST_GROWTH for what in without):
        sys.exit("the memory grows with the logs")


def peaks(log_kilobytes: int) -> dict[str, float]:
    """What a client of its own process tells."""
    with account(FUNCTIONS, log_kilobytes) as url:
        command = [sys.executable, str(HERE / "at_scale.py"), url]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {what: float(peak) for what, peak in (line.rsplit(" ", 1) for line in told.splitlines())}


def use_account(url: str) -> None:
    """List, plan and delete; after each tell the most memory that this process had so far."""
    environment = get_environment("aws", region=REGION, endpoint_url=url)
    tell("at the start")
    assert len(environment.list_functions()) == FUNCTIONS
    tell("after list_functions")
    for number in range(FUNCTIONS):
        config = CloudFunctionConfig(function_name=f"job-{number}", schedules=[Periodic(period=3600)])
        assert environment.plan_function(jobs.weather_report, config).is_empty
    tell("after plan_function of each")
    delete(environment, FUNCTIONS)
    tell("after delete_function of each")


def tell(when: str) -> None:
    """Print the most memory so far, in MiB. The kernel's own number begins with that of the parent, so not that one."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    print(when, int(kilobytes) / 1024, flush=True)


if __name__ == "__main__":
    main()
