"""A secret that was entrusted to a deployment is in nothing that anybody gets to see, whatever goes wrong."""

from __future__ import annotations

import html
import json
import logging
import os
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from taskflows_cloud_core import CloudError, get_environment
from tests.aws.support.account import REGION, config, refusal
from tests.aws.support.scenarios import NEW_YORK

# With characters that JSON, URLs, XML and repr spell otherwise.
CANARY = "canary\"7f3a\\9b' <&>/+ü="
PASSWORD = "k4n4ry@in/a:url"
SPELLINGS = (
    CANARY,
    json.dumps(CANARY)[1:-1],
    quote(CANARY, safe=""),
    quote_plus(CANARY),
    escape(CANARY),
    html.escape(CANARY),
    repr(CANARY)[1:-1],
)
# Wherever any of its spellings stands, this stands too.
TRACES = ("k4n4ry", "7f3a")
WANTED = {
    "environment_variables": {"TOKEN_OF_MINE": CANARY},
    "schedules": ["Mon-Fri 14:00", NEW_YORK],
    "max_concurrency": 2,
}


def echoing(call):
    """What AWS and botocore say when they repeat what was sent."""
    told = " and ".join(SPELLINGS)
    url = f"https://user:{quote(CANARY, safe='')}@aws.example/?token={quote(CANARY, safe='')}"
    return {
        "refusal": lambda: refusal(call, "InvalidParameterValueException", 400, f"the value {told} is not allowed"),
        "validation": lambda: refusal(call, "ValidationException", 400, f"Value '{CANARY}' at 'environment' failed"),
        "denial": lambda: refusal(call, "AccessDeniedException", 403, f"not permitted to send {told}"),
        "conflict of names": lambda: refusal(call, "ResourceConflictException", 409, f"{told} exists"),
        "server error": lambda: refusal(call, "InternalFailure", 500, told),
        "throttle": lambda: refusal(call, "TooManyRequestsException", 429, told),
        "no answer": lambda: (_ for _ in ()).throw(ReadTimeoutError(endpoint_url=url)),
        "no connection": lambda: (_ for _ in ()).throw(EndpointConnectionError(endpoint_url=url)),
    }


KINDS = tuple(echoing("lambda:Invoke"))


@pytest.fixture
def logged(caplog):
    """All that our loggers say; those of botocore are the user's own to switch on."""
    caplog.set_level(logging.DEBUG, logger="taskflows_cloud_core")
    caplog.set_level(logging.DEBUG, logger="taskflows_cloud_aws")
    before = logging.getLogger("botocore").level
    yield lambda: [record.getMessage() for record in caplog.records if record.name.startswith("taskflows_cloud")]
    assert logging.getLogger("botocore").level == before


def texts_of(*values):
    return [text for value in values for text in (str(value), repr(value))]


def texts_of_error(error):
    chain, found = error, []
    while chain is not None:
        found += [*texts_of(chain, *chain.args), *texts_of(*vars(chain).values())]
        chain = chain.__cause__ or chain.__context__
    return [*found, "".join(traceback.format_exception(error))]


def texts_of_files():
    folders = [Path(os.environ[name]) for name in os.environ if name.startswith("XDG_")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path.read_bytes().decode("utf-8", "replace") for path in files if path.stat().st_size < 2**20]


def shown(texts):
    return [text for text in texts if any(trace in text for trace in TRACES)]


def deploy(env, jobs, wanted):
    """Deploy, plan, describe, list; all that this tells."""
    events, found = [], []
    result = env.deploy_function(jobs.report, config(**wanted), [], progress=events.append)
    found += texts_of(result, result.plan, result.metadata, result.warnings, *events)
    for call in (
        lambda: env.plan_function(jobs.other, config(**wanted), [], progress=events.append),
        lambda: env.describe_function("job"),
        lambda: env.list_functions(),
        lambda: env.plan_removal("job"),
        lambda: env.pause_schedules("job"),
        lambda: env.resume_schedules("job"),
    ):
        try:
            found += texts_of(call(), *events)
        except CloudError as error:
            found += texts_of_error(error)
    return result.success, found


