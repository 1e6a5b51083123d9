"""What waits at hooks, as the commands and the lines of events see it. No colours."""

from __future__ import annotations

import click
import pytest

from calor.cli.hooks import Waiting, matches, waiting_of
from calor.cli.watch import event_line
from calor.client import EventInfo, ResourceInfo


def resource(name: str, stack: str, hook: str = "", nested: str = "") -> ResourceInfo:
    return ResourceInfo(name, "T", "INIT_COMPLETE", stack=stack, hook=hook, nested=nested)


def test_what_waits_is_named_by_the_way_that_leads_to_it() -> None:
    found = waiting_of(
        "app/1",
        [
            resource("group", "app/1", nested="app-group/2"),
            resource("net", "app/1", "pre-create"),
            resource("0", "app-group/2", nested="app-group-0/3"),
            resource("1", "app-group/2"),
            resource("server", "app-group-0/3", "post-create"),
        ],
    )
    assert [(one.name, one.hook, one.stack) for one in found] == [
        ("net", "pre-create", "app/1"),
        ("group/0/server", "post-create", "app-group-0/3"),
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("group/0", True),
        ("/group/0/", True),
        ("g*/?", True),
        ("group", False),
        ("0", False),
        ("*", False),
        ("group/0/x", False),
        ("Group/0", False),
    ],
)
def test_patterns_match_name_by_name(pattern: str, expected: bool) -> None:
    assert matches(Waiting(("group", "0"), "pre-create", "s/1", "T"), pattern) is expected


@pytest.mark.parametrize(
    ("stack", "reason", "expected"),
    [
        (
            "app/1",
            "CREATE paused until Hook pre-create is cleared",
            "waits at pre-create; go on with `calor hook clear app net`",
        ),
        (
            "app-group-abc/2",
            "UPDATE paused until Hook post-update is cleared",
            "waits at post-update; `calor hook list app` tells what lets it go on",
        ),
        ("app/1", "Hook pre-create is cleared", "Hook pre-create is cleared"),
        ("app/1", "state changed", ""),
        ("app/1", "CREATE paused until Hook pre-create is cleared, or so", ""),
    ],
)
def test_an_event_of_a_hook_says_what_it_is(stack: str, reason: str, expected: str) -> None:
    event = EventInfo("id", 0.0, "net", "INIT_COMPLETE", reason, stack=stack)
    line = click.unstyle(event_line(event, "app"))
    assert line.partition("INIT_COMPLETE")[2].strip() == expected
