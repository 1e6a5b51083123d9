"""How plans look, without colours."""

import click

from calor.base.values import Sensitive, Unknown
from calor.cli.view.plan import Shown, is_empty, lines, summary
from calor.model.plan import Change, Decision, Order, Plan, PropertyChange, Verb


def shown(*changes: Change, **nested: Shown) -> Shown:
    return Shown(
        Plan(changes), nested, {"net": {"name": "n", "id": Unknown("x"), "key": Sensitive(1)}}
    )


def look(view: Shown) -> list[str]:
    return [click.unstyle(line) for line in lines(view)]


def test_what_is_created_shows_its_properties_and_what_is_not_known_yet() -> None:
    view = shown(Change("net", "OS::Neutron::Net", Decision(Verb.CREATE)))
    assert look(view) == [
        "  + net  OS::Neutron::Net",
        '      name: "n"',
        "      id: (known after creation)",
        "      key: ***",
    ]
    assert summary(view) == "Plan: 1 to create."


def test_a_change_in_place_shows_the_parts_of_a_map_that_differ() -> None:
    change = PropertyChange("metadata", {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 4, "d": 5})
    view = shown(Change("s", "OS::Nova::Server", Decision(Verb.UPDATE, (change,))))
    assert look(view) == [
        "  ~ s  OS::Nova::Server",
        "      metadata.b: 2 -> 4",
        "      metadata.d: (none) -> 5",
        "      metadata.c: 3 -> (none)",
    ]


def test_a_replacement_names_its_cause_and_its_order() -> None:
    changes = (PropertyChange("name", "a", "b"), PropertyChange("image", "x", "y", forces=True))
    decision = Decision(Verb.REPLACE, changes, Order.OLD_FIRST)
    assert look(shown(Change("s", "OS::Nova::Server", decision))) == [
        "-/+ s  OS::Nova::Server  (the old one goes first, then the new one comes)",
        '      name: "a" -> "b"',
        '      image: "x" -> "y"  <- forces the replacement',
    ]


def test_long_texts_show_the_lines_that_differ() -> None:
    change = PropertyChange("user_data", "one\ntwo\nthree\n", "one\n2\nthree\n", forces=True)
    decision = Decision(Verb.REPLACE, (change,), Order.NEW_FIRST)
    assert look(shown(Change("s", "OS::Nova::Server", decision)))[1:] == [
        "      user_data:  <- forces the replacement",
        "         one",
        "        -two",
        "        +2",
        "         three",
    ]


def test_secrets_never_show() -> None:
    change = PropertyChange("password", Sensitive("old"), Sensitive("new"))
    view = shown(Change("s", "OS::Keystone::User", Decision(Verb.UPDATE, (change,))))
    assert look(view)[1] == "      password: *** -> ***"


def test_what_stays_is_named_in_one_line_and_nested_plans_are_inside() -> None:
    inner = shown(Change("port", "OS::Neutron::Port", Decision(Verb.DELETE, reason="not wanted")))
    view = shown(
        Change("a", "OS::Neutron::Net", Decision(Verb.KEEP)),
        Change("web", "server.yaml", Decision(Verb.UPDATE)),
        Change("b", "OS::Neutron::Net", Decision(Verb.KEEP)),
        web=inner,
    )
    assert look(view) == [
        "  ~ web  server.yaml",
        "        - port  OS::Neutron::Port  (not wanted)",
        "  =   a, b stay as they are",
    ]
    assert summary(view) == "Plan: 1 to change in place, 1 to delete, 2 stay."
    assert not is_empty(view)


def test_a_plan_that_does_nothing_says_so() -> None:
    view = shown(Change("a", "OS::Neutron::Net", Decision(Verb.KEEP)))
    assert is_empty(view)
    assert summary(view) == "Plan: all 1 stay."
    assert summary(shown()) == "Plan: nothing to do."