def test_a_success_shows_nothing(env, aws, jobs, logged, capfd):
    success, told = deploy(env, jobs, WANTED)
    changed = {**WANTED, "environment_variables": {"TOKEN_OF_MINE": f"{CANARY}2"}}
    changed_success, more = deploy(env, jobs, changed)
    removal = texts_of(env.delete_function("job"))

    assert success
    assert changed_success
    out, err = capfd.readouterr()
    assert not shown([*told, *more, *removal, *logged(), *texts_of_files(), out, err])
    assert not shown(texts_of(config(**WANTED), get_environment("aws", region=REGION)))


def assert_a_fault_shows_nothing(env, aws, jobs, logged, capfd, kind, start, first, step):
    def prepare():
        aws.clear()
        env.delete_function("job")
        if start == "function":
            old = {"TOKEN_OF_MINE": f"{CANARY} that was", "MORE": CANARY}
            assert env.deploy_function(jobs.other, config(environment_variables=old), [])
        aws.clear()

    def new_process():
        # One that remembers nothing, so that each makes the same calls.
        return get_environment("aws", region=REGION)

    prepare()
    assert new_process().deploy_function(jobs.report, config(**WANTED), []).success
    calls, failures = len(aws.calls), 0
    for moment in range(first, calls, step):
        prepare()

        def fail(number, call, moment=moment):
            return echoing(call)[kind]() if number >= moment else None

        aws.before = fail
        success, told = deploy(new_process(), jobs, WANTED)
        failures += not success
        out, err = capfd.readouterr()
        assert not shown([*told, *logged(), out, err]), (kind, moment)
    assert failures == len(range(first, calls, step))
    assert not shown(texts_of_files())


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["refusal", "no connection"])
def test_no_fault_shows_anything(env, aws, jobs, pauses, logged, capfd, kind):
    assert_a_fault_shows_nothing(env, aws, jobs, logged, capfd, kind, "function", 4, 11)


@pytest.mark.sweep
@pytest.mark.parametrize("start", ["nothing", "function"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_fault_at_any_call_shows_anything(env, aws, jobs, pauses, logged, capfd, kind, start):
    assert_a_fault_shows_nothing(env, aws, jobs, logged, capfd, kind, start, 0, 1)


@pytest.mark.parametrize(
    "dependency",
    [
        f"zz-private @ https://user:{PASSWORD}@packages.example/zz-1-py3-none-any.whl",
        f"zz-private @ git+https://{PASSWORD}@git.example/zz.git",
        f"https://user:{PASSWORD}@packages.example/zz-1-py3-none-any.whl",
        f"zz-private @ https://packages.example/zz-1-py3-none-any.whl?token={PASSWORD}",
    ],
)
def test_a_refused_dependency_shows_no_credentials(env, aws, jobs, logged, capfd, dependency):
    events = []
    result = env.deploy_function(jobs.report, config(**WANTED), [dependency], progress=events.append)
    with pytest.raises(CloudError) as caught:
        env.plan_function(jobs.report, config(**WANTED), [dependency])

    assert "dependencies[0]" in result.error
    out, err = capfd.readouterr()
    told = [*texts_of(result, *events), *texts_of_error(caught.value), *logged(), *texts_of_files(), out, err]
    assert not shown(told)
    assert aws.calls == []


def test_an_index_that_cannot_be_reached_shows_no_credentials(env, aws, jobs, logged, capfd, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://user:{quote(PASSWORD, safe='')}@127.0.0.1:1/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")

    result = env.deploy_function(jobs.report, config(**WANTED), ["zz-private-of-nobody"])

    assert "zz-private-of-nobody" in result.error
    assert not shown([*texts_of(result), *logged(), *texts_of_files(), *capfd.readouterr()])
    assert aws.mutating == []
