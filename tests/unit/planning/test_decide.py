"""What becomes of a resource: the one decision, as a table of cases."""

from typing import Any

import pytest

from calor.base.values import Sensitive, Unknown
from calor.model.plan import Order, Verb
from calor.model.resource import Resource
from calor.model.states import Action, Status
from calor.planning.decide import decide
from calor.resources.registry import Registry

TYPES = Registry(plugins=False)
NET = TYPES.get("OS::Neutron::Net")
PORT = TYPES.get("OS::Neutron::Port")


def row(type: str = "OS::Neutron::Net", **changes: Any) -> Resource:
    base: dict[str, Any] = {
        "id": "row",
        "stack_id": "stack",
        "name": "thing",
        "incarnation": 1,
        "type": type,
        "declared_type": type,
        "physical_name": "stack-thing-abc",
        "action": Action.CREATE,
        "status": Status.COMPLETE,
        "physical_id": "11111111-2222-3333-4444-555555555555",
        "settled": True,
    }
    return Resource(**{**base, **changes})


def test_nothing_there_is_created() -> None:
    assert decide(NET, None, {"name": "a"}).verb is Verb.CREATE


def test_a_row_whose_call_never_left_serves_again() -> None:
    left_alone = row(physical_id=None, settled=False, status=Status.FAILED)
    assert decide(NET, left_alone, {}).verb is Verb.CREATE


def test_the_same_is_kept() -> None:
    assert decide(NET, row(properties={"name": "a"}), {"name": "a"}).verb is Verb.KEEP


def test_what_may_change_in_place_does_and_says_from_what_to_what() -> None:
    decision = decide(NET, row(properties={"name": "a"}), {"name": "b"})
    assert decision.verb is Verb.UPDATE
    (change,) = decision.changes
    assert (change.name, change.before, change.after, change.forces) == ("name", "a", "b", False)


def test_a_property_that_went_away_is_a_change() -> None:
    decision = decide(NET, row(properties={"name": "a"}), {})
    assert [(change.name, change.after) for change in decision.changes] == [("name", None)]


def test_what_can_not_change_in_place_replaces_and_is_named() -> None:
    before = {"network": "a", "name": "same"}
    decision = decide(PORT, row("OS::Neutron::Port", properties=before), {**before, "network": "b"})
    assert decision.verb is Verb.REPLACE
    assert decision.order is Order.NEW_FIRST
    assert [change.name for change in decision.changes if change.forces] == ["network"]
    assert "network" in decision.reason


def test_an_exclusive_thing_goes_old_first() -> None:
    before = {"network": "a", "fixed_ips": [{"ip_address": "10.0.0.4"}]}
    decision = decide(PORT, row("OS::Neutron::Port", properties=before), {**before, "network": "b"})
    assert decision.order is Order.OLD_FIRST


def test_an_unknown_value_counts_as_changed() -> None:
    decision = decide(NET, row(properties={"name": "a"}), {"name": Unknown("other")})
    assert decision.verb is Verb.UPDATE


def test_the_same_text_is_no_change_whatever_it_means_by_now() -> None:
    there = row("OS::Neutron::Port", properties={"network": "net"}, pinned={"network": "id-1"})
    assert decide(PORT, there, {"network": "net"}, {"network": "id-2"}).verb is Verb.KEEP


def test_another_text_for_the_same_thing_is_no_change() -> None:
    there = row("OS::Neutron::Port", properties={"network": "net"}, pinned={"network": "id-1"})
    assert decide(PORT, there, {"network": "id-1"}, {}).verb is Verb.KEEP
    assert decide(PORT, there, {"network": "alias"}, {"network": "id-1"}).verb is Verb.KEEP
    assert decide(PORT, there, {"network": "alias"}, {"network": "id-2"}).verb is Verb.REPLACE


def test_secrets_are_compared_by_what_they_hide() -> None:
    there = row(properties={"name": Sensitive("a")})
    assert decide(NET, there, {"name": Sensitive("a")}).verb is Verb.KEEP
    assert decide(NET, there, {"name": Sensitive("b")}).verb is Verb.UPDATE


def test_true_and_one_differ() -> None:
    there = row(properties={"value_specs": {"a": True}})
    assert decide(NET, there, {"value_specs": {"a": 1}}).verb is Verb.UPDATE


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Action.CREATE, "its creation failed"),
        (Action.CHECK, "a check found it unhealthy"),
        (Action.DELETE, "its deletion has begun"),
    ],
)
def test_what_can_not_be_used_is_replaced(action: Action, reason: str) -> None:
    decision = decide(NET, row(action=action, status=Status.FAILED), {})
    assert (decision.verb, decision.reason) == (Verb.REPLACE, reason)


@pytest.mark.parametrize("status", [Status.FAILED, Status.IN_PROGRESS])
def test_an_update_that_did_not_finish_is_tried_again(status: Status) -> None:
    there = row(action=Action.UPDATE, status=status, properties={"name": "a"})
    assert decide(NET, there, {"name": "a"}).verb is Verb.UPDATE


def test_another_type_replaces() -> None:
    decision = decide(NET, row("OS::Heat::Value"), {})
    assert decision.verb is Verb.REPLACE
    assert "OS::Heat::Value" in decision.reason


@pytest.mark.parametrize(
    ("external", "wanted", "verb"),
    [
        (True, "thing", Verb.KEEP),
        (False, "thing", Verb.KEEP),
        (True, "other", Verb.REPLACE),
        (False, "other", Verb.REPLACE),
        (True, None, Verb.REPLACE),
        (True, Unknown("other"), Verb.REPLACE),
    ],
)
def test_what_somebody_else_owns_is_kept_as_long_as_it_is_the_same(
    external: bool, wanted: Any, verb: Verb
) -> None:
    there = row(external=external, physical_id="thing", properties={"name": "a"})
    assert decide(NET, there, {"name": "x"}, external_id=wanted).verb is verb


def test_what_somebody_else_owns_is_read_again_until_that_went_well() -> None:
    there = row(external=True, physical_id="thing", status=Status.FAILED, settled=False)
    assert decide(NET, there, {}, external_id="thing").verb is Verb.REPLACE


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.CHECK])
def test_what_has_a_stack_inside_is_mended_in_place(action: Action) -> None:
    group = TYPES.get("OS::Heat::ResourceGroup")
    there = row("OS::Heat::ResourceGroup", action=action, status=Status.FAILED, context="c")
    assert decide(group, there, {}, context="c").verb is Verb.UPDATE


def test_what_reaches_a_stack_inside_counts() -> None:
    group = TYPES.get("OS::Heat::ResourceGroup")
    there = row("OS::Heat::ResourceGroup", context=Sensitive("one"))
    assert decide(group, there, {}, context=Sensitive("one")).verb is Verb.KEEP
    assert decide(group, there, {}, context=Sensitive("two")).verb is Verb.UPDATE
