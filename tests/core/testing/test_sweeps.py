"""Sweeps: the provider in memory stands them, and each provider that breaks one promise is caught."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import broken_for_sweeps
import pytest
from memory_sweeps import AFTER, BEFORE, OTHER, MemoryPlace, sweep_of

from taskflows_cloud_core import CloudEnvironment, stopping
from taskflows_cloud_core.errors import OperationError, PluginFailedError
from taskflows_cloud_core.testing import sweeps
from taskflows_cloud_core.testing.sweeps import Fault, Operation, Report, Sweep, Trial, Wire
from taskflows_cloud_core.testing.sweeps.judging import differences

OPERATIONS = {
    operation.name: operation
    for operation in (
        *sweeps.deployments(BEFORE, AFTER),
        *sweeps.updates(BEFORE, AFTER),
        *sweeps.pausing(BEFORE),
        *sweeps.rollback(BEFORE, AFTER),
    )
}
SUPPORT = Path(broken_for_sweeps.__file__).parent


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_provider_in_memory_at_some_calls(name: str) -> None:
    report = sweep_of().run([OPERATIONS[name]], every=23)
    report.raise_for_failures()
    assert not report.unreached


@pytest.mark.sweep
@pytest.mark.parametrize("name", OPERATIONS)
def test_the_provider_in_memory_at_every_call(name: str) -> None:
    report = sweep_of().run([OPERATIONS[name]])
    report.raise_for_failures()
    assert len({trial.number for trial in report.trials}) > max(trial.number for trial in report.trials)


Run = Callable[..., Report]


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses take no time; the clock goes on by their length."""
    passed: list[float] = []
    clock = time.monotonic

    def wait(seconds: float) -> bool:
        passed.append(seconds)
        return False

    monkeypatch.setattr(stopping, "wait", wait)
    monkeypatch.setattr(time, "monotonic", lambda: clock() + sum(passed))


