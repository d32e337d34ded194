"""One deployer at a time: the other one is refused, has changed nothing, and is told who is at work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_jobs import job, other_job

from taskflows_cloud_core import (
    ClaimedError,
    CloudEnvironment,
    CloudFunctionConfig,
    FunctionNotFoundError,
    ProgressEvent,
    get_environment,
)
from taskflows_cloud_core.kit import (
    ClaimStore,
    FileClaims,
    ProcessIdentity,
    claimed,
    decode_claim,
    encode_claim,
)
from taskflows_cloud_core.kit.claiming.process_identity import this_machine
from taskflows_cloud_core.reconcile import Claim
from taskflows_cloud_core.testing import MemoryCloud

OURS = CloudFunctionConfig(function_name="job", memory_mb=512, schedules=["Mon 09:00"])
THEIRS = CloudFunctionConfig(function_name="job", memory_mb=256, schedules=["Tue 10:00", "Wed 11:00"])


@pytest.fixture
def env() -> Iterator[CloudEnvironment]:
    with MemoryCloud() as cloud:
        yield cloud.environment


def claim_of(pid: int, *, host: str | None = None, started: str | None = None) -> Claim:
    return Claim(
        id="theirs",
        host=os.uname().nodename if host is None else host,
        machine=this_machine() if host is None else host,
        pid=pid,
        started=ProcessIdentity.of(pid).token if started is None else started,
        begun_at=datetime.now(UTC),
        renewed_at=datetime.now(UTC),
    )


def at_first_action(work: object) -> object:
    """A listener that does something once, while the first action is under way."""
    done: list[bool] = []

    def listen(event: ProgressEvent) -> None:
        if event.stage == "apply" and not done:
            done.append(True)
            work()  # type: ignore[operator]

    return listen


@pytest.mark.parametrize("first", ["a first deployment", "a redeployment"])
def test_the_second_of_two_deployers_is_refused_and_changes_nothing(env: CloudEnvironment, first: str) -> None:
    if first == "a redeployment":
        env.deploy_function(other_job, CloudFunctionConfig(function_name="job"), []).raise_for_error()
    theirs = []
    ours = env.deploy_function(
        job, OURS, [], progress=at_first_action(lambda: theirs.append(env.deploy_function(other_job, THEIRS, [])))
    )

    assert ours.success
    assert [(result.success, result.error_code) for result in theirs] == [(False, ClaimedError.code)]
    assert f"by process {os.getpid()} on {os.uname().nodename}, since " in theirs[0].error
    assert "nothing was changed, run again" in theirs[0].error
    assert env.plan_function(job, OURS, []).is_empty
    assert env.deploy_function(other_job, THEIRS, []).success


@pytest.mark.parametrize(
    "change",
    [
        lambda env: env.pause_schedules("job"),
        lambda env: env.resume_schedules("job"),
        lambda env: env.rollback_function("job"),
    ],
)
def test_pausing_and_rolling_back_wait_for_nobody_either(env: CloudEnvironment, change) -> None:
    env.deploy_function(other_job, THEIRS, []).raise_for_error()
    env.deploy_function(job, THEIRS, []).raise_for_error()
    errors = []

    def try_it() -> None:
        with pytest.raises(ClaimedError) as raised:
            change(env)
        errors.append(raised.value)

    assert env.deploy_function(other_job, OURS, [], progress=at_first_action(try_it)).success
    assert len(errors) == 1
    assert env.plan_function(other_job, OURS, []).is_empty


def test_deleting_is_refused_too(env: CloudEnvironment) -> None:
    env.deploy_function(other_job, THEIRS, []).raise_for_error()
    deletions = []
    env.deploy_function(
        job, OURS, [], progress=at_first_action(lambda: deletions.append(env.delete_function("job")))
    ).raise_for_error()
    assert [(each.success, each.error_code, each.deleted) for each in deletions] == [(False, ClaimedError.code, ())]
    assert env.plan_function(job, OURS, []).is_empty


def test_what_came_between_a_plan_and_its_actions_is_undone(env: CloudEnvironment) -> None:
    """The other one deployed, and ended, after our plan was made: ours is wholly there in the end."""
    done: list[bool] = []

    def deploy_theirs(event: ProgressEvent) -> None:
        if (event.stage, event.status) == ("plan", "succeeded") and not done:
            done.append(True)
            env.deploy_function(other_job, THEIRS, []).raise_for_error()

    assert env.deploy_function(job, OURS, [], progress=deploy_theirs).success
    assert env.plan_function(job, OURS, []).is_empty
    assert len(env.describe_function("job").function.schedules) == 1


@pytest.fixture
def store(tmp_path: Path) -> ClaimStore:
    return FileClaims(tmp_path / "a" / "claims")


def test_a_claim_of_a_process_that_runs_holds(store: ClaimStore) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        there = claim_of(other.pid)
        assert store.write("job", there, replacing=None)
        with pytest.raises(ClaimedError, match=f"by process {other.pid} on "), claimed(store, "job"):
            pytest.fail("both would deploy")
        assert store.read("job") == there
        assert other.stdin is not None
        other.stdin.close()
    with claimed(store, "job") as held:
        assert store.read("job") == held.record
    assert store.read("job") is None


def test_a_number_that_another_process_has_now_does_not_hold(store: ClaimStore) -> None:
    store.write("job", claim_of(os.getppid(), started="long ago"), replacing=None)
    with claimed(store, "job") as held:
        assert held.record.pid == os.getpid()


def test_a_deployment_that_ended_in_this_process_does_not_hold(store: ClaimStore) -> None:
    store.write("job", claim_of(os.getpid()), replacing=None)
    with claimed(store, "job") as held:
        assert held.record.id != "theirs"


def test_a_silent_holder_on_another_machine_is_waited_for_and_then_replaced(store: ClaimStore) -> None:
    store.write("job", claim_of(1, host="elsewhere"), replacing=None)
    lines: list[str] = []
    with claimed(store, "job", report=lines.append, lease_seconds=0.4) as held:
        assert held.record.host == os.uname().nodename
    assert len(lines) == 1
    assert "process 1 on elsewhere" in lines[0]


def test_a_holder_on_another_machine_that_renews_holds(store: ClaimStore) -> None:
    there = claim_of(1, host="elsewhere")
    store.write("job", there, replacing=None)
    renewed = attrs.evolve(there, renewed_at=there.renewed_at + timedelta(seconds=9))
    renewing = threading.Event()

    def renew(_line: str) -> None:
        renewing.set()
        assert store.write("job", renewed, replacing=there)

    with (
        pytest.raises(ClaimedError, match="process 1 on elsewhere"),
        claimed(store, "job", report=renew, lease_seconds=30),
    ):
        pytest.fail("both would deploy")
    assert renewing.is_set()
    assert store.read("job") == renewed


def test_a_holder_that_lost_its_claim_stops_and_leaves_the_other_ones(store: ClaimStore) -> None:
    with claimed(store, "job", lease_seconds=0) as held:
        other = claim_of(1, host="elsewhere")
        assert store.write("job", other, replacing=held.record)
        with pytest.raises(ClaimedError, match="has taken over"):
            held.renew_when_due()
    assert store.read("job") == other


def test_a_holder_renews_its_claim(store: ClaimStore) -> None:
    with claimed(store, "job", lease_seconds=0) as held:
        before = held.record
        held.renew_when_due()
        now = store.read("job")
        assert now is not None
        assert (now.id, now.renewed_at > before.renewed_at) == (before.id, True)


TAKER = """
import sys
from pathlib import Path
from taskflows_cloud_core import ClaimedError
from taskflows_cloud_core.kit import FileClaims, claimed

