"""A plan as people read it: what is created, changed, replaced and deleted, and why.

Pure: a plan in, lines out; `click` drops the colours in a pipe.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

import click

from calor.base.values import Value
from calor.cli.view.hooks import how_to_go_on, waits_at
from calor.cli.view.values import one_line, type_name
from calor.client import ChangeInfo, PlanInfo, PropertyChangeInfo

MARKS = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "replace": ("-/+", "magenta"),
    "delete": ("-", "red"),
    "keep": ("=", None),
    "check": ("?", "cyan"),
    "refuse": ("!", "red"),
}
ORDERS = {
    "new first": "the new one first, then the old one goes",
    "old first": "the old one goes first, then the new one comes",
}
WORDS = {
    "create": "to create",
    "update": "to change in place",
    "replace": "to replace",
    "delete": "to delete",
    "check": "to check",
    "refuse": "that can't be done",
}
CONTEXT = 1


def lines(plan: PlanInfo) -> Iterator[str]:
    """Change by change; what stays is named in one line, unless it waits at a hook."""
    stay = []
    for change in plan.changes:
        if change.verb == "keep" and not change.hooks:
            stay.append(change.name)
        else:
            yield from _change(change)
            if change.hooks:
                how = how_to_go_on(plan.stack_name, change.name)
                yield click.style(f"      {waits_at(change.hooks)}; {how}", fg="cyan")
    if stay:
        verb = "stays as it is" if len(stay) == 1 else "stay as they are"
        yield from _wrapped("  =   ", f"{', '.join(stay)} {verb}")


def summary(plan: PlanInfo) -> str:
    """One line of totals."""
    parts = [f"{plan.counts[verb]} {text}" for verb, text in WORDS.items() if plan.counts.get(verb)]
    if kept := plan.counts.get("keep"):
        parts.append(f"{kept} to keep")
    return f"Plan: {', '.join(parts) or 'nothing to do'}."


def _change(change: ChangeInfo) -> Iterator[str]:
    mark, colour = MARKS[change.verb]
    head = click.style(f"{mark:>3} {change.name}", fg=colour, bold=True)
    parts = [head, click.style(type_name(change.type), dim=True)]
    if note := _note(change):
        parts.append(click.style(f"({note})", dim=True))
    yield "  ".join(parts)
    for one in change.properties:
        yield from _property(one, "      ", change.verb)


def _note(change: ChangeInfo) -> str:
    order = ORDERS.get(change.order, "") if change.verb == "replace" else ""
    return "; ".join(note for note in (change.reason, order) if note)


def _property(change: PropertyChangeInfo, indent: str, verb: str) -> Iterator[str]:
    forces = click.style("  <- forces the replacement", fg="magenta") if change.forces else ""
    name = change.property
    if verb == "create":
        yield f"{indent}{name}: {one_line(change.after)}"
        return
    if _is_long(change.before) and _is_long(change.after):
        yield f"{indent}{name}:{forces}"
        yield from _difference(change.before, change.after, f"{indent}  ")
        return
    for path, before, after in _parts(name, change.before, change.after):
        old = click.style(one_line(before) if before is not None else "(none)", fg="red")
        new = click.style(one_line(after) if after is not None else "(none)", fg="green")
        yield f"{indent}{path}: {old} -> {new}{forces}"
        forces = ""


def _parts(name: str, before: Value, after: Value) -> Iterator[tuple[str, Value, Value]]:
    """The parts of a map that differ, each with its path; the whole for anything else."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield name, before, after
        return
    for key in [*after, *(key for key in before if key not in after)]:
        if before.get(key) != after.get(key):
            yield from _parts(f"{name}.{key}", before.get(key), after.get(key))


def _is_long(value: Value) -> bool:
    return isinstance(value, str) and "\n" in value.strip()


def _difference(before: str, after: str, indent: str) -> Iterator[str]:
    differing = difflib.unified_diff(
        before.splitlines(), after.splitlines(), lineterm="", n=CONTEXT
    )
    for number, line in enumerate(differing):
        if number < 2 or line.startswith("@@"):
            continue
        colour = {"+": "green", "-": "red"}.get(line[:1])
        yield indent + (click.style(line, fg=colour) if colour else line)


def _wrapped(head: str, text: str) -> Sequence[str]:
    wrapped = click.formatting.wrap_text(
        text, width=100, initial_indent=head, subsequent_indent=" " * len(head)
    )
    return wrapped.splitlines()