@pytest.fixture
def broken(no_pauses: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Offers a broken provider and sweeps one operation of it."""

    def run(name: str, operation: str, kinds: Sequence[sweeps.sweep.Kind]) -> Report:
        info = tmp_path / "broken-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[taskflows_cloud.providers]\nbroken = broken_for_this_test:provider\n")
        source = f"import broken_for_sweeps\nprovider = broken_for_sweeps.ALL[{name!r}]('broken')\n"
        (tmp_path / "broken_for_this_test.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "broken_for_this_test", raising=False)
        return sweep_of("broken").run([OPERATIONS[operation]], kinds=kinds, every=2)

    return run


@pytest.mark.parametrize(
    ("name", "operation", "kind", "problem"),
    [
        ("LeavesSchedules", "deletion", "death", "resources schedule job/e8bdec6614 (left over)"),
        ("SwallowsErrors", "change", "fault", "success was reported, but these differ: "),
        (
            "SwallowsErrors",
            "change",
            "another deployer",
            "success was reported to the other deployer, but these differed",
        ),
        ("TellsNoError", "change", "lost answer", "a failure was reported without an error"),
        (
            "CarriesOnWithoutTheClaim",
            "change",
            "another deployer",
            "success was reported to the other deployer, but these differ: ",
        ),
        ("PausesMeanwhile", "change", "interrupt", "not firing until it is run again: Mon *-*-* 09:00:00"),
        (
            "TakesRefusalsForBugs",
            "change",
            "fault",
            "the failure was reported as an unexpected exception of the provider: ",
        ),
        ("CatchesEverything", "change", "death", "the death of the process was caught"),
    ],
)
def test_a_broken_provider_is_caught(
    broken: Run, name: str, operation: str, kind: sweeps.sweep.Kind, problem: str
) -> None:
    report = broken(name, operation, [kind])
    assert any(problem in text for trial in report.failed for text in trial.problems), report
    assert any(trial.passed for trial in report.trials), report
    with pytest.raises(
        AssertionError, match=f"{len(report.trials) - len(report.failed)} of {len(report.trials)} trials"
    ):
        report.raise_for_failures()


def test_each_broken_provider_is_tried() -> None:
    (mark,) = [mark for mark in test_a_broken_provider_is_caught.pytestmark if mark.name == "parametrize"]
    assert {values[0] for values in mark.args[1]} == set(broken_for_sweeps.ALL)


def test_a_fault_that_should_heal_and_does_not() -> None:
    def throttle(call: str) -> None:
        raise OperationError("slow down")

    throttled = Fault(name="throttled", refuse=throttle, heals=True, meets=lambda call: call == "observe")
    report = attrs.evolve(sweep_of(), faults=[throttled]).run([OPERATIONS["unchanged"]], kinds=["fault"])
    assert {trial.call for trial in report.trials} == {"observe"}
    assert {text for trial in report.failed for text in trial.problems} == {"it does not heal: slow down"}
    assert {trial.disturbance for trial in report.failed} == {"throttled once"}


def test_nobody_else_comes_where_nobody_can() -> None:
    class Locked(MemoryPlace):
        def __init__(self) -> None:
            super().__init__()
            self.wire.exclusive = lambda call: call.startswith("claim")

    sweep = attrs.evolve(sweep_of(), fresh=Locked)
    report = sweep.run([OPERATIONS["change"]], kinds=["another deployer"], every=3)
    report.raise_for_failures()
    assert not [trial.call for trial in report.trials if trial.call.startswith("claim")]


def test_an_operation_that_fails_by_itself_is_no_finding() -> None:
    alone = Operation(name="pause of nothing", act=lambda environment: environment.pause_schedules("job"))
    with pytest.raises(RuntimeError, match="nothing disturbs it, and it fails: no function 'job'"):
        sweep_of().run([alone])


def test_ctrl_c_ends_a_sweep() -> None:
    def interrupted(_environment: CloudEnvironment) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep_of().run([Operation(name="interrupted", act=interrupted)])


def test_a_sweep_without_a_trial_has_not_passed() -> None:
    with pytest.raises(AssertionError, match="0 of 0 trials passed"):
        Report().raise_for_failures()


def test_a_report_counts_and_names_each_failure() -> None:
    bad = Trial(
        operation="change", disturbance="death", number=3, call="PUT /job", where="after", problems=["it is gone"]
    )
    good = attrs.evolve(bad, number=2, problems=[])
    assert str(Report(trials=[good, bad], unreached=1)).splitlines() == [
        "1 of 2 trials passed (1 calls not reached)",
        "change, death: 1 of 2",
        "change, death after call 3 'PUT /job': it is gone",
    ]


def test_differences_are_named_without_values() -> None:
    found = {"functions": {"job": {"memory": 1, "token": "secret"}}, "rules": {"a": 1}}
    wanted = {"functions": {"job": {"memory": 2, "token": "other"}}, "rules": {}, "roles": {}}
    told = differences(found, wanted)
    assert told == "functions job memory, functions job token, roles (missing), rules a (left over)"
    assert differences(dict.fromkeys("abcdefgh"), {}).endswith("f (left over) and 2 more")


def test_a_wire_counts_answers_instead_and_looks_away() -> None:
    wire = Wire(changes=lambda call: call == "PUT")
    wire.before = lambda number, call: "refused" if number == 1 else None
    wire.after = lambda number, call: "lost" if number == 2 else None
    effects: list[int] = []

    def put() -> str:
        effects.append(len(effects))
        return "done"

    assert [wire.pass_on("PUT", put) for _ in range(3)] == ["done", "refused", "lost"]
    assert effects == [0, 1]
    assert wire.look(lambda: wire.pass_on("GET", put)) == "done"
    assert wire.calls == ["PUT"] * 3
    wire.clear()
    assert wire.calls == []
    assert [wire.pass_on("PUT", put) for _ in range(2)] == ["done"] * 2


def test_a_hook_cannot_be_answered_instead() -> None:
    place = MemoryPlace()
    place.wire.before = lambda _number, _call: "instead"
    with pytest.raises(PluginFailedError, match="the extension 'wire of a sweep'") as caught:
        place.environment().plan_function(BEFORE.function, BEFORE.config, [])
    assert "a disturbance answered 'observe'" in str(caught.value.__cause__)
    place.close()


def test_nothing_is_left_of_a_deployer_who_died_before_the_function_was_there() -> None:
    """Its claim is all that there is, and a deletion removes it."""
    report = sweep_of().run([OPERATIONS["first deployment"]], kinds=["death"], first=8, every=2)
    assert "claim.write" in {trial.call for trial in report.trials}
    report.raise_for_failures()


@pytest.mark.parametrize("program", ["killed_folder", "memory_in_copies"])
def test_processes_that_are_killed_and_copied(program: str) -> None:
    """In a program of its own, since it forks."""
    command = [sys.executable, "-W", "error", str(SUPPORT / "sweep_programs" / f"{program}.py")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found.pop("failed") == found.pop("expected"), found
    assert found["trials"] > len(found["calls"]) >= 2


def test_another_deployer_and_two_orders() -> None:
    """A pause and a deployment leave a paused function, whoever is first."""
    sweep = Sweep(fresh=MemoryPlace, other=OTHER, faults=[])
    sweep.run([OPERATIONS["pause"]], kinds=["another deployer"]).raise_for_failures()