store, log = FileClaims(Path(sys.argv[1])), Path(sys.argv[2])
taken = 0
while taken < 40:
    try:
        with claimed(store, "job"):
            # Two at once would see each other's mark.
            marker = log.with_suffix(".held")
            marker.touch(exist_ok=False)
            marker.unlink()
            taken += 1
    except ClaimedError:
        continue
"""


def test_of_many_processes_only_one_holds_a_claim(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", TAKER, str(tmp_path / "claims"), str(tmp_path / "log")]
    takers = [subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    failed = [error for taker in takers if (error := taker.communicate()[1]) or taker.returncode]
    assert not failed
    assert list(tmp_path.iterdir()) == []


@given(
    st.builds(
        Claim,
        id=st.text(),
        host=st.text(),
        machine=st.text(),
        pid=st.integers(),
        started=st.text(),
        begun_at=st.datetimes(timezones=st.just(UTC)),
        renewed_at=st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_claim_survives_being_written(claim: Claim) -> None:
    assert decode_claim(encode_claim(claim)) == claim


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        json.dumps({**json.loads(encode_claim(claim_of(1))), "id": 1}),
    ],
)
def test_something_else_is_no_claim(tmp_path: Path, text: str) -> None:
    (tmp_path / "job.json").write_text(text)
    with pytest.raises(Exception, match="is not a claim") as raised:
        FileClaims(tmp_path).read("job")
    assert "delete it" in str(raised.value)


def test_names_that_lead_elsewhere_stay_in_the_folder(tmp_path: Path) -> None:
    store = FileClaims(tmp_path / "claims")
    assert store.write("../../evil", claim_of(1), replacing=None)
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "claims"]


def test_long_names_that_begin_alike_have_claims_of_their_own(tmp_path: Path) -> None:
    store, names = FileClaims(tmp_path), ["n" * 300 + ending for ending in "ab"]
    assert all(store.write(name, claim_of(1), replacing=None) for name in names)
    assert len(list(tmp_path.iterdir())) == 2


def test_claims_are_for_their_owner_alone(tmp_path: Path) -> None:
    store = FileClaims(tmp_path / "root" / "claims")
    store.write("job", claim_of(1), replacing=None)
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "root", tmp_path / "root" / "claims")] == [0, 0]


def test_a_container_with_the_same_name_is_another_machine(store: ClaimStore) -> None:
    there = attrs.evolve(claim_of(os.getpid()), machine="another container")
    store.write("job", there, replacing=None)
    lines: list[str] = []
    with claimed(store, "job", report=lines.append, lease_seconds=0.2):
        assert len(lines) == 1, "it may be at work although no such process is here"


def test_what_changes_nothing_leaves_nothing(tmp_path: Path) -> None:
    env = get_environment("local", root=tmp_path / "a" / "root")
    for change in (env.pause_schedules, env.resume_schedules, env.rollback_function):
        with pytest.raises(FunctionNotFoundError):
            change("nope")
    assert env.delete_function("nope")
    assert list(tmp_path.iterdir()) == []


def test_two_environments_of_one_process_do_not_mix(tmp_path: Path) -> None:
    """The same on the provider that keeps its functions on disk."""
    first, second = (get_environment("local", root=tmp_path / "root") for _ in range(2))
    theirs = []
    ours = first.deploy_function(
        job, OURS, [], progress=at_first_action(lambda: theirs.append(second.deploy_function(other_job, THEIRS, [])))
    )
    assert ours.success
    assert [result.error_code for result in theirs] == [ClaimedError.code]
    assert first.plan_function(job, OURS, []).is_empty
