"""The kinds of resources on AWS, one module each: desired, read, created, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from taskflows_cloud_aws.resources import (
    alarm,
    claim,
    concurrency,
    function,
    function_calls,
    invoke_config,
    layer,
    live,
    log_group,
    permission,
    provisioned,
    queue,
    role,
    rule,
    schedule,
    schedule_group,
    topic,
    upload,
)
from taskflows_cloud_aws.resources.context import AwsHandler, Context

HANDLERS: Mapping[str, AwsHandler] = MappingProxyType(
    {
        alarm.KIND: alarm.HANDLER,
        claim.KIND: claim.HANDLER,
        concurrency.KIND: concurrency.HANDLER,
        function.KIND: function_calls.HANDLER,
        invoke_config.KIND: invoke_config.HANDLER,
        layer.KIND: layer.HANDLER,
        live.KIND: live.HANDLER,
        log_group.KIND: log_group.HANDLER,
        permission.KIND: permission.HANDLER,
        provisioned.KIND: provisioned.HANDLER,
        queue.KIND: queue.HANDLER,
        role.EXECUTION: role.HANDLER,
        role.SCHEDULER: role.HANDLER,
        rule.KIND: rule.HANDLER,
        schedule.KIND: schedule.HANDLER,
        schedule_group.KIND: schedule_group.HANDLER,
        topic.KIND: topic.HANDLER,
        upload.KIND: upload.HANDLER,
    }
)
"""Kind → how it is created, changed and deleted."""

__all__ = ["HANDLERS", "AwsHandler", "Context"]
