"""The record of a function: kept, stored and read back."""

from __future__ import annotations

import json

from taskflows_cloud_core import CloudFunctionConfig
from taskflows_cloud_core.kit import FUNCTION, decode_record, encode_record, function_record, schedule_resources
from taskflows_cloud_core.reconcile import DeploymentRequest, Observation, Resource

CONFIG = CloudFunctionConfig(
    function_name="job", memory_mb=256, tags={"team": "data"}, environment_variables={"TOKEN": "hidden-value"}
)
STORED = {
    "paused": True,
    "memory_mb": 128,
    "tags": {},
    "environment": {},
    "runtime": "python3.12",
    "sha256": "0" * 64,
    "entry": "job:main",
    "include_files": [],
}


def observed() -> Observation:
    record = Resource(kind=FUNCTION, name="job", properties=decode_record(STORED))
    return Observation(exists=True, resources=[record, Resource(kind="timer", name="job/1")])


def test_what_a_request_does_not_name_stays() -> None:
    request = DeploymentRequest(name="job")
    assert encode_record(function_record(request, observed(), settings=["memory_mb"])) == STORED
    assert schedule_resources(request, observed(), kind="timer") == [Resource(kind="timer", name="job/1")]


def test_a_new_configuration_leaves_code_and_pause() -> None:
    request = DeploymentRequest(name="job", config=CONFIG, triggers=())
    record = function_record(request, observed(), settings=["memory_mb"])
    changed = {"memory_mb": 256, "tags": {"team": "data"}, "environment": {"TOKEN": "hidden-value"}}
    assert encode_record(record) == STORED | changed
    assert "hidden-value" not in repr(record)
    assert schedule_resources(request, observed(), kind="timer") == []


def test_a_record_survives_being_stored() -> None:
    record = function_record(DeploymentRequest(name="job", config=CONFIG), observed())
    assert decode_record(json.loads(json.dumps(encode_record(record)))) == record
