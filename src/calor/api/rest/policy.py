"""Who may call what: each policy name of Heat's with the role that it asks for.

Heat's defaults of release 27: a higher role includes the lower ones. Pure.
"""

from __future__ import annotations

from calor.model.ports import Caller

READER, MEMBER, ADMIN, STACK_USER, NOBODY = "reader", "member", "admin", "heat_stack_user", ""

_INCLUDED = {ADMIN: (ADMIN, MEMBER, READER), MEMBER: (MEMBER, READER)}

_MEMBER = [
    "actions:cancel_update",
    "actions:cancel_without_rollback",
    "actions:check",
    "actions:resume",
    "actions:suspend",
    "resource:mark_unhealthy",
    "software_configs:create",
    "software_configs:delete",
    "software_deployments:create",
    "software_deployments:delete",
    "software_deployments:update",
    "stacks:abandon",
    "stacks:create",
    "stacks:delete",
    "stacks:delete_snapshot",
    "stacks:export",
    "stacks:generate_template",
    "stacks:preview_update",
    "stacks:preview_update_patch",
    "stacks:restore_snapshot",
    "stacks:snapshot",
    "stacks:update",
    "stacks:update_patch",
]

_READER = [
    "build_info:build_info",
    "events:index",
    "events:show",
    "exports:index",
    "exports:show",
    "resource:index",
    "resource:show",
    "software_configs:index",
    "software_configs:show",
    "software_deployments:index",
    "software_deployments:show",
    "stacks:detail",
    "stacks:environment",
    "stacks:files",
    "stacks:index",
    "stacks:list_outputs",
    "stacks:list_resource_types",
    "stacks:list_snapshots",
    "stacks:list_template_functions",
    "stacks:list_template_versions",
    "stacks:preview",
    "stacks:resource_schema",
    "stacks:show",
    "stacks:show_output",
    "stacks:show_snapshot",
    "stacks:template",
    "stacks:validate_template",
    "stacks:plan",
    "stacks:plan_create",
    "stacks:plan_delete",
]

_STACK_USER = [
    "resource:metadata",
    "resource:signal",
    "software_deployments:metadata",
    "stacks:lookup",
]

POLICIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_MEMBER, (MEMBER,)),
    **dict.fromkeys(_READER, (READER,)),
    **dict.fromkeys(_STACK_USER, (READER, STACK_USER)),
    "service:index": (ADMIN,),
    "stacks:global_index": (ADMIN,),
    "stacks:plan_update": (MEMBER,),
}
"""The roles of which a caller needs one, by policy name."""


def roles_of(caller: Caller) -> tuple[str, ...]:
    """The caller's roles with those that they include."""
    given = (*caller.roles, ADMIN) if caller.is_admin else caller.roles
    return tuple(one for role in given for one in _INCLUDED.get(role, (role,)))


def allows(policy: str, caller: Caller) -> bool:
    """Whether the caller may; an unknown policy allows nobody."""
    return any(role in roles_of(caller) for role in POLICIES.get(policy, ()))
