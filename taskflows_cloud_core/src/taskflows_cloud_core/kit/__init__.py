"""What authors of providers build on: the part of a provider that is the same on every cloud.

Names are loaded when they are first used.
"""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach

if TYPE_CHECKING:
    from taskflows_cloud_core.kit.checks import (
        Check,
        find_problems,
        flag,
        one_of,
        optional_flag,
        sequence,
        text_like,
        texts_like,
        within,
    )
    from taskflows_cloud_core.kit.claiming.claims import (
        LEASE_SECONDS,
        ClaimStore,
        HeldClaim,
        claimed,
        decode_claim,
        encode_claim,
    )
    from taskflows_cloud_core.kit.claiming.file_claims import FileClaims
    from taskflows_cloud_core.kit.claiming.process_identity import ProcessIdentity, this_process
    from taskflows_cloud_core.kit.costs import ASSUMED_SECONDS, PriceSource, Usage
    from taskflows_cloud_core.kit.cron import cron_translation
    from taskflows_cloud_core.kit.execution import Execution, carry_out, no_claim
    from taskflows_cloud_core.kit.http import TRANSIENT_STATUSES, status_error
    from taskflows_cloud_core.kit.log_pages import page_of_events
    from taskflows_cloud_core.kit.log_runs import LineMarks, LogRow
    from taskflows_cloud_core.kit.logs import LogSource, read_log_page
    from taskflows_cloud_core.kit.names import shortened
    from taskflows_cloud_core.kit.observation import Collector, ReadResult
    from taskflows_cloud_core.kit.ownership import (
        MarkLimits,
        OwnershipMarks,
        as_pairs,
        changed_marks,
        from_pairs,
        paths_as_mark,
        paths_of_mark,
    )
    from taskflows_cloud_core.kit.planning import (
        brought_up_to_date,
        deployment_plan,
        removal_plan,
        require_existing,
        schedule_text,
    )
    from taskflows_cloud_core.kit.rate_limit import RateLimit
    from taskflows_cloud_core.kit.records import (
        FUNCTION,
        decode_record,
        encode_record,
        function_record,
        function_state,
        package_resource,
        package_resources,
        schedule_resource,
        schedule_resources,
    )
    from taskflows_cloud_core.kit.resources import properties_of_kind, resources_of_kind
    from taskflows_cloud_core.kit.results import deletion_result, deployment_result
    from taskflows_cloud_core.kit.retry import Retry
    from taskflows_cloud_core.kit.secrets import secrets_of, secrets_of_action, without_secrets
    from taskflows_cloud_core.kit.verification import verify
    from taskflows_cloud_core.kit.versions import surplus_versions, version_to_restore

_MODULES = {
    "ASSUMED_SECONDS": "costs",
    "Check": "checks",
    "ClaimStore": "claiming.claims",
    "Collector": "observation",
    "Execution": "execution",
    "FUNCTION": "records",
    "FileClaims": "claiming.file_claims",
    "HeldClaim": "claiming.claims",
    "LEASE_SECONDS": "claiming.claims",
    "LineMarks": "log_runs",
    "LogRow": "log_runs",
    "LogSource": "logs",
    "MarkLimits": "ownership",
    "OwnershipMarks": "ownership",
    "PriceSource": "costs",
    "ProcessIdentity": "claiming.process_identity",
    "RateLimit": "rate_limit",
    "ReadResult": "observation",
    "Retry": "retry",
    "TRANSIENT_STATUSES": "http",
    "Usage": "costs",
    "as_pairs": "ownership",
    "brought_up_to_date": "planning",
    "carry_out": "execution",
    "changed_marks": "ownership",
    "claimed": "claiming.claims",
    "cron_translation": "cron",
    "decode_claim": "claiming.claims",
    "decode_record": "records",
    "deletion_result": "results",
    "deployment_plan": "planning",
    "deployment_result": "results",
    "encode_claim": "claiming.claims",
    "encode_record": "records",
    "find_problems": "checks",
    "flag": "checks",
    "from_pairs": "ownership",
    "function_record": "records",
    "function_state": "records",
    "no_claim": "execution",
    "one_of": "checks",
    "optional_flag": "checks",
    "package_resource": "records",
    "package_resources": "records",
    "page_of_events": "log_pages",
    "paths_as_mark": "ownership",
    "paths_of_mark": "ownership",
    "properties_of_kind": "resources",
    "read_log_page": "logs",
    "removal_plan": "planning",
    "require_existing": "planning",
    "resources_of_kind": "resources",
    "schedule_resource": "records",
    "schedule_resources": "records",
    "schedule_text": "planning",
    "secrets_of": "secrets",
    "secrets_of_action": "secrets",
    "sequence": "checks",
    "shortened": "names",
    "status_error": "http",
    "surplus_versions": "versions",
    "text_like": "checks",
    "texts_like": "checks",
    "this_process": "claiming.process_identity",
    "verify": "verification",
    "version_to_restore": "versions",
    "within": "checks",
    "without_secrets": "secrets",
}

__all__ = [
    "ASSUMED_SECONDS",
    "FUNCTION",
    "LEASE_SECONDS",
    "TRANSIENT_STATUSES",
    "Check",
    "ClaimStore",
    "Collector",
    "Execution",
    "FileClaims",
    "HeldClaim",
    "LineMarks",
    "LogRow",
    "LogSource",
    "MarkLimits",
    "OwnershipMarks",
    "PriceSource",
    "ProcessIdentity",
    "RateLimit",
    "ReadResult",
    "Retry",
    "Usage",
    "as_pairs",
    "brought_up_to_date",
    "carry_out",
    "changed_marks",
    "claimed",
    "cron_translation",
    "decode_claim",
    "decode_record",
    "deletion_result",
    "deployment_plan",
    "deployment_result",
    "encode_claim",
    "encode_record",
    "find_problems",
    "flag",
    "from_pairs",
    "function_record",
    "function_state",
    "no_claim",
    "one_of",
    "optional_flag",
    "package_resource",
    "package_resources",
    "page_of_events",
    "paths_as_mark",
    "paths_of_mark",
    "properties_of_kind",
    "read_log_page",
    "removal_plan",
    "require_existing",
    "resources_of_kind",
    "schedule_resource",
    "schedule_resources",
    "schedule_text",
    "secrets_of",
    "secrets_of_action",
    "sequence",
    "shortened",
    "status_error",
    "surplus_versions",
    "text_like",
    "texts_like",
    "this_process",
    "verify",
    "version_to_restore",
    "within",
    "without_secrets",
]

__getattr__, __dir__ = attach(__name__, _MODULES)
