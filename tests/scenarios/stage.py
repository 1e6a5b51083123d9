"""What scenarios are told on: a world with one Calor, one user, and short words for both."""

from __future__ import annotations

import functools
import json
import textwrap
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import pytest

from calor.model.ports import EventFilter
from calor.model.resource import Event, Resource
from calor.model.stack import Stack
from calor.sandbox.faults import Fault
from calor.sandbox.settings import SandboxSettings
from calor.service.wanted import Wanted
from conformance.given import is_real
from conformance.world import RealWorld
from support.user import CloudUser
from support.world import World

Story = Callable[["Stage"], Coroutine[Any, Any, None]]


def scenario(
    *,
    admin: bool = False,
    delays: Mapping[str, float] | None = None,
    calm: bool = True,
    only_sandbox: str = "",
    **world: Any,
) -> Callable[[Story], Callable[[], None]]:
    """Makes a test of a story. Nothing in the cloud takes time but what `delays` says. Unless it
    is not `calm`, nothing that the watch looks for may be wrong in the end. `only_sandbox` says why
    it can't be told on a real cloud."""

    def decorate(story: Story) -> Callable[[], None]:
        def test() -> None:
            if only_sandbox and is_real():
                pytest.skip(only_sandbox)
            with _world(story.__name__, delays or {}, world) as stage_world:
                stage_world.start_calor()
                try:
                    stage_world.run(story(Stage(stage_world, admin=admin)))
                except BaseException:
                    _explain(stage_world)
                    raise
                if calm:
                    assert stage_world.watch.problems == []

        functools.update_wrapper(test, story)
        del test.__wrapped__
        return test

    return decorate


def _world(name: str, delays: Mapping[str, float], world: Mapping[str, Any]) -> World:
    if is_real():
        return RealWorld(name, delays=delays, **world)  # type: ignore[return-value]  # its twin
    settings = SandboxSettings.instant().changed({"delays": dict(delays)})
    return World(name, sandbox=settings, **world)


def _explain(world: World) -> None:
    """What pytest shows beside a failure."""
    print("\n".join([*world.trace.lines[-40:], "", *world.logged, *world.watch.problems]))


