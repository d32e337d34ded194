"""The AWS provider of taskflows-cloud: Lambda, EventBridge and CloudWatch.

Names are loaded when they are first used, so that importing this package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws._version import __version__

if TYPE_CHECKING:
    from taskflows_cloud_aws.environment import AWSLambdaEnvironment
    from taskflows_cloud_aws.packaging.package import (
        create_lambda_deployment_package,
        create_lambda_layer_package,
        extract_dependencies_from_function,
    )
    from taskflows_cloud_aws.permissions.deployer_policy import deployer_policy
    from taskflows_cloud_aws.schedules.read import read_expression
    from taskflows_cloud_aws.schedules.translate import schedule_to_eventbridge_expression
    from taskflows_cloud_aws.settings.config_checks import validate_lambda_constraints

_MODULES = {
    "AWSLambdaEnvironment": "environment",
    "create_lambda_deployment_package": "packaging.package",
    "create_lambda_layer_package": "packaging.package",
    "deployer_policy": "permissions.deployer_policy",
    "extract_dependencies_from_function": "packaging.package",
    "read_expression": "schedules.read",
    "schedule_to_eventbridge_expression": "schedules.translate",
    "validate_lambda_constraints": "settings.config_checks",
}

__all__ = [
    "AWSLambdaEnvironment",
    "__version__",
    "create_lambda_deployment_package",
    "create_lambda_layer_package",
    "deployer_policy",
    "extract_dependencies_from_function",
    "read_expression",
    "schedule_to_eventbridge_expression",
    "validate_lambda_constraints",
]


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
