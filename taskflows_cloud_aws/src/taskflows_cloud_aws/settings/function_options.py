"""What a user may say about one function that only AWS understands: ``provider_options["aws"]``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.settings import identifiers
from taskflows_cloud_aws.settings.alarm_options import AlarmOptions, to_alarms
from taskflows_cloud_aws.settings.statement_checks import problems_of_statements
from taskflows_cloud_core import CloudFunctionConfig, ConfigurationError, Problem
from taskflows_cloud_core.kit import checks
from taskflows_cloud_core.kit.checks import Check, sequence
from taskflows_cloud_core.options import build_options


@attrs.frozen(kw_only=True)
class AwsFunctionOptions:
    """What one function's ``provider_options["aws"]`` may hold.

    Args:
        execution_role_arn: The role that this function runs as, instead of the environment's.
        scheduler_role_arn: The role that EventBridge Scheduler invokes this function as.
        policy_statements: IAM statements that the role of our making gets beside writing its log, each a
            dict with ``Action``, ``Resource`` and, if wanted, ``Sid``, ``Effect`` and ``Condition``.
        allow_everything: Accept a statement that allows ``*`` on ``*``.
        adopt: Take over what stands under the function's names although taskflows-cloud did not make it. It
            is brought into line, and deleted with the function.
        max_event_age_seconds: How long AWS holds an event for which the function could not be started.
        delivery_retries: How often EventBridge tries again to hand an event to Lambda. It is not a retry of
            a failed run; those are the configuration's ``retries``.
        dead_letter_arn: An SQS queue or SNS topic for the events of runs that failed for good.
        dead_letter_queue: Make an SQS queue for them instead. It is deleted with the function.
        alarms: What CloudWatch watches, as in `AlarmOptions`: ``{"errors": 1, "duration_percent": 90,
            "missed_runs": True}``.
        alarm_topic_arn: The SNS topic that alarms are sent to.
        alarm_emails: Addresses that alarms are sent to; a topic is made for them, and each gets a letter in
            which it has to agree.
        dependency_layer: Whether the dependencies are put into a layer, which all functions with the same ones
            share; ``None`` as the environment says.
        layers: ARNs of layer versions, five at the most.
        subnet_ids: The subnets of a VPC that the function runs in.
        security_group_ids: Its security groups there.
        file_system_access_point_arn: An access point of an EFS file system; needs a VPC.
        file_system_mount_path: Where it is mounted, ``"/mnt/…"``.
        provisioned_concurrency: How many execution environments are kept warm for the live version. They cost
            money all the time.
        tracing: ``"PassThrough"``, or ``"Active"`` for X-Ray.
        kms_key_arn: The key that the environment is encrypted with.

    Raises:
        ConfigurationError: With every value that cannot be used.
    """

    execution_role_arn: str | None = None
    scheduler_role_arn: str | None = None
    policy_statements: tuple[Mapping[str, Any], ...] = attrs.field(default=(), converter=sequence)
    allow_everything: bool = False
    adopt: bool = False
    max_event_age_seconds: int = 3600
    delivery_retries: int = 2
    dead_letter_arn: str | None = None
    dead_letter_queue: bool = False
    alarms: AlarmOptions = attrs.field(factory=AlarmOptions)
    alarm_topic_arn: str | None = None
    alarm_emails: tuple[str, ...] = attrs.field(default=(), converter=sequence)
    dependency_layer: bool | None = None
    layers: tuple[str, ...] = attrs.field(default=(), converter=sequence)
    subnet_ids: tuple[str, ...] = attrs.field(default=(), converter=sequence)
    security_group_ids: tuple[str, ...] = attrs.field(default=(), converter=sequence)
    file_system_access_point_arn: str | None = None
    file_system_mount_path: str | None = None
    provisioned_concurrency: int | None = None
    tracing: str = "PassThrough"
    kms_key_arn: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = checks.find_problems({name: getattr(self, name) for name in _CHECKS}, _CHECKS)
        problems += [*_alarm_problems(self), *_statement_problems(self)]
        problems += [Problem(field=field, message=message) for field, message in _belongs_together(self)]
        if problems:
            raise ConfigurationError(problems, subject="provider_options['aws']")

    @property
    def wants_topic(self) -> bool:
        """Whether a topic is to be made for the alarms."""
        return bool(self.alarm_emails) and self.alarm_topic_arn is None and not self.alarms.is_empty


def function_options(config: CloudFunctionConfig) -> AwsFunctionOptions:
    """Read the options of one function.

    Raises:
        ConfigurationError: With every unknown name and every value that cannot be used.
    """
    given = dict(config.options_for("aws"))
    subject = f"function {config.function_name!r}"
    problems: list[Problem] = []
    try:
        given["alarms"] = to_alarms(given.get("alarms", AlarmOptions()))
    except ConfigurationError as error:
        problems += error.problems
        del given["alarms"]
    try:
        options = build_options(AwsFunctionOptions, given, subject=subject)
    except ConfigurationError as error:
        problems += error.problems
    if problems:
        raise ConfigurationError(problems, subject=f"options of {subject}")
    return options


def _alarm_problems(options: AwsFunctionOptions) -> list[Problem]:
    given: Any = options.alarms
    if not isinstance(given, AlarmOptions):
        return [Problem(field="alarms", message="must be AlarmOptions or a dict")]
    if options.alarm_topic_arn is not None and options.alarm_emails:
        message = "is for a topic of our making; subscribe the addresses to alarm_topic_arn instead"
        return [Problem(field="alarm_emails", message=message)]
    return []


def _belongs_together(options: AwsFunctionOptions) -> list[tuple[str, str]]:
    found = []
    if bool(options.subnet_ids) != bool(options.security_group_ids):
        found.append(("subnet_ids", "a VPC needs both, subnet_ids and security_group_ids"))
    if (options.file_system_access_point_arn is None) != (options.file_system_mount_path is None):
        message = "a file system needs both, file_system_access_point_arn and file_system_mount_path"
        found.append(("file_system_access_point_arn", message))
    if options.file_system_access_point_arn is not None and not options.subnet_ids:
        found.append(("file_system_access_point_arn", "needs a VPC: subnet_ids and security_group_ids"))
    if options.dead_letter_queue is True and options.dead_letter_arn is not None:
        found.append(("dead_letter_queue", "is for a queue of our making; leave out dead_letter_arn"))
    if str(options.dead_letter_arn).endswith(".fifo"):
        found.append(("dead_letter_arn", f"{options.dead_letter_arn!r} is FIFO; Lambda sends to standard ones only"))
    if options.dependency_layer is True and len(options.layers) == limits.LAYERS:
        message = f"a function has at most {limits.LAYERS} layers, and the dependencies need one"
        found.append(("layers", message))
    layers = [str(layer).rpartition(":")[0] for layer in _distinct(options.layers)]
    found += [("layers", f"has two versions of {one!r}") for one in _distinct(layers) if layers.count(one) > 1]
    return found


def _distinct(values: Any) -> list[Any]:
    """Each value once; of what is no list, nothing."""
    values = values if isinstance(values, list | tuple) else ()
    return [value for index, value in enumerate(values) if value not in values[:index]]


def _statement_problems(options: AwsFunctionOptions) -> list[Problem]:
    given = options.policy_statements
    problems = list(problems_of_statements(given, allow_everything=options.allow_everything is True))
    if given and options.execution_role_arn is not None:
        message = "is for roles of our making; add the statements to the role of execution_role_arn instead"
        problems.append(Problem(field="policy_statements", message=message))
    return problems


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "execution_role_arn": identifiers.ROLE_CHECK,
        "scheduler_role_arn": identifiers.ROLE_CHECK,
        "allow_everything": checks.flag,
        "adopt": checks.flag,
        "max_event_age_seconds": checks.within(limits.ASYNC_EVENT_AGE_SECONDS),
        "delivery_retries": checks.within(limits.SCHEDULE_RETRIES),
        "dead_letter_arn": checks.text_like(identifiers.QUEUE_OR_TOPIC, "arn:aws:sqs:eu-central-1:123456789012:queue"),
        "dead_letter_queue": checks.flag,
        "alarm_topic_arn": checks.text_like(identifiers.TOPIC, "arn:aws:sns:eu-central-1:123456789012:topic"),
        "alarm_emails": checks.texts_like(identifiers.EMAIL, "someone@example.com", most=limits.ALARM_EMAILS),
        "dependency_layer": checks.optional_flag,
        "layers": checks.texts_like(
            identifiers.LAYER, "arn:aws:lambda:eu-central-1:123456789012:layer:name:1", most=limits.LAYERS
        ),
        "subnet_ids": checks.texts_like(identifiers.SUBNET, "subnet-0123abcd", most=limits.SUBNETS),
        "security_group_ids": checks.texts_like(identifiers.SECURITY_GROUP, "sg-0123abcd", most=limits.SECURITY_GROUPS),
        "file_system_access_point_arn": checks.text_like(
            identifiers.ACCESS_POINT,
            "arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-0123456789abcdef0",
        ),
        "file_system_mount_path": checks.text_like(identifiers.MOUNT_PATH, "/mnt/data"),
        "provisioned_concurrency": checks.within(limits.PROVISIONED_CONCURRENCY, optional=True),
        "tracing": checks.one_of("PassThrough", "Active"),
        "kms_key_arn": checks.text_like(identifiers.KEY, "arn:aws:kms:eu-central-1:123456789012:key/1234"),
    }
)
