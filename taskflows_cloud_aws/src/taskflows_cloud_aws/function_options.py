"""What a user may say about one function that only AWS understands: ``provider_options["aws"]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.options import role_problem
from taskflows_cloud_core import CloudFunctionConfig, ConfigurationError, Problem
from taskflows_cloud_core.options import build_options

# A check takes a value and says what is wrong with it; "" is nothing.
_Check: TypeAlias = Callable[[Any], str]

_ACCOUNT = r"\d{12}"
_LAYER = re.compile(rf"arn:aws[a-z-]*:lambda:[a-z0-9-]+:{_ACCOUNT}:layer:[a-zA-Z0-9_-]{{1,140}}:\d+")
_QUEUE_OR_TOPIC = re.compile(rf"arn:aws[a-z-]*:(sqs|sns):[a-z0-9-]+:{_ACCOUNT}:[a-zA-Z0-9_.-]+")
_KEY = re.compile(rf"arn:aws[a-z-]*:kms:[a-z0-9-]+:{_ACCOUNT}:(key|alias)/[a-zA-Z0-9/_-]+")
_SUBNET = re.compile(r"subnet-[0-9a-z]+")
_SECURITY_GROUP = re.compile(r"sg-[0-9a-zA-Z]+")
_STATEMENT_KEYS = frozenset({"Sid", "Effect", "Action", "Resource", "Condition"})


def _sequence(value: Any) -> Any:
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping) else value


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
        layers: ARNs of layer versions, five at the most.
        subnet_ids: The subnets of a VPC that the function runs in.
        security_group_ids: Its security groups there.
        tracing: ``"PassThrough"``, or ``"Active"`` for X-Ray.
        kms_key_arn: The key that the environment is encrypted with.

    Raises:
        ConfigurationError: With every value that cannot be used.
    """

    execution_role_arn: str | None = None
    scheduler_role_arn: str | None = None
    policy_statements: tuple[Mapping[str, Any], ...] = attrs.field(default=(), converter=_sequence)
    allow_everything: bool = False
    adopt: bool = False
    max_event_age_seconds: int = 3600
    delivery_retries: int = 2
    dead_letter_arn: str | None = None
    layers: tuple[str, ...] = attrs.field(default=(), converter=_sequence)
    subnet_ids: tuple[str, ...] = attrs.field(default=(), converter=_sequence)
    security_group_ids: tuple[str, ...] = attrs.field(default=(), converter=_sequence)
    tracing: str = "PassThrough"
    kms_key_arn: str | None = None

    def __attrs_post_init__(self) -> None:
        messages = {name: check(getattr(self, name)) for name, check in _CHECKS.items()}
        problems = [Problem(field=name, message=message) for name, message in messages.items() if message]
        problems += _statement_problems(self)
        if bool(self.subnet_ids) != bool(self.security_group_ids):
            message = "a VPC needs both, subnet_ids and security_group_ids"
            problems.append(Problem(field="subnet_ids", message=message))
        if problems:
            raise ConfigurationError(problems, subject="provider_options['aws']")


def function_options(config: CloudFunctionConfig) -> AwsFunctionOptions:
    """Read the options of one function.

    Raises:
        ConfigurationError: With every unknown name and every value that cannot be used.
    """
    return build_options(AwsFunctionOptions, config.options_for("aws"), subject=f"function {config.function_name!r}")


def _text(pattern: re.Pattern[str], example: str) -> _Check:
    def check(value: Any) -> str:
        if value is None or (isinstance(value, str) and pattern.fullmatch(value)):
            return ""
        return f"{value!r} is not of the form {example!r}"

    return check


def _texts(pattern: re.Pattern[str], example: str, most: int) -> _Check:
    one = _text(pattern, example)

    def check(values: Any) -> str:
        if not isinstance(values, tuple):
            return f"must be a list of str, not {type(values).__name__}"
        if len(values) > most:
            return f"has {len(values)} entries; Lambda takes {most}"
        return "; ".join(filter(None, map(one, values)))

    return check


def _within(allowed: range) -> _Check:
    def check(value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and value in allowed:
            return ""
        return f"is {value!r}; it must be an int of {allowed[0]} to {allowed[-1]}"

    return check


def _role(value: Any) -> str:
    return "" if value is None else role_problem(value)


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "must be True or False"


def _tracing(value: Any) -> str:
    return "" if value in ("PassThrough", "Active") else f"{value!r} is neither 'PassThrough' nor 'Active'"


def _statement_problems(options: AwsFunctionOptions) -> list[Problem]:
    given: Any = options.policy_statements
    if not isinstance(given, tuple):
        return [Problem(field="policy_statements", message="must be a list of dicts")]
    problems = []
    for index, statement in enumerate(given):
        message = _statement(statement, allow_everything=options.allow_everything is True)
        if message:
            problems.append(Problem(field=f"policy_statements[{index}]", message=message))
    if given and options.execution_role_arn is not None:
        message = "is for roles of our making; add the statements to the role of execution_role_arn instead"
        problems.append(Problem(field="policy_statements", message=message))
    return problems


def _statement(statement: Any, *, allow_everything: bool) -> str:
    if not isinstance(statement, Mapping):
        return f"must be a dict, not {type(statement).__name__}"
    unknown = sorted(set(statement) - _STATEMENT_KEYS)
    if unknown:
        return f"has {', '.join(map(repr, unknown))}; a statement has {', '.join(sorted(_STATEMENT_KEYS))}"
    missing = [key for key in ("Action", "Resource") if not statement.get(key)]
    if missing:
        return f"needs {' and '.join(missing)}"
    if _is_everything(statement) and not allow_everything:
        return "allows * on *; name actions or resources, or set allow_everything=True"
    return ""


def _is_everything(statement: Mapping[str, Any]) -> bool:
    actions, resources = _sequence(statement["Action"]), _sequence(statement["Resource"])
    allows = statement.get("Effect", "Allow") == "Allow"
    return allows and "*" in (actions, *actions) and "*" in (resources, *resources)


_CHECKS: Mapping[str, _Check] = MappingProxyType(
    {
        "execution_role_arn": _role,
        "scheduler_role_arn": _role,
        "allow_everything": _flag,
        "adopt": _flag,
        "max_event_age_seconds": _within(limits.ASYNC_EVENT_AGE_SECONDS),
        "delivery_retries": _within(limits.SCHEDULE_RETRIES),
        "dead_letter_arn": _text(_QUEUE_OR_TOPIC, "arn:aws:sqs:eu-central-1:123456789012:queue"),
        "layers": _texts(_LAYER, "arn:aws:lambda:eu-central-1:123456789012:layer:name:1", limits.LAYERS),
        "subnet_ids": _texts(_SUBNET, "subnet-0123abcd", limits.SUBNETS),
        "security_group_ids": _texts(_SECURITY_GROUP, "sg-0123abcd", limits.SECURITY_GROUPS),
        "tracing": _tracing,
        "kms_key_arn": _text(_KEY, "arn:aws:kms:eu-central-1:123456789012:key/1234"),
    }
)