class Stage:
    """`stack` words take a stack's name."""

    def __init__(self, world: World, *, admin: bool = False) -> None:
        self.world = world
        who = "admin" if admin else "demo"
        self.user: CloudUser = world.user(who, who)
        self.cloud = world.user("admin", who)
        self._ids: dict[str, str] = {}

    # --- what the user does -----------------------------------------------------------------

    async def create(self, template: str, *, name: str = "app", **options: Any) -> Stack:
        """Creates a stack and waits for its end."""
        await self.begin(template, name=name, **options)
        return await self.end(name)

    async def begin(self, template: str, *, name: str = "app", **options: Any) -> Stack:
        """Asks for a stack, and waits for nothing."""
        stack = await self.world.create(self.user, name, self._wanted(template, options))
        self._ids[name] = stack.id
        return stack

    async def update(self, template: str, *, name: str = "app", **options: Any) -> Stack:
        await self.begin_update(template, name=name, **options)
        return await self.end(name)

    async def begin_update(self, template: str, *, name: str = "app", **options: Any) -> None:
        await self.world.update(self.user, await self.stack(name), self._wanted(template, options))

    def _wanted(self, template: str, options: dict[str, Any]) -> Wanted:
        wanted = _wanted(template, options)
        if wanted.timeout is None:
            return wanted
        return replace(wanted, timeout=wanted.timeout * self.world.pace)

    async def delete(self, name: str = "app") -> Stack:
        await self.begin_delete(name)
        return await self.end(name)

    async def begin_delete(self, name: str = "app") -> None:
        await self.world.delete(await self.stack(name))

    async def check(self, name: str = "app") -> Stack:
        stack = await self.stack(name)
        await self.world.ask(lambda calor: calor.service.accept.check(stack))
        return await self.end(name)

    async def end(self, name: str = "app") -> Stack:
        return await self.world.final(self._ids[name])

    async def wait(self, seconds: float) -> None:
        await self.world.wait(seconds)

    async def made(self, resource: str, name: str = "app") -> str:
        """Waits until a resource has a thing in the cloud; its id."""
        for _ in range(600):
            row = (await self.rows(name)).get(resource)
            if row is not None and row.physical_id is not None:
                return row.physical_id
            await self.wait(0.1)
        raise AssertionError(f"{resource} has nothing in the cloud")

    # --- what there is ----------------------------------------------------------------------

    async def stack(self, name: str = "app") -> Stack:
        return await self.world.look(self._ids[name])

    async def rows(self, name: str = "app") -> dict[str, Resource]:
        """The current rows by name."""
        rows = await self.world.reads.resources(self._ids[name])
        return {row.name: row for row in rows if not row.retired}

    async def row(self, resource: str, name: str = "app") -> Resource:
        return (await self.rows(name))[resource]

    async def states(self, name: str = "app") -> dict[str, str]:
        return {row.name: row.state for row in (await self.rows(name)).values()}

    async def events(self, name: str = "app", *, id: str = "") -> list[Event]:
        found = await self.world.reads.events(id or self._ids[name], EventFilter())
        return sorted(found, key=lambda event: event.number)

    async def told(self, name: str = "app") -> list[str]:
        """The events as `name STATE`, in order."""
        return [f"{item.name} {item.action}_{item.status}" for item in await self.events(name)]

    async def child(self, resource: str, name: str = "app") -> Stack:
        """The stack inside a resource."""
        row = await self.row(resource, name)
        found = await self.world.reads.child_of(row.id)
        assert found is not None
        return found

    async def members(self, stack: Stack) -> dict[str, Resource]:
        rows = await self.world.reads.resources(stack.id)
        return {row.name: row for row in rows if not row.retired}

    async def output(self, key: str, name: str = "app") -> Any:
        stack = await self.stack(name)
        output = await self.world.ask(_later(lambda calor: calor.service.read.output(stack, key)))
        return output.value

    def things(self, kind: str = "") -> list[str]:
        """Names of what is in the cloud beside its initial contents, but trusts."""
        return [
            item.name or item.id
            for item in self.world.things()
            if (item.kind == kind if kind else item.kind != "trust")
        ]

    def trusts(self) -> int:
        return len([item for item in self.world.things() if item.kind == "trust"])

    def show(self, path: str, *, mine: bool = False) -> dict[str, Any]:
        """One object of the cloud, by its path below the service's prefix, as an administrator
        sees it, or the user."""
        status, body = (self.user if mine else self.cloud).ask("GET", path)
        assert status == 200, (status, body)
        value: dict[str, Any] = next(iter(body.values()))
        return value

    def fail(self, **fault: Any) -> None:
        """Lets calls go wrong; see `calor.sandbox.faults.Fault`."""
        self.world.fail(Fault(**fault))

    def calls(self, method: str, path: str) -> int:
        """How many calls there were to a path's pattern."""
        return sum(
            count
            for (sent, _, pattern), count in self.world.calls().items()
            if sent == method and pattern == path
        )


def _wanted(template: str, options: dict[str, Any]) -> Wanted:
    text = textwrap.dedent(template)
    if "heat_template_version" not in text and "FormatVersion" not in text:
        text = "heat_template_version: 2021-04-16\n" + text
    environment = options.pop("environment", None)
    if isinstance(environment, dict):
        environment = json.dumps(environment)
    return Wanted(template=text, environment=environment, **options)


def _later(function: Callable[[Any], Any]) -> Callable[[Any], Coroutine[Any, Any, Any]]:
    async def asked(calor: Any) -> Any:
        return function(calor)

    return asked


def before(told: list[str], first: str, second: str) -> bool:
    """Whether one event comes before another; both must be there."""
    return told.index(first) < told.index(second)
