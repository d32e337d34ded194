"""Desired state against observed state: resources, plans, and how a plan is carried out. Knows no cloud."""

from taskflows_cloud_core.reconcile.apply import ApplyReport, Execute, Outcome, apply
from taskflows_cloud_core.reconcile.claim import Claim
from taskflows_cloud_core.reconcile.diff import Difference, diff, field_changes
from taskflows_cloud_core.reconcile.handlers import Handler, Step
from taskflows_cloud_core.reconcile.observation import DeploymentRequest, DesiredState, Observation, ReadScope
from taskflows_cloud_core.reconcile.plan import Action, FieldChange, Plan, Verb
from taskflows_cloud_core.reconcile.resource import Hidden, Resource, ResourceKey

__all__ = [
    "Action",
    "ApplyReport",
    "Claim",
    "DeploymentRequest",
    "DesiredState",
    "Difference",
    "Execute",
    "FieldChange",
    "Handler",
    "Hidden",
    "Observation",
    "Outcome",
    "Plan",
    "ReadScope",
    "Resource",
    "ResourceKey",
    "Step",
    "Verb",
    "apply",
    "diff",
    "field_changes",
]
