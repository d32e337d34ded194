"""One layer for all functions that have the same dependencies: published once, gone with the last of them."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from taskflows_cloud_core import get_environment
from tests.aws.support.account import EMPTY, REGION, KilledError, client, config, during, once, refusal
from tests.core.packaging.wheels import make_wheel


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all that uv knows."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    make_wheel(folder, "zz_leaf", "3.0", {"leaf.py": "VALUE = 30\n"})
    make_wheel(folder, "zz_leaf", "4.0", {"leaf.py": "VALUE = 40\n"})
    return folder


OLD, NEW = ["zz_leaf==3.0"], ["zz_leaf==4.0"]


@pytest.fixture
def env(aws):
    return get_environment("aws", region=REGION, dependency_layer=True)


def layers_of(there, name="job"):
    return [one["Arn"] for one in there["functions"][name]["Layers"]]


def versions(name):
    return client("lambda").list_layer_versions(LayerName=name)["LayerVersions"]


def test_dependencies_go_into_a_layer(env, aws, jobs, account):
    result = env.deploy_function(jobs.report, config(), OLD)

    assert result.success, result.error
    there = account()
    (name,) = there["layers"]
    assert layers_of(there) == [f"arn:aws:lambda:{REGION}:123456789012:layer:{name}:1"]
    assert env.plan_function(jobs.report, config(), OLD).is_empty
    aws.clear()
    assert env.deploy_function(jobs.report, config(), OLD)
    assert aws.mutating == []
    assert env.delete_function("job")
    assert account() == EMPTY


def test_many_functions_share_one_that_is_published_once(env, aws, jobs, account):
    names = [f"job-{number}" for number in range(12)]
    results = env.deploy_many([(jobs.report, config(name)) for name in names], OLD)

    assert all(result.success for result in results), [result.error for result in results]
    there = account()
    assert list(there["layers"].values()) == [1]
    assert len({tuple(layers_of(there, name)) for name in names}) == 1
    assert aws.calls.count("lambda:PublishLayerVersion") == 1
    assert aws.calls.count("lambda:ListLayers") < len(names)
    for name in names[:-1]:
        removed = env.delete_function(name)
        assert removed
        assert any("layer" in what for what in removed.left)
        assert len(account()["layers"]) == 1
    assert env.delete_function(names[-1])
    assert account() == EMPTY


def test_two_deployers_at_once_end_with_one_version(aws, jobs, account):
    environments = [get_environment("aws", region=REGION, dependency_layer=True) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        futures = [
            pool.submit(env.deploy_function, jobs.report, config(f"job-{number}"), OLD)
            for number, env in enumerate(environments)
        ]
    results = [future.result() for future in futures]

    assert all(result.success for result in results), [result.error for result in results]
    (name,) = account()["layers"]
    assert len(aws.look(lambda: versions(name))) == 1


def test_new_dependencies_make_a_new_layer_and_the_old_one_goes(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, config(), OLD)
    before = account()["layers"]

    plan = env.plan_function(jobs.report, config(), NEW)
    assert [action.verb for action in plan.actions if action.resource.kind == "layer"] == ["create", "delete"]
    assert env.deploy_function(jobs.report, config(), NEW).success

    after = account()["layers"]
    assert len(after) == 1
    assert after != before
    assert env.rollback_function("job").package_sha256


def test_a_layer_that_others_use_stays(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, config(), OLD)
    arn = layers_of(account())[0]
    role = "arn:aws:iam::123456789012:role/taskflows-cloud-job-us-east-1"
    aws.look(
        lambda: client("lambda").create_function(
            FunctionName="theirs", Runtime="python3.12", Role=role, Handler="x.y", Code={"ZipFile": b"x"}, Layers=[arn]
        )
    )

    assert env.deploy_function(jobs.report, config(), NEW).success
    assert len(account()["layers"]) == 2
    removed = env.delete_function("job")

    assert removed
    assert layers_of(account(), "theirs") == [arn]
    assert len(account()["layers"]) == 1
    assert any("theirs" in what for what in removed.left)


def test_a_layer_that_was_deleted_is_told_and_published_anew(aws, jobs, account):
    def fresh():
        return get_environment("aws", region=REGION, dependency_layer=True)

    assert fresh().deploy_function(jobs.report, config(), OLD)
    (name,) = account()["layers"]
    aws.look(lambda: client("lambda").delete_layer_version(LayerName=name, VersionNumber=1))

    plan = fresh().plan_function(jobs.report, config(), OLD)
    assert [str(action.key) for action in plan.actions] == [f"layer {name}"]
    assert fresh().deploy_function(jobs.report, config(), OLD).success
    assert list(account()["layers"]) == [name]
    assert fresh().plan_function(jobs.report, config(), OLD).is_empty


def test_a_layer_that_goes_while_a_function_is_made_is_published_anew(env, aws, jobs, account, pauses):
    words = "Layer version arn:aws:lambda:us-east-1:123456789012:layer:taskflows-cloud-{}:1 does not exist."

    def gone():
        (name,) = aws.look(lambda: client("lambda").list_layers()["Layers"])
        aws.look(lambda: client("lambda").delete_layer_version(LayerName=name["LayerName"], VersionNumber=1))
        text = words.format(name["LayerName"].rpartition("-")[2])
        return refusal("lambda:CreateFunction", "InvalidParameterValueException", 400, text)

    aws.before = once("lambda:CreateFunction", gone)
    result = env.deploy_function(jobs.report, config(), OLD)

    assert result.success, result.error
    assert len(layers_of(account())) == 1


def test_code_alone_keeps_the_kind_of_package(env, aws, jobs, account):
    """The dependencies stay in a layer when only the code is updated, and go into the archive when that is wanted."""
    assert env.deploy_function(jobs.report, config(), OLD)
    before = layers_of(account())

    assert env.update_function_code("job", jobs.other, OLD).success
    assert layers_of(account()) == before
    assert env.update_function_configuration("job", config(memory_mb=512)).success
    assert layers_of(account()) == before

    without = config(memory_mb=512, provider_options={"aws": {"dependency_layer": False}})
    assert env.deploy_function(jobs.other, without, OLD).success
    there = account()
    assert there["layers"] == {}
    assert not there["functions"]["job"].get("Layers")


def test_by_itself_a_small_archive_has_no_layer(aws, jobs, account):
    assert get_environment("aws", region=REGION).deploy_function(jobs.report, config(), OLD)

    assert account()["layers"] == {}


def test_by_itself_a_large_archive_has_one(aws, jobs, account, index):
    noise = random.Random(1).randbytes(11 * 2**20)
    make_wheel(index, "zz_large", "1.0", {"large.py": "VALUE = 1\n", "large.bin": noise})

    result = get_environment("aws", region=REGION).deploy_function(jobs.report, config(), ["zz_large"])

    assert result.success, result.error
    assert len(account()["layers"]) == 1


def test_five_layers_leave_no_room(env, aws, jobs):
    layers = [f"arn:aws:lambda:{REGION}:123456789012:layer:x:{number}" for number in range(1, 6)]
    settings = config(provider_options={"aws": {"layers": layers, "dependency_layer": True}})

    result = env.deploy_function(jobs.report, settings, OLD)

    assert "dependencies need one" in result.error
    assert aws.calls == []


@pytest.mark.parametrize("given", [True, False])
def test_code_alone_keeps_what_was_said_for_the_function(aws, jobs, account, index, given):
    """Whether there is a layer is not decided anew, neither by size nor by what another environment says."""
    make_wheel(
        index, "zz_large", "1.0", {"large.py": "VALUE = 1\n", "large.bin": random.Random(1).randbytes(11 * 2**20)}
    )
    said = config(provider_options={"aws": {"dependency_layer": given}})
    assert get_environment("aws", region=REGION).deploy_function(jobs.report, said, OLD if given else ["zz_large"])
    other = get_environment("aws", region=REGION, dependency_layer=None if given else True)

    assert other.update_function_code("job", jobs.other, OLD if given else ["zz_large"]).success

    assert len(account()["layers"]) == given
    again = get_environment("aws", region=REGION)
    assert again.plan_function(jobs.other, said, OLD if given else ["zz_large"]).is_empty


def test_settings_alone_find_a_layer_that_others_use_too_in_order(env, jobs):
    for name in ("job", "job-2"):
        assert env.deploy_function(jobs.report, config(name), OLD)

    result = env.update_function_configuration("job", config(memory_mb=512))

    assert [action.key.kind for action in result.plan.actions] == ["function", "live"]


def killed_after(aws, call, act):
    """Let a run die when the first call of that name has had its effect."""

    def die(_number, name):
        if name == call or aws.calls.count(call):
            raise KilledError

    aws.clear()
    aws.after = die
    with pytest.raises(KilledError):
        act()
    aws.clear()


@pytest.mark.parametrize("call", ["UpdateFunctionConfiguration", "UpdateAlias", "DeleteLayerVersion"])
def test_a_layer_released_by_a_killed_deployment_goes_with_the_next(env, aws, jobs, account, call):
    def without():
        other = get_environment("aws", region=REGION, dependency_layer=False)
        return other.deploy_function(jobs.other, config(), OLD)

    assert env.deploy_function(jobs.report, config(), OLD)
    killed_after(aws, f"lambda:{call}", without)

    assert without().success

    assert account()["layers"] == {}
    aws.clear()
    assert without().success
    assert aws.mutating == []
    assert "lambda:ListLayers" not in aws.calls


@pytest.mark.parametrize("call", ["UpdateFunctionConfiguration", "PublishVersion"])
@pytest.mark.parametrize("killed", ["first", "last"])
def test_of_two_functions_that_release_a_layer_one_may_be_killed(env, aws, jobs, account, call, killed):
    def without(name):
        other = get_environment("aws", region=REGION, dependency_layer=False)
        return other.deploy_function(jobs.other, config(name), OLD)

    for name in ("job", "job-2"):
        assert env.deploy_function(jobs.report, config(name), OLD)
    if killed == "last":
        assert without("job-2").success
        assert len(account()["layers"]) == 1
    killed_after(aws, f"lambda:{call}", lambda: without("job"))
    if killed == "first":
        assert without("job-2").success

    assert without("job").success

    assert account()["layers"] == {}


def test_a_layer_that_no_function_got_goes_with_another_deployment(env, aws, jobs, account):
    def fresh():
        return get_environment("aws", region=REGION, dependency_layer=True)

    assert env.deploy_function(jobs.report, config(), OLD)
    before = account()
    killed_after(aws, "lambda:PublishLayerVersion", lambda: fresh().deploy_function(jobs.report, config(), NEW))
    assert len(account()["layers"]) == 2

    assert fresh().deploy_function(jobs.report, config(), OLD).success

    assert account() == before


def test_a_deletion_finds_a_layer_that_another_process_made_just_now(env, jobs, account):
    other = get_environment("aws", region=REGION, dependency_layer=True)
    assert env.deploy_function(jobs.report, config("job-2"), OLD)
    # From here on this environment knows which layers there are.
    assert env.plan_function(jobs.report, config("job-2"), OLD).is_empty
    kept = account()["layers"]
    assert other.deploy_function(jobs.report, config(), NEW)

    assert env.delete_function("job")

    assert account()["layers"] == kept


def test_a_deletion_that_is_run_again_takes_a_layer_that_another_function_had_made(env, aws, jobs, account):
    for name in ("job-2", "job"):
        assert env.deploy_function(jobs.report, config(name), OLD)
    assert env.delete_function("job-2")
    killed_after(aws, "lambda:DeleteFunction", lambda: env.delete_function("job"))
    assert len(account()["layers"]) == 1

    assert get_environment("aws", region=REGION).delete_function("job")

    assert account() == EMPTY


@pytest.mark.slow
@pytest.mark.parametrize("act", ["delete", "give up"])
def test_the_last_two_functions_give_their_layer_up_at_once(env, aws, jobs, account, act):
    def prepare():
        aws.clear()
        for name in ("job", "job-2"):
            assert env.deploy_function(jobs.report, config(name), OLD)
        aws.clear()

    def give_up(name):
        # Two deployers share no session.
        own = get_environment("aws", region=REGION, dependency_layer=act == "delete")
        return own.delete_function(name) if act == "delete" else own.deploy_function(jobs.report, config(name), OLD)

    prepare()
    assert give_up("job")
    for moment in range(1, len(aws.calls), 9):
        prepare()
        aws.before = during(moment, lambda: give_up("job-2"))
        assert give_up("job")
        assert account()["layers"] == {}, moment


@pytest.mark.sweep
@pytest.mark.parametrize("act", ["first", "changed", "given up", "delete"])
def test_killed_anywhere_it_converges(env, aws, jobs, account, act):
    def fresh():
        return get_environment("aws", region=REGION, dependency_layer=True)

    acts = {
        "first": lambda: fresh().deploy_function(jobs.report, config(), OLD),
        "changed": lambda: fresh().deploy_function(jobs.report, config(), NEW),
        "given up": lambda: get_environment("aws", region=REGION, dependency_layer=False).deploy_function(
            jobs.report, config(), OLD
        ),
        "delete": lambda: fresh().delete_function("job"),
    }

    def prepare():
        aws.clear()
        assert env.delete_function("job")
        assert account() == EMPTY
        if act != "first":
            assert env.deploy_function(jobs.report, config(), OLD)
        aws.clear()

    prepare()
    assert acts[act]().success
    calls, wanted = len(aws.calls), _without_numbers(account())
    for moment in range(calls):
        prepare()

        def die(number, _call, moment=moment):
            if number >= moment:
                raise KilledError

        aws.after = die
        with pytest.raises(KilledError):
            acts[act]()
        aws.clear()
        assert acts[act]().success
        assert _without_numbers(account()) == wanted, moment


def _without_numbers(there):
    """A layer that was published again has another number."""
    for function in there["functions"].values():
        for layer in function.get("Layers", []):
            layer["Arn"] = layer["Arn"].rpartition(":")[0]
    return {**there, "layers": list(there["layers"])}
