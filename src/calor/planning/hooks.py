"""At which of its hooks a resource stops, by what is done to its stack. Pure.

As Heat does it: those of a creation while the stack is created, those of an update while it is
updated, those of a deletion while it is deleted. A rollback, a check, and what an update creates,
replaces or removes beside that stop nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from calor.model.plan import Change, Plan, Verb
from calor.model.states import Action

PRE_CREATE, POST_CREATE = "pre-create", "post-create"
PRE_UPDATE, POST_UPDATE = "pre-update", "post-update"
PRE_DELETE, POST_DELETE = "pre-delete", "post-delete"

_OF_ACTION = {
    Action.CREATE: (PRE_CREATE, POST_CREATE),
    Action.UPDATE: (PRE_UPDATE, POST_UPDATE),
    Action.DELETE: (PRE_DELETE, POST_DELETE),
}

Hooks = Callable[[str], Sequence[str]]
"""The hooks of the environment by the name of a resource."""
Due = Callable[[str], tuple[str, ...]]
"""Those of them that count now."""


def due(hooks: Sequence[str], action: Action) -> tuple[str, ...]:
    """Those of a resource's hooks that count while `action` is done to its stack."""
    if not hooks:
        return ()
    return tuple(hook for hook in _OF_ACTION.get(action, ()) if hook in hooks)


def with_hooks(plan: Plan, hooks: Hooks, action: Action) -> Plan:
    """The plan, with the hooks at which each change will stop."""
    return Plan(tuple(_stopping(change, hooks, action) for change in plan.changes))


def _stopping(change: Change, hooks: Hooks, action: Action) -> Change:
    stops = _stops(change.decision.verb, action)
    found = tuple(hook for hook in due(hooks(change.name), action) if hook in stops)
    return replace(change, hooks=found) if found else change


def _stops(verb: Verb, action: Action) -> Sequence[str]:
    if action is not Action.UPDATE:
        return _OF_ACTION.get(action, ())
    if verb is Verb.UPDATE:
        return (PRE_UPDATE, POST_UPDATE)
    return () if verb in (Verb.CREATE, Verb.DELETE) else (PRE_UPDATE,)
