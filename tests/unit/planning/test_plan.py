"""Plans: what becomes of each resource of a template over rows that exist, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from calor.base.settings import Settings
from calor.base.values import Unknown
from calor.model.plan import Change, Order, Verb
from calor.model.resource import Resource
from calor.model.stack import Definition
from calor.model.states import Action, Status
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.identity import Identity
from calor.planning.plan import Planned, plan_delete, plan_towards
from calor.planning.schedule import Clean, Do
from calor.resources.registry import Registry

COMPOSER = Composer(Registry(plugins=False), Settings())
HEAD = "heat_template_version: 2021-04-16\n"
NET = "resources: {net: {type: OS::Neutron::Net, properties: {name: NAME}}}"
TWO = """
resources:
  net: {type: OS::Neutron::Net, properties: {name: NAME}}
  test:
    type: OS::Heat::TestResource
    properties: {value: {get_attr: [net, ATTRIBUTE]}, update_replace_value: {get_resource: net}}
"""


def composed(text: str, files: Mapping[str, str] | None = None) -> Composition:
    definition = Definition(HEAD + text, files=files or {})
    composition = COMPOSER.compose(definition, Identity("id", "stack", "project"))
    assert composition.diagnostics.errors == []
    return composition


def row(composition: Composition, name: str, *needs: str, **changes: Any) -> Resource:
    """A row of a resource that is just as the composition wants it, as far as known."""
    part = composition.parts[name]
    base: dict[str, Any] = {
        "id": f"row-{name}",
        "stack_id": "stack",
        "name": name,
        "incarnation": 1,
        "type": part.type.name,
        "declared_type": part.declared_type,
        "physical_name": f"stack-{name}",
        "action": Action.CREATE,
        "status": Status.COMPLETE,
        "physical_id": f"id-{name}",
        "properties": part.properties,
        "settled": True,
        "needs": tuple(f"row-{need}" for need in needs),
    }
    return Resource(**{**base, **changes})


def there(name: str = "one", attribute: str = "mtu") -> tuple[Resource, Resource]:
    """The rows of `TWO`."""
    made = composed(TWO.replace("NAME", name).replace("ATTRIBUTE", attribute))
    net = row(made, "net", attributes={"name": name, "mtu": 1500})
    told = {"name": name, "mtu": 1500}[attribute]
    properties = {
        **made.parts["test"].properties,
        "value": str(told),
        "update_replace_value": "id-net",
    }
    return net, row(made, "test", "net", properties=properties)


def verbs(planned: Planned) -> dict[str, Verb]:
    return {change.name: change.decision.verb for change in planned.plan.changes}


def change(planned: Planned, name: str) -> Change:
    return next(item for item in planned.plan.changes if item.name == name)


def test_nothing_there_is_all_created_in_order_of_needs() -> None:
    made = composed(TWO.replace("NAME", "one").replace("ATTRIBUTE", "mtu"))
    planned = plan_towards(made, ())
    assert verbs(planned) == {"net": Verb.CREATE, "test": Verb.CREATE}
    assert [item.name for item in planned.plan.changes] == ["net", "test"]
    assert change(planned, "test").waits_for == ("net",)
    assert planned.plan.count()["create"] == 2


def test_what_is_as_wanted_is_kept() -> None:
    made = composed(TWO.replace("NAME", "one").replace("ATTRIBUTE", "mtu"))
    assert verbs(plan_towards(made, there())) == {"net": Verb.KEEP, "test": Verb.KEEP}


def test_an_update_leaves_alone_who_asks_for_something_else() -> None:
    made = composed(TWO.replace("NAME", "two").replace("ATTRIBUTE", "mtu"))
    assert verbs(plan_towards(made, there())) == {"net": Verb.UPDATE, "test": Verb.KEEP}


def test_what_an_update_changes_is_unknown_to_who_asks_for_it() -> None:
    made = composed(TWO.replace("NAME", "two").replace("ATTRIBUTE", "name"))
    planned = plan_towards(made, there(attribute="name"))
    assert verbs(planned) == {"net": Verb.UPDATE, "test": Verb.UPDATE}
    (value,) = change(planned, "test").decision.changes
    assert (value.before, value.after) == ("one", Unknown("net.name"))


def test_a_replacement_moves_who_refers_to_it() -> None:
    net, test = there()
    broken = replace(net, status=Status.FAILED)
    made = composed(TWO.replace("NAME", "one").replace("ATTRIBUTE", "mtu"))
    planned = plan_towards(made, (broken, test))
    assert verbs(planned) == {"net": Verb.REPLACE, "test": Verb.REPLACE}
    assert change(planned, "net").decision.order is Order.NEW_FIRST
    order = planned.schedule.graph.order()
    assert order.index(Do("test")) < order.index(Clean("row-test")) < order.index(Clean("row-net"))


def test_what_left_the_template_is_deleted_after_its_users() -> None:
    planned = plan_towards(composed("resources: {}"), there())
    assert verbs(planned) == {"test": Verb.DELETE, "net": Verb.DELETE}
    assert change(planned, "net").waits_for == ("test",)


def test_a_renamed_resource_is_another_one() -> None:
    made = composed(NET.replace("net:", "other:").replace("NAME", "one"))
    net, _ = there()
    assert verbs(plan_towards(made, (net,))) == {"other": Verb.CREATE, "net": Verb.DELETE}


def test_another_type_replaces() -> None:
    made = composed("resources: {net: {type: OS::Heat::RandomString}}")
    net, _ = there()
    assert change(plan_towards(made, (net,)), "net").decision.verb is Verb.REPLACE


def test_a_condition_that_is_off_deletes() -> None:
    made = composed(
        "conditions: {never: false}\n" + NET.replace("Net, ", "Net, condition: never, ")
    )
    net, _ = there()
    assert verbs(plan_towards(made, (net,))) == {"net": Verb.DELETE}


def test_what_a_replacement_left_is_found_again_by_a_rollback() -> None:
    """An update replaced the first one and failed; going back makes no third."""
    made = composed(NET.replace("NAME", "one"))
    old = row(made, "net", id="old", retired=True)
    new = row(made, "net", id="new", incarnation=2, status=Status.FAILED)
    planned = plan_towards(made, (old, new))
    assert planned.swaps == {"new": True, "old": False}
    assert verbs(planned) == {"net": Verb.KEEP, "net~2": Verb.DELETE}


def test_what_waits_for_its_cleanup_is_shown() -> None:
    made = composed(NET.replace("NAME", "two"))
    old = row(made, "net", id="old", retired=True, properties={"name": "one"})
    new = row(made, "net", id="new", incarnation=2)
    planned = plan_towards(made, (old, new))
    assert verbs(planned) == {"net": Verb.KEEP, "net~1": Verb.DELETE}
    assert change(planned, "net~1").waits_for == ("net",)


def test_exclusive_things_go_first_and_the_plan_says_so() -> None:
    text = (
        "resources: {key: {type: OS::Nova::KeyPair, properties: {name: k, public_key: ssh-rsa K}}}"
    )
    key = row(composed(text.replace("ssh-rsa K", "ssh-rsa L")), "key")
    planned = plan_towards(composed(text), (key,))
    assert change(planned, "key").decision.order is Order.OLD_FIRST
    order = planned.schedule.graph.order()
    assert order.index(Clean("row-key")) < order.index(Do("key"))


def test_the_text_of_a_file_that_is_a_type_counts() -> None:
    outer = "resources: {inside: {type: inner.yaml}}"
    inner = HEAD + "resources: {}"
    first = composed(outer, {"inner.yaml": inner})
    context = plan_towards(first, ()).wanted["inside"].context
    made = row(first, "inside", context=context)
    assert verbs(plan_towards(first, (made,))) == {"inside": Verb.KEEP}
    unrelated = composed(outer, {"inner.yaml": inner, "other.sh": "x"})
    assert verbs(plan_towards(unrelated, (made,))) == {"inside": Verb.KEEP}
    changed = composed(outer, {"inner.yaml": inner + "\ndescription: other"})
    assert verbs(plan_towards(changed, (made,))) == {"inside": Verb.UPDATE}


def test_names_that_mean_the_same_thing_are_no_change() -> None:
    text = "resources: {port: {type: OS::Neutron::Port, properties: {network: NAME}}}"
    port = row(composed(text.replace("NAME", "private")), "port", pinned={"network": "id-1"})
    other = composed(text.replace("NAME", "alias"))
    assert verbs(plan_towards(other, (port,))) == {"port": Verb.REPLACE}
    pins = {"port": {"network": "id-1"}}
    assert verbs(plan_towards(other, (port,), pins)) == {"port": Verb.KEEP}


def test_the_same_input_gives_the_same_plan() -> None:
    made = composed(TWO.replace("NAME", "two").replace("ATTRIBUTE", "name"))
    assert plan_towards(made, there()).plan == plan_towards(made, there()).plan


def test_a_deletion_goes_from_users_to_what_they_use() -> None:
    planned = plan_delete(there())
    assert [item.name for item in planned.plan.changes] == ["test", "net"]
    assert set(verbs(planned).values()) == {Verb.DELETE}


KEY = """
resources:
  key: {type: OS::Nova::KeyPair, properties: {name: login, public_key: TEXT}}
  server:
    type: OS::Nova::Server
    properties: {flavor: small, image: linux, key_name: {get_resource: key}}
"""


def test_a_reference_that_stays_the_same_replaces_nobody() -> None:
    before = composed(KEY.replace("TEXT", "ssh-rsa old"))
    key = row(before, "key", physical_id="login")
    server = row(before, "server", "key")
    server = replace(server, properties={**server.properties, "key_name": "login"})
    planned = plan_towards(composed(KEY.replace("TEXT", "ssh-rsa new")), [key, server])
    assert verbs(planned) == {"key": Verb.REPLACE, "server": Verb.KEEP}
    assert change(planned, "key").decision.order is Order.OLD_FIRST
