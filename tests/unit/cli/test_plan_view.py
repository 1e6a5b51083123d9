"""How plans look, without colours."""

from collections import Counter

import click

from calor.base.values import MASK, Unknown
from calor.cli.view.plan import lines, summary
from calor.cli.view.plan_data import as_data
from calor.client import ChangeInfo, PlanInfo, PropertyChangeInfo

Property = PropertyChangeInfo


def plan(*changes: ChangeInfo) -> PlanInfo:
    return PlanInfo("app", changes, Counter(change.verb for change in changes))


def look(*changes: ChangeInfo) -> list[str]:
    return [click.unstyle(line) for line in lines(plan(*changes))]


def test_what_is_created_shows_its_properties_and_what_is_not_known_yet() -> None:
    properties = (
        Property("name", None, "n"),
        Property("network", None, Unknown("net")),
        Property("key", None, MASK),
        Property("ips", None, [{"subnet": Unknown("sub")}]),
    )
    change = ChangeInfo("port", "OS::Neutron::Port", "create", properties=properties)
    assert look(change) == [
        "  + port  OS::Neutron::Port",
        '      name: "n"',
        "      network: (known after creation)",
        "      key: ***",
        '      ips: [{"subnet": (known after creation)}]',
    ]
    assert summary(plan(change)) == "Plan: 1 to create."


def test_a_change_in_place_shows_the_parts_of_a_map_that_differ() -> None:
    one = Property("metadata", {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 4, "d": 5})
    assert look(ChangeInfo("s", "OS::Nova::Server", "update", properties=(one,))) == [
        "  ~ s  OS::Nova::Server",
        "      metadata.b: 2 -> 4",
        "      metadata.d: (none) -> 5",
        "      metadata.c: 3 -> (none)",
    ]


def test_a_replacement_names_its_cause_and_its_order() -> None:
    properties = (Property("name", "a", "b"), Property("image", "x", "y", forces=True))
    change = ChangeInfo("s", "OS::Nova::Server", "replace", "old first", properties=properties)
    assert look(change) == [
        "-/+ s  OS::Nova::Server  (the old one goes first, then the new one comes)",
        '      name: "a" -> "b"',
        '      image: "x" -> "y"  <- forces the replacement',
    ]


def test_long_texts_show_the_lines_that_differ() -> None:
    one = Property("user_data", "one\ntwo\nthree\n", "one\n2\nthree\n", forces=True)
    change = ChangeInfo("s", "OS::Nova::Server", "replace", "new first", properties=(one,))
    assert look(change)[1:] == [
        "      user_data:  <- forces the replacement",
        "         one",
        "        -two",
        "        +2",
        "         three",
    ]


def test_secrets_never_show() -> None:
    one = Property("password", MASK, MASK)
    change = ChangeInfo("u", "OS::Keystone::User", "update", properties=(one,))
    assert look(change)[1] == "      password: *** -> ***"


def test_what_stays_is_named_in_one_line() -> None:
    changes = (
        ChangeInfo("a", "OS::Neutron::Net", "keep"),
        ChangeInfo("p", "OS::Neutron::Port", "delete", reason="not wanted any more"),
        ChangeInfo("b", "OS::Neutron::Net", "keep"),
    )
    assert look(*changes) == [
        "  - p  OS::Neutron::Port  (not wanted any more)",
        "  =   a, b stay as they are",
    ]
    assert summary(plan(*changes)) == "Plan: 1 to delete, 2 to keep."


def test_hooks_are_told_with_what_lets_it_go_on() -> None:
    changes = (
        ChangeInfo("a", "T", "keep", hooks=("pre-update",)),
        ChangeInfo("b", "T", "update", hooks=("pre-update", "post-update")),
    )
    assert look(*changes) == [
        "  = a  T",
        "      waits at pre-update; go on with `calor hook clear app a`",
        "  ~ b  T",
        "      waits at pre-update and post-update; go on with `calor hook clear app b`",
    ]
    assert as_data(plan(*changes))["changes"][0]["hooks"] == ["pre-update"]


def test_a_type_that_is_a_file_is_shown_by_its_name() -> None:
    assert look(ChangeInfo("web", "file:///x/server.yaml", "create")) == ["  + web  server.yaml"]


def test_a_plan_without_changes_says_so() -> None:
    assert summary(plan()) == "Plan: nothing to do."


def test_as_data_unknown_values_are_texts() -> None:
    one = Property("network", None, Unknown("net"))
    change = ChangeInfo("p", "OS::Neutron::Port", "create", properties=(one,))
    assert as_data(plan(change))["changes"][0]["properties"][0]["after"] == "(known after creation)"
