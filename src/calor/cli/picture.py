"""What the moving view shows, out of a stack and its resources as they are now. Pure.

It remembers how long each resource has been in progress, because nobody else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calor.cli.hooks import waiting_of
from calor.cli.view.hooks import how_to_go_on
from calor.cli.view.live import Picture, Row
from calor.cli.view.values import type_name
from calor.client import ResourceInfo, StackInfo


@dataclass(frozen=True, slots=True)
class Concern:
    """A resource that an operation will do something with; `goes` when it is to be deleted."""

    name: str
    type: str
    goes: bool = False


class Painter:
    """One operation's pictures. `concerns` are in the order in which they are shown; without any,
    all resources are shown and counted."""

    def __init__(self, title: str, concerns: Sequence[Concern], *, now: float) -> None:
        self._title = title
        self._concerns = {concern.name: concern for concern in concerns}
        self._order = {name: index for index, name in enumerate(self._concerns)}
        self._started = now
        self._seen: dict[str, tuple[str, float, float]] = {}

    def picture(self, stack: StackInfo, resources: Sequence[ResourceInfo], now: float) -> Picture:
        """`now` is the monotonic time."""
        own = {item.name: item for item in resources if item.stack == stack.ref}
        rows = []
        for name in sorted(own, key=lambda name: self._order.get(name, len(self._order))):
            if self._is_shown(own[name]):
                rows.extend(self._rows(own[name], resources, 0, now))
        rows.extend(
            Row(concern.name, type_name(concern.type))
            for concern in self._concerns.values()
            if concern.name not in own and not concern.goes
        )
        touched = len(self._concerns) or len(own)
        done = sum(self._is_done(name, own, stack) for name in self._concerns or own)
        well = not stack.in_progress and not stack.failed
        waiting = waiting_of(stack.ref, resources)
        return Picture(
            title=f"{self._title}: {stack.status}",
            rows=tuple(rows),
            seconds=now - self._started,
            touched=touched,
            done=touched if well else done,
            failed=sum(item.status.endswith("FAILED") for item in own.values()),
            hint=how_to_go_on(stack.name, waiting[0].name) if waiting else "",
        )

    def _is_shown(self, resource: ResourceInfo) -> bool:
        return (
            not self._concerns
            or resource.name in self._concerns
            or not resource.status.endswith("COMPLETE")
            or bool(resource.hook)
        )

    def _is_done(self, name: str, own: dict[str, ResourceInfo], stack: StackInfo) -> bool:
        resource = own.get(name)
        if resource is None:
            return name in self._concerns and self._concerns[name].goes
        if not resource.status.endswith("COMPLETE") or resource.status.startswith("INIT"):
            return False
        began = stack.updated_at or stack.created_at or 0.0
        return (resource.updated_at or resource.created_at or 0.0) >= began

    def _rows(
        self, resource: ResourceInfo, resources: Sequence[ResourceInfo], depth: int, now: float
    ) -> list[Row]:
        """A resource, followed by those of the stack inside it."""
        action, _, status = resource.status.partition("_")
        if action == "INIT":
            action = status = ""
        key = f"{resource.stack}/{resource.name}"
        row = Row(
            name=resource.name,
            type=type_name(resource.type),
            action=action,
            status=status,
            depth=depth,
            seconds=self._lasted(key, resource.status, now),
            reason=resource.reason,
            hook=resource.hook,
        )
        rows = [row]
        if resource.nested:
            for inside in resources:
                if inside.stack == resource.nested:
                    rows.extend(self._rows(inside, resources, depth + 1, now))
        return rows

    def _lasted(self, key: str, status: str, now: float) -> float:
        """Seconds that it has been, or was, in progress, as far as anybody looked."""
        known, began, lasted = self._seen.get(key, ("", now, 0.0))
        if status.endswith("IN_PROGRESS"):
            began = began if known == status else now
            lasted = now - began
        elif known.endswith("IN_PROGRESS"):
            lasted = now - began
        self._seen[key] = (status, began, lasted)
        return lasted
