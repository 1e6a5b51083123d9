"""What stories of hooks are told with: stacks, environments with hooks, and who lets them go on."""

from __future__ import annotations

from typing import Any

from calor.model.stack import Stack
from calor.model.states import Status
from scenarios.stage import Stage

NET = """
    parameters: {name: {type: string, default: one}, cidr: {type: string, default: 10.1.2.0/24}}
    resources:
      net: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
      subnet:
        type: OS::Neutron::Subnet
        properties: {network: {get_resource: net}, cidr: {get_param: cidr}}
      other: {type: OS::Neutron::Router}
"""
GROUP = """
    parameters: {word: {type: string, default: one}}
    resources:
      group:
        type: OS::Heat::ResourceGroup
        properties:
          count: 2
          resource_def: {type: OS::Heat::TestResource, properties: {value: {get_param: word}}}
"""


def hooked(*path: str, **hooks: Any) -> dict[str, Any]:
    """An environment with hooks for the resource at a path."""
    tree: dict[str, Any] = {"hooks": hooks["hooks"]}
    for name in reversed(path):
        tree = {name: tree}
    return {"resource_registry": {"resources": tree}}


async def paused(stage: Stage, *wanted: str, name: str = "app") -> None:
    """Waits until just these resources, as `NAME HOOK`, are paused, and all else rests."""
    for _ in range(40):  # an engine that takes over may have to wait for calls of the dead one
        await stage.wait(5)
        stack = await stage.stack(name)
        assert stack.status is Status.IN_PROGRESS, stack.reason
        if await waiting(stage, stack) == sorted(wanted):
            return
    assert await waiting(stage, stack) == sorted(wanted)


async def waiting(stage: Stage, stack: Stack) -> list[str]:
    found = await stage.world.ask(lambda calor: calor.service.read.resources(stack, depth=5))
    return sorted(f"{view.resource.name} {view.hook}" for view in found if view.hook)


async def clear(stage: Stage, resource: str, hook: str, stack: Stack | None = None) -> None:
    there = stack or await stage.stack()
    await stage.world.ask(lambda calor: calor.service.hooks.clear(there, resource, hook))


async def reasons(stage: Stage, resource: str) -> list[str]:
    """What the resource's events say, as `STATE reason`, but for mere changes of its state."""
    return [
        f"{event.action}_{event.status} {event.reason}"
        for event in await stage.events()
        if event.name == resource and event.reason not in ("", "state changed")
    ]
