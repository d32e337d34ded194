"""Carrying out plans through the handlers of a provider."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.errors import CloudError, InvalidProviderError
from taskflows_cloud_core.kit.secrets import secrets_of, without_secrets
from taskflows_cloud_core.progress import Progress, ProgressEvent, one_at_a_time
from taskflows_cloud_core.reconcile import Action, ApplyReport, Handler, Plan, Step, apply


@attrs.frozen(kw_only=True)
class Execution:
    """What became of the actions of a plan.

    Args:
        report: Of each action.
        kept: What deletions left on purpose, one text each with the reason.
    """

    report: ApplyReport = attrs.field(factory=ApplyReport)
    kept: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


def no_claim() -> None:
    """Renew nothing, where a place keeps no claims."""


def carry_out(
    plan: Plan,
    handlers: Mapping[str, Handler],
    *,
    progress: Progress,
    before_each: Callable[[], None] = no_claim,
    max_workers: int = 8,
) -> Execution:
    """Do the actions of a plan in the order of their dependencies, several at once.

    Args:
        plan: What to do.
        handlers: Of the kinds of resources.
        progress: Gets each action as it begins and ends, and what handlers report; its calls never overlap.
        before_each: Called before each action; what it raises fails the action.
        max_workers: How many actions may be under way at once.

    Returns:
        What became of them; failures are in it.

    Raises:
        InvalidProviderError: There is no handler for a kind of resource. Nothing was done.
    """
    unknown = sorted({action.resource.kind for action in plan.actions} - handlers.keys())
    if unknown:
        raise InvalidProviderError(
            f"the provider {plan.provider!r} plans resources of the kinds {', '.join(unknown)}, for which it has no "
            "handler; please report this to its maintainers"
        )
    kept: list[str] = []
    secrets = secrets_of(plan)
    tell = one_at_a_time(progress)

    def execute(action: Action) -> None:
        step = Step(
            action=action,
            function_name=plan.function_name,
            package=plan.package,
            report=lambda text: tell(_progress_event(plan, action, without_secrets(text, secrets))),
            keep=lambda reason: kept.append(f"{action.key}, {reason}"),
        )
        try:
            before_each()
            getattr(handlers[action.resource.kind], action.verb)(step)
        except CloudError as error:
            raise _without_secrets(error, secrets) from None

    report = apply(plan, execute, progress=tell, max_workers=max_workers)
    return Execution(report=report, kept=kept)


def _progress_event(plan: Plan, action: Action, text: str) -> ProgressEvent:
    message = f"{action.verb} {action.key}: {text}"
    return ProgressEvent(function_name=plan.function_name, stage="apply", status="started", message=message)


def _without_secrets(error: CloudError, secrets: frozenset[str]) -> CloudError:
    text = str(error)
    clean = without_secrets(text, secrets)
    if clean == text:
        return error
    hidden = copy.copy(error)
    hidden.args = (clean,)
    return hidden
