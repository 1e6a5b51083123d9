"""Schedules: the order of creations, moves and clean-ups over what exists."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from calor.model.plan import Decision, Order, Verb
from calor.model.resource import Resource
from calor.model.states import Action, Status
from calor.planning.schedule import Clean, Do, Schedule, Step, schedule

KEEP = Decision(Verb.KEEP)
CREATE = Decision(Verb.CREATE)
UPDATE = Decision(Verb.UPDATE)
NEW_FIRST = Decision(Verb.REPLACE, order=Order.NEW_FIRST)
OLD_FIRST = Decision(Verb.REPLACE, order=Order.OLD_FIRST)


def row(name: str, *needs: str, retired: bool = False, id: str = "") -> Resource:
    return Resource(
        id=id or f"row-{name}",
        stack_id="stack",
        name=name,
        incarnation=1,
        type="T",
        declared_type="T",
        physical_name=name,
        action=Action.CREATE,
        status=Status.COMPLETE,
        physical_id=name,
        settled=True,
        retired=retired,
        needs=tuple(f"row-{need}" for need in needs),
    )


def before(made: Schedule, first: Step, then: Step) -> bool:
    order = made.graph.order()
    assert len(order) == len(made.graph), f"a cycle: {made.graph.cycle()}"
    return order.index(first) < order.index(then) and reaches(made, then, first)


def reaches(made: Schedule, start: Step, goal: Step) -> bool:
    queue = [start]
    for step in queue:
        queue += [need for need in made.graph.needs(step) if need not in queue]
    return goal in queue


def make(
    needs: Mapping[str, Sequence[str]],
    decisions: Mapping[str, Decision],
    *rows: Resource,
) -> Schedule:
    return schedule(needs, decisions, rows)


def test_creation_follows_needs() -> None:
    made = make({"port": ["net"], "net": []}, {"port": CREATE, "net": CREATE})
    assert before(made, Do("net"), Do("port"))


def test_deletion_goes_the_other_way() -> None:
    made = make({}, {}, row("net"), row("port", "net"))
    assert before(made, Clean("row-port"), Clean("row-net"))


def test_an_old_thing_waits_for_its_successor_and_for_users_to_move() -> None:
    made = make(
        {"net": [], "port": ["net"]},
        {"net": NEW_FIRST, "port": UPDATE},
        row("net"),
        row("port", "net"),
    )
    assert before(made, Do("net"), Clean("row-net"))
    assert before(made, Do("port"), Clean("row-net"))


def test_a_thing_taken_out_of_the_template_waits_for_those_that_stop_using_it() -> None:
    made = make({"port": []}, {"port": UPDATE}, row("net"), row("port", "net"))
    assert before(made, Do("port"), Clean("row-net"))


def test_an_exclusive_thing_goes_before_its_successor_comes() -> None:
    made = make({"key": []}, {"key": OLD_FIRST}, row("key"))
    assert before(made, Clean("row-key"), Do("key"))
    assert "key" in made.old_first


def test_old_first_spreads_to_the_replaced_users() -> None:
    made = make(
        {"port": [], "server": ["port"]},
        {"port": OLD_FIRST, "server": NEW_FIRST},
        row("port"),
        row("server", "port"),
    )
    assert list(made.old_first) == ["port", "server"]
    assert before(made, Clean("row-server"), Clean("row-port"))
    assert before(made, Clean("row-port"), Do("port"))
    assert before(made, Do("port"), Do("server"))


def test_an_exclusive_thing_stays_until_all_is_there_that_its_successor_needs() -> None:
    made = make(
        {"value": [], "port": ["value"], "server": ["port"]},
        {"value": UPDATE, "port": OLD_FIRST, "server": NEW_FIRST},
        row("value"),
        row("port", "value"),
        row("server", "port"),
    )
    assert before(made, Do("value"), Clean("row-port"))
    assert before(made, Do("value"), Clean("row-server"))
    assert made.hinges == {"port": ("port",), "server": ("server", "port")}


def test_an_exclusive_thing_does_not_wait_for_what_waits_for_it() -> None:
    made = make(
        {"key": [], "value": ["key"], "server": ["key", "value"]},
        {"key": OLD_FIRST, "value": UPDATE, "server": NEW_FIRST},
        row("key"),
        row("value", "key"),
        row("server", "key", "value"),
    )
    assert before(made, Clean("row-server"), Clean("row-key"))
    assert before(made, Clean("row-key"), Do("key"))
    assert before(made, Do("key"), Do("value"))
    assert made.hinges == {"key": ("key",)}


def test_a_user_changed_in_place_does_not_hold_an_exclusive_thing() -> None:
    made = make(
        {"key": [], "server": ["key"]},
        {"key": OLD_FIRST, "server": UPDATE},
        row("key"),
        row("server", "key"),
    )
    assert before(made, Clean("row-key"), Do("key"))
    assert before(made, Do("key"), Do("server"))


def test_reversing_a_dependency_makes_no_cycle() -> None:
    made = make({"a": [], "b": ["a"]}, {"a": UPDATE, "b": UPDATE}, row("a", "b"), row("b"))
    assert before(made, Do("a"), Do("b"))
    assert before(made, Do("b"), Clean("row-b"))


def test_a_cycle_through_a_disappearing_user_is_broken() -> None:
    made = make(
        {"key": [], "web": ["key"]},
        {"key": OLD_FIRST, "web": UPDATE},
        row("key"),
        row("between", "key"),
        row("web", "between"),
    )
    assert len(made.graph.order()) == len(made.graph)
    assert before(made, Clean("row-key"), Do("key"))


def test_what_an_earlier_replacement_left_is_cleaned_up_after_the_present_one() -> None:
    left = replace(row("net", retired=True), id="row-old")
    made = make({"net": []}, {"net": KEEP}, left, row("net"))
    assert before(made, Do("net"), Clean("row-old"))
