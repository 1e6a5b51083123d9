"""What the moving view shows and counts."""

import io
from dataclasses import replace

from rich.console import Console

from calor.cli.picture import Concern, Painter
from calor.cli.view.live import LiveView, Picture, Row, chosen
from calor.client import ResourceInfo, StackInfo

STACK = StackInfo("id", "app", "UPDATE_IN_PROGRESS", created_at=0.0, updated_at=100.0)


def resource(name: str, status: str, at: float = 50.0, **more: str) -> ResourceInfo:
    return ResourceInfo(name, "T", status, updated_at=at, stack=more.pop("stack", "app/id"), **more)


def test_an_update_counts_what_it_concerns_once_it_was_touched() -> None:
    painter = Painter("app", [Concern("a", "T"), Concern("new", "T")], now=0.0)
    before = [resource("a", "CREATE_COMPLETE"), resource("kept", "CREATE_COMPLETE")]
    picture = painter.picture(STACK, before, 1.0)
    assert [row.name for row in picture.rows] == ["a", "new"]
    assert (picture.done, picture.touched) == (0, 2)

    touched = [resource("a", "UPDATE_COMPLETE", 101.0), resource("new", "CREATE_IN_PROGRESS", 101)]
    picture = painter.picture(STACK, touched, 2.0)
    assert (picture.done, picture.touched, picture.seconds) == (1, 2, 2.0)

    ended = replace(STACK, status="UPDATE_COMPLETE")
    assert painter.picture(ended, touched, 3.0).done == 2


def test_a_deletion_counts_what_is_gone() -> None:
    painter = Painter("app", [Concern("a", "T", goes=True), Concern("b", "T", goes=True)], now=0.0)
    picture = painter.picture(STACK, [resource("b", "DELETE_IN_PROGRESS", 101.0)], 1.0)
    assert [row.name for row in picture.rows] == ["b"]
    assert (picture.done, picture.touched) == (1, 2)


def test_nested_resources_stand_below_their_parent() -> None:
    inside = resource("port", "CREATE_COMPLETE", stack="app-web/x")
    web = resource("web", "CREATE_IN_PROGRESS", nested="app-web/x")
    picture = Painter("app", [], now=0.0).picture(STACK, [inside, web], 1.0)
    assert [(row.name, row.depth) for row in picture.rows] == [("web", 0), ("port", 1)]


def test_how_long_something_took_stays_when_it_is_done() -> None:
    painter = Painter("app", [], now=0.0)
    painter.picture(STACK, [resource("a", "CREATE_IN_PROGRESS")], 1.0)
    assert painter.picture(STACK, [resource("a", "CREATE_IN_PROGRESS")], 3.0).rows[0].seconds == 2
    assert painter.picture(STACK, [resource("a", "CREATE_COMPLETE")], 4.0).rows[0].seconds == 3
    assert painter.picture(STACK, [resource("a", "CREATE_COMPLETE")], 9.0).rows[0].seconds == 3


def test_what_failed_and_what_runs_stays_in_sight() -> None:
    statuses = ["COMPLETE"] * 5 + ["IN_PROGRESS", "", "FAILED"]
    rows = [Row(str(index), "T", "CREATE", status) for index, status in enumerate(statuses)]
    assert [row.name for row in chosen(rows, 4)] == ["5", "6", "7"]
    assert chosen(rows, 8) == rows


def test_what_waits_at_a_hook_stays_in_sight_and_says_how_to_go_on() -> None:
    inside = resource("0", "INIT_COMPLETE", stack="app-group/x", hook="pre-create")
    group = resource("group", "CREATE_IN_PROGRESS", nested="app-group/x")
    kept = resource("kept", "CREATE_COMPLETE", hook="pre-update")
    picture = Painter("app", [Concern("group", "T")], now=0.0).picture(
        STACK, [group, kept, inside], 1.0
    )
    assert [(row.name, row.status, row.hook) for row in picture.rows] == [
        ("group", "IN_PROGRESS", ""),
        ("0", "", "pre-create"),
        ("kept", "COMPLETE", "pre-update"),
    ]
    assert picture.hint == "go on with `calor hook clear app kept`"
    rows = [Row("a", "T", "CREATE", "IN_PROGRESS"), Row("b", "T"), *picture.rows[-1:]]
    assert [row.name for row in chosen(rows, 2)] == ["kept"]


def test_a_held_resource_is_drawn_with_its_hook() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    row = Row("net", "T", "CREATE", "COMPLETE", hook="post-create")
    with LiveView(console) as view:
        view.show(Picture("app", (row,), 1.0, 1, 0, 0, "go on with `x`"))
    assert isinstance(console.file, io.StringIO)
    drawn = console.file.getvalue()
    assert "net" in drawn
    assert "waits at post-create" in drawn
    assert "go on with `x`" in drawn


def test_a_narrow_terminal_shows_states_whole() -> None:
    console = Console(file=io.StringIO(), width=60, force_terminal=True)
    type = "OS::Cinder::VolumeAttachment"
    row = Row("database_attachment", type, "CREATE", "IN_PROGRESS", seconds=71.0)
    with LiveView(console) as view:
        view.show(Picture("app", (row,), 99.0, 1, 0, 0))
    assert isinstance(console.file, io.StringIO)
    drawn = console.file.getvalue()
    assert type not in drawn
    assert "CREATE_IN_PROGRESS" in drawn
    assert "database_attach" in drawn
    assert "1m11s" in drawn
