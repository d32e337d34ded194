"""What the calls of an environment return."""

from taskflows_cloud_core.results.deployment import CloudDeploymentResult, DeletionResult, DeploymentError
from taskflows_cloud_core.results.functions import DeployedFunction, FunctionDescription, FunctionVersion
from taskflows_cloud_core.results.logs import Level, LogEvent, LogPage, LogQuery
from taskflows_cloud_core.results.operations import (
    CostEstimate,
    Finding,
    FindingStatus,
    FunctionMetrics,
    InvocationResult,
)

__all__ = [
    "CloudDeploymentResult",
    "CostEstimate",
    "DeletionResult",
    "DeployedFunction",
    "DeploymentError",
    "Finding",
    "FindingStatus",
    "FunctionDescription",
    "FunctionMetrics",
    "FunctionVersion",
    "InvocationResult",
    "Level",
    "LogEvent",
    "LogPage",
    "LogQuery",
]
