"""At which of its hooks a resource stops."""

from __future__ import annotations

import pytest

from calor.model.plan import Change, Decision, Plan, Verb
from calor.model.states import Action
from calor.planning.hooks import due, with_hooks
from calor.template.registry import HOOKS


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Action.CREATE, ("pre-create", "post-create")),
        (Action.UPDATE, ("pre-update", "post-update")),
        (Action.DELETE, ("pre-delete", "post-delete")),
        (Action.ROLLBACK, ()),
        (Action.CHECK, ()),
    ],
)
def test_hooks_belong_to_what_is_done_to_the_stack(
    action: Action, expected: tuple[str, ...]
) -> None:
    assert due(HOOKS, action) == expected
    assert due(tuple(reversed(HOOKS)), action) == expected
    assert due(expected[1:], action) == expected[1:]
    assert due((), action) == ()


@pytest.mark.parametrize(
    ("verb", "action", "expected"),
    [
        (Verb.CREATE, Action.CREATE, ("pre-create", "post-create")),
        (Verb.KEEP, Action.UPDATE, ("pre-update",)),
        (Verb.REFUSE, Action.UPDATE, ("pre-update",)),
        (Verb.REPLACE, Action.UPDATE, ("pre-update",)),
        (Verb.UPDATE, Action.UPDATE, ("pre-update", "post-update")),
        (Verb.CREATE, Action.UPDATE, ()),
        (Verb.DELETE, Action.UPDATE, ()),
        (Verb.DELETE, Action.DELETE, ("pre-delete", "post-delete")),
        (Verb.DELETE, Action.ROLLBACK, ()),
    ],
)
def test_a_plan_tells_where_a_change_will_stop(
    verb: Verb, action: Action, expected: tuple[str, ...]
) -> None:
    plan = Plan((Change("a", "T", Decision(verb)), Change("b", "T", Decision(verb))))
    found = with_hooks(plan, lambda name: HOOKS if name == "a" else (), action)
    assert [change.hooks for change in found.changes] == [expected, ()]
