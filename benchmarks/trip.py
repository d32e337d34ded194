"""The trip of one deployment: the files that somebody reads, in order, who follows a first deployment to AWS.

The calls of the deployment make a tree: below each function stand those that it was the first to call. The tree is
read from top to bottom. Functions that call into no other file of the project are left out: their names say enough. A
stay is a run of functions of one file. The plan's file and the plugin's, which all comes back to, are left out too.
"""

from __future__ import annotations

import inspect
import itertools
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

from moto import mock_aws

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "examples")]
import jobs  # noqa: E402 - found through the line above

from taskflows_cloud_core import CloudFunctionConfig, get_environment  # noqa: E402
from tests.support.moto_in_turn import answer_in_turn  # noqa: E402

DISTRIBUTIONS = tuple(f"{folder}{os.sep}" for folder in ROOT.glob("taskflows_cloud_*/src"))
LEFT_OUT = ("reconcile/plan.py", "plugin.py")


class Calls:
    """The tree of calls: each function below the one that called it first."""

    def __init__(self) -> None:
        self.first: dict[CodeType | None, list[CodeType]] = {None: []}
        self.leads_on: set[CodeType] = set()

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        """Called by the interpreter for each call."""
        code = frame.f_code
        if event != "call" or not is_ours(code):
            return
        back = frame.f_back
        while back is not None and not is_ours(back.f_code):
            back = back.f_back
        caller = back.f_code if back is not None and back.f_code in self.first else None
        if caller is not None and caller.co_filename != code.co_filename:
            self.leads_on.add(caller)
        if code not in self.first:
            self.first[code] = []
            self.first[caller].append(code)

    def read(self, code: CodeType | None = None) -> Iterator[str]:
        """The files of the functions that lead on, in the order of reading."""
        if code in self.leads_on:
            yield code.co_filename
        for called in self.first[code]:
            yield from self.read(called)

    def __enter__(self) -> Calls:
        threading.setprofile(self.note)
        sys.setprofile(self.note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)


def is_ours(code: CodeType) -> bool:
    """Whether it is a function of the project with a name."""
    is_function = code.co_flags & inspect.CO_OPTIMIZED and not code.co_name.startswith("<")
    return bool(is_function) and code.co_filename.startswith(DISTRIBUTIONS)


def main() -> None:
    """Deploy once, with a schedule, and print the trip."""
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="taskflows-cloud-bench-")
    config = CloudFunctionConfig(function_name="report", schedules=["Mon-Fri 14:00"])
    answer_in_turn()
    with mock_aws(config={"lambda": {"use_docker": False}}):
        environment = get_environment("aws", region="us-east-1")
        with Calls() as calls:
            environment.deploy_function(jobs.weather_report, config, []).raise_for_error()
    files = (os.path.relpath(file, ROOT) for file in calls.read() if not file.endswith(LEFT_OUT))
    entered = [file for file, _ in itertools.groupby(files)]
    times = Counter(entered)
    for number, file in enumerate(entered, start=1):
        print(f"{number:4} {file.replace(f'src{os.sep}', '')}")
    print(f"\n{len(entered)} stays in {len(times)} files: {len(entered) / len(times):.2f} a file; most often")
    for file, count in times.most_common(5):
        print(f"{count:4} {file}")


if __name__ == "__main__":
    main()
