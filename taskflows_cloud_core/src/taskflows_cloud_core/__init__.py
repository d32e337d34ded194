"""Deploy plain Python functions on a schedule, to any cloud that has a plugin.

Names are loaded when they are first used, so that importing this package costs next to nothing.
"""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach
from taskflows_cloud_core._version import __version__

if TYPE_CHECKING:
    from taskflows_cloud_core.config import CloudFunctionConfig
    from taskflows_cloud_core.environment import CloudEnvironment, get_environment
    from taskflows_cloud_core.errors import (
        CloudError,
        ConfigurationError,
        ConfigurationTypeError,
        CredentialsError,
        DuplicateProviderError,
        FunctionNotFoundError,
        IncompatibleProviderError,
        InvalidExtensionError,
        InvalidProviderError,
        NotManagedError,
        OperationError,
        OperationUnsupported,
        PackagingError,
        PermissionDeniedError,
        Problem,
        ProviderDisabledError,
        ProviderError,
        ProviderImportError,
        ScheduleError,
        UnknownProviderError,
    )
    from taskflows_cloud_core.hookspecs import HOOK_API_VERSION, hookimpl
    from taskflows_cloud_core.marks import cloud_function
    from taskflows_cloud_core.packaging import Package
    from taskflows_cloud_core.progress import ProgressEvent
    from taskflows_cloud_core.provider_info import ProviderInfo
    from taskflows_cloud_core.providers import available_providers
    from taskflows_cloud_core.reconcile import Plan
    from taskflows_cloud_core.results import (
        CloudDeploymentResult,
        CostEstimate,
        DeletionResult,
        DeployedFunction,
        DeploymentError,
        Finding,
        FunctionDescription,
        FunctionMetrics,
        FunctionVersion,
        InvocationResult,
        LogEvent,
        LogPage,
        LogQuery,
    )
    from taskflows_cloud_core.schedules import Calendar, Periodic, ScheduleExpression, Translation, Trigger

_MODULES = {
    "Calendar": "schedules",
    "CloudDeploymentResult": "results",
    "CloudEnvironment": "environment",
    "CloudError": "errors",
    "CloudFunctionConfig": "config",
    "ConfigurationError": "errors",
    "ConfigurationTypeError": "errors",
    "CostEstimate": "results",
    "CredentialsError": "errors",
    "DeletionResult": "results",
    "DeployedFunction": "results",
    "DeploymentError": "results",
    "DuplicateProviderError": "errors",
    "Finding": "results",
    "FunctionDescription": "results",
    "FunctionMetrics": "results",
    "FunctionNotFoundError": "errors",
    "FunctionVersion": "results",
    "HOOK_API_VERSION": "hookspecs",
    "IncompatibleProviderError": "errors",
    "InvalidExtensionError": "errors",
    "InvalidProviderError": "errors",
    "InvocationResult": "results",
    "LogEvent": "results",
    "LogPage": "results",
    "LogQuery": "results",
    "NotManagedError": "errors",
    "OperationError": "errors",
    "OperationUnsupported": "errors",
    "Package": "packaging",
    "PackagingError": "errors",
    "Periodic": "schedules",
    "PermissionDeniedError": "errors",
    "Plan": "reconcile",
    "Problem": "errors",
    "ProgressEvent": "progress",
    "ProviderDisabledError": "errors",
    "ProviderError": "errors",
    "ProviderImportError": "errors",
    "ProviderInfo": "provider_info",
    "ScheduleError": "errors",
    "ScheduleExpression": "schedules",
    "Translation": "schedules",
    "Trigger": "schedules",
    "UnknownProviderError": "errors",
    "available_providers": "providers",
    "cloud_function": "marks",
    "get_environment": "environment",
    "hookimpl": "hookspecs",
}

__all__ = [
    "HOOK_API_VERSION",
    "Calendar",
    "CloudDeploymentResult",
    "CloudEnvironment",
    "CloudError",
    "CloudFunctionConfig",
    "ConfigurationError",
    "ConfigurationTypeError",
    "CostEstimate",
    "CredentialsError",
    "DeletionResult",
    "DeployedFunction",
    "DeploymentError",
    "DuplicateProviderError",
    "Finding",
    "FunctionDescription",
    "FunctionMetrics",
    "FunctionNotFoundError",
    "FunctionVersion",
    "IncompatibleProviderError",
    "InvalidExtensionError",
    "InvalidProviderError",
    "InvocationResult",
    "LogEvent",
    "LogPage",
    "LogQuery",
    "NotManagedError",
    "OperationError",
    "OperationUnsupported",
    "Package",
    "PackagingError",
    "Periodic",
    "PermissionDeniedError",
    "Plan",
    "Problem",
    "ProgressEvent",
    "ProviderDisabledError",
    "ProviderError",
    "ProviderImportError",
    "ProviderInfo",
    "ScheduleError",
    "ScheduleExpression",
    "Translation",
    "Trigger",
    "UnknownProviderError",
    "__version__",
    "available_providers",
    "cloud_function",
    "get_environment",
    "hookimpl",
]

__getattr__, __dir__ = attach(__name__, _MODULES)
