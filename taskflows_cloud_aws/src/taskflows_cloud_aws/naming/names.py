"""The names and ARNs of everything that belongs to a function, derived from the function's name alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_core import ConfigurationError, Problem
from taskflows_cloud_core.kit import shortened

# Core gives triggers names of ten hexadecimal digits.
_TRIGGER_NAME_CHARACTERS = 10
_TRIGGER_NAME = "[0-9a-f]{10}"
# Of a layer's name: as much of the digest as makes a collision out of the question.
_LAYER_DIGITS = 32
_LAYER_PREFIX = "taskflows-cloud-"
GROUP_PREFIX = "taskflows-cloud-"
"""What the names of all schedule groups of our making begin with."""

LIVE = "live"
"""The alias that schedules and invocations go to."""


def require_function_name(name: str) -> None:
    """Refuse what Lambda would take for something else: a qualified name, a part of an ARN, a path.

    Raises:
        ConfigurationError: It is no plain name of a function.
    """
    if not isinstance(name, str) or not limits.FUNCTION_NAME.fullmatch(name):
        message = f"{name!r} must be 1 to 64 ASCII letters, digits, '-' and '_', without version, alias or ARN"
        raise ConfigurationError([Problem(field="function_name", message=message)])


def layer_in(arn: str) -> str | None:
    """The name of the layer of our making that an ARN, with or without a version, is of; else ``None``."""
    found = re.search(rf":layer:({_LAYER_PREFIX}[0-9a-f]{{{_LAYER_DIGITS}}})(:\d+)?$", arn)
    return found[1] if found else None


def layers_in(arns: Iterable[str]) -> set[str]:
    """The names of the layers of our making among the ARNs of layers or of their versions."""
    return {name for arn in arns if (name := layer_in(arn)) is not None}


@attrs.frozen(kw_only=True)
class Names:
    """What a function's resources are called.

    Args:
        function: The function's name.
        region: For instance ``"eu-central-1"``.
        account: Twelve digits.
        partition: ``"aws"``, ``"aws-cn"``, ``"aws-us-gov"``, …

    Raises:
        ConfigurationError: It is no plain name of a function.
    """

    function: str
    region: str
    account: str
    partition: str

    def __attrs_post_init__(self) -> None:
        require_function_name(self.function)

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def _role_arn(self, name: str) -> str:
        return f"arn:{self.partition}:iam::{self.account}:role/{name}"

    @property
    def function_arn(self) -> str:
        """The ARN of the function."""
        return self._arn("lambda", f"function:{self.function}")

    @property
    def live_arn(self) -> str:
        """The ARN of the version that runs."""
        return f"{self.function_arn}:{LIVE}"

    @property
    def upload_prefix(self) -> str:
        """What the keys of the function's archives begin with while they pass through S3."""
        return f"taskflows-cloud/{self.region}/{self.function}/"

    @property
    def log_group(self) -> str:
        """The name of the log group that Lambda writes to."""
        return f"/aws/lambda/{self.function}"

    @property
    def log_group_arn(self) -> str:
        """The ARN of the log group, without ``:*``."""
        return self.log_group_arn_of(self.log_group)

    def log_group_arn_of(self, name: str) -> str:
        """The ARN of a log group, without ``:*``."""
        return self._arn("logs", f"log-group:{name}")

    @property
    def claim(self) -> str:
        """The log group that says who deploys. No function has a dot in its name, so it is the log of none."""
        return f"{self.log_group}.claim"

    @property
    def _role_stem(self) -> str:
        # IAM knows no regions, so the name has to.
        return f"taskflows-cloud-{self.function}-{self.region}"

    @property
    def role(self) -> str:
        """The name of the execution role that is made when none is given."""
        return shortened(self._role_stem, limit=limits.ROLE_NAME_CHARACTERS)

    @property
    def role_arn(self) -> str:
        """The ARN of that role."""
        return self._role_arn(self.role)

    @property
    def scheduler_role(self) -> str:
        """The name of the role for EventBridge Scheduler that is made when none is given."""
        return shortened(self._role_stem, suffix="-scheduler", limit=limits.ROLE_NAME_CHARACTERS)

    @property
    def scheduler_role_arn(self) -> str:
        """The ARN of that role."""
        return self._role_arn(self.scheduler_role)

    @property
    def shared_role(self) -> str:
        """The name of the execution role that functions of a region share; no function's own can be called so."""
        return f"taskflows-cloud.shared-{self.region}"

    @property
    def shared_role_arn(self) -> str:
        """The ARN of that role."""
        return self._role_arn(self.shared_role)

    @property
    def shared_scheduler_role(self) -> str:
        """The name of the role that EventBridge Scheduler invokes all functions of a region as."""
        return f"taskflows-cloud.shared-{self.region}-scheduler"

    @property
    def shared_scheduler_role_arn(self) -> str:
        """The ARN of that role."""
        return self._role_arn(self.shared_scheduler_role)

    @property
    def any_live_arn(self) -> str:
        """Matches the running versions of all functions of the region."""
        return self._arn("lambda", f"function:*:{LIVE}")

    @property
    def any_log_group_arn(self) -> str:
        """Matches the log groups of all functions of the region."""
        return self._arn("logs", "log-group:/aws/lambda/*")

    @property
    def queue(self) -> str:
        """The name of the queue for events of runs that failed for good."""
        return shortened(f"taskflows-cloud-{self.function}", suffix="-dead-letters", limit=limits.QUEUE_NAME_CHARACTERS)

    @property
    def queue_arn(self) -> str:
        """The ARN of that queue."""
        return self._arn("sqs", self.queue)

    @property
    def topic(self) -> str:
        """The name of the topic that alarms are sent to."""
        return f"taskflows-cloud-{self.function}-alarms"

    @property
    def topic_arn(self) -> str:
        """The ARN of that topic."""
        return self._arn("sns", self.topic)

    def alarm(self, kind: str) -> str:
        """The name of the alarm of a kind."""
        return f"taskflows-cloud-{self.function}-{kind}"

    def alarm_arn(self, name: str) -> str:
        """The ARN of an alarm."""
        return self._arn("cloudwatch", f"alarm:{name}")

    def layer(self, sha256: str) -> str:
        """The name of the layer that holds an archive: the same for everybody who has the same archive."""
        return _LAYER_PREFIX + sha256[:_LAYER_DIGITS]

    def layer_arn(self, name: str) -> str:
        """The ARN of a layer, without a version."""
        return self._arn("lambda", f"layer:{name}")

    @property
    def rule_prefix(self) -> str:
        """What the names of all rules of the function begin with."""
        limit = limits.RULE_NAME_CHARACTERS - _TRIGGER_NAME_CHARACTERS - 1
        return shortened(self.function, limit=limit) + "-"

    def rule(self, trigger: str) -> str:
        """The name of the rule of one trigger."""
        return self.rule_prefix + trigger

    def rule_arn(self, name: str) -> str:
        """The ARN of a rule."""
        return self._arn("events", f"rule/{name}")

    @property
    def rule_pattern_arn(self) -> str:
        """Matches the ARNs of all rules of this function and of no other: one ``?`` for each digit."""
        return self.rule_arn(self.rule("?" * _TRIGGER_NAME_CHARACTERS))

    def is_rule(self, name: str) -> bool:
        """Whether a rule of that name would be this function's."""
        return re.fullmatch(re.escape(self.rule_prefix) + _TRIGGER_NAME, name) is not None

    @property
    def schedule_group(self) -> str:
        """The name of the group that holds the function's EventBridge Scheduler schedules."""
        return shortened(GROUP_PREFIX + self.function, limit=limits.SCHEDULE_GROUP_NAME_CHARACTERS)

    @property
    def schedule_group_arn(self) -> str:
        """The ARN of that group."""
        return self._arn("scheduler", f"schedule-group/{self.schedule_group}")

    def schedule_arn(self, trigger: str) -> str:
        """The ARN of the schedule of one trigger."""
        return self._arn("scheduler", f"schedule/{self.schedule_group}/{trigger}")

    def is_schedule(self, name: str) -> bool:
        """Whether a schedule of that name in the group would be this function's."""
        return re.fullmatch(_TRIGGER_NAME, name) is not None
