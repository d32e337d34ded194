"""What a function shared with others and no longer uses: taken away by whoever is the last to give it up.

While a plan is made another function may still use it, and that one's deployer may find the same of this function.
Therefore each looks again when its own function has given it up: who comes last finds nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from taskflows_cloud_aws.naming.names import Names, layers_in
from taskflows_cloud_aws.resources import Context, function_reading, layer, pending_layer_tags, role, schedule, usage
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import Plan
from taskflows_cloud_core.reconcile import Action


def release(context: Context, plan: Plan) -> None:
    """Delete the layers and roles that a plan, now carried out, gave up and that nobody uses."""
    done = {action.key for action in plan.actions if action.verb == "delete"}
    own = next((one for one in plan.actions if one.key.kind == FUNCTION and one.observed is not None), None)
    layers, noted = _layers_given_up(context, plan, own)
    _release_layers(context, {name for name in layers if (layer.KIND, name) not in done})
    if noted:
        pending_layer_tags.forget(context.session, context.names)
    for kind, name in sorted({*_roles_given_up(context, plan, own)} - done):
        role.release_shared_role(context, kind, name)


def _layers_given_up(context: Context, plan: Plan, own: Action | None) -> tuple[set[str], bool]:
    """The names of the layers, and whether the function has a note of them."""
    if own is not None and own.verb == "delete":
        found = own.resource.properties
        return layers_in(found.get("layers", [])) | pending_layer_tags.given_up(found["tags"]), False
    changes = own.changed_fields if own is not None else frozenset()
    if "layers" not in changes and not any(action.key.kind == layer.KIND for action in plan.actions):
        return set(), False
    answer = function_reading.get_function(context.session, context.names.function)
    if answer is None:
        return set(), False
    noted = pending_layer_tags.given_up(answer.get("Tags", {}))
    return noted - usage.layers_of(answer["Configuration"]), bool(noted)


def _release_layers(context: Context, names: set[str]) -> None:
    # Who may not list layers was told in the plan that they were not looked for.
    if not names or "lambda:ListLayers" in context.session.denied:
        return
    functions = usage.all_functions(context.session)
    for name in sorted(names):
        if not usage.users_of_layer(functions, name, context.names.function):
            layer.delete_layer(context.session, name)


def _roles_given_up(context: Context, plan: Plan, own: Action | None) -> Iterator[tuple[str, str]]:
    names = context.names
    if own is not None and _gives_up(own, names.shared_role_arn):
        yield role.EXECUTION, names.shared_role
    scheduled = (action for action in plan.actions if action.key.kind == schedule.KIND)
    if any(_gives_up(action, names.shared_scheduler_role_arn) for action in scheduled):
        yield role.SCHEDULER, names.shared_scheduler_role


def has_its_roles(session: AwsSession, names: Names, plan: Plan) -> bool:
    """Whether the shared roles are there that a plan, now carried out, took into use."""
    taken = {action.resource.properties["role"] for action in plan.actions if _takes_up(action)}
    shared = {names.shared_role_arn, names.shared_scheduler_role_arn}
    return not any(role.role_exists(session, arn) is False for arn in sorted(taken & shared))


def _takes_up(action: Action) -> bool:
    if action.key.kind not in (FUNCTION, schedule.KIND) or action.verb == "delete":
        return False
    return action.observed is None or action.observed.properties["role"] != action.resource.properties["role"]


def _gives_up(action: Action, role_arn: str) -> bool:
    before = action.observed.properties["role"] if action.observed is not None else None
    return before == role_arn and (action.verb == "delete" or action.resource.properties["role"] != role_arn)
