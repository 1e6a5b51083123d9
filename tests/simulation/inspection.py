"""What must hold whenever a world rests: rows and things agree, nothing is lost or made twice."""

from __future__ import annotations

from calor.model.ports import EventFilter
from calor.model.resource import Event, Resource
from calor.model.stack import Stack
from calor.model.states import Action, Status
from simulation.draft import Draft
from support.user import CloudUser
from support.world import World

WITHOUT_THING = (
    "OS::Heat::",
    "OS::Neutron::RouterInterface",
    "OS::Neutron::FloatingIPAssociation",
    "OS::Cinder::VolumeAttachment",
)
"""Types that tie other things together, or none."""
DERIVED = ("network:", "compute:")
"""Owners of ports that the cloud makes by itself."""


class Inspection:
    """Looks at rows and things from outside."""

    def __init__(self, world: World, admin: CloudUser) -> None:
        self._world = world
        self._admin = admin

    async def at_rest(self) -> None:
        """Nothing is in progress anywhere."""
        stacks = [await self._world.look(id) for id in await self._world.stack_ids()]
        rows: dict[str, list[Resource]] = {}
        for stack in stacks:
            rows[stack.id] = await self._world.reads.resources(stack.id)
            self._stack(stack, rows[stack.id])
            for pause in await self._world.reads.pauses(stack.id):
                self._world.watch.wrong(f"a pause of {pause.name} at {pause.hook} is left over")
        self._things([row for group in rows.values() for row in group])
        await self._events(stacks)

    def _stack(self, stack: Stack, rows: list[Resource]) -> None:
        watch = self._world.watch
        if stack.status is Status.IN_PROGRESS:
            watch.wrong(f"stack {stack.name} rests in {stack.state}")
        if stack.deleted_at is not None and rows:
            watch.wrong(f"stack {stack.name} is deleted, but has rows {[r.name for r in rows]}")
        if stack.status is not Status.COMPLETE:
            return
        for row in rows:
            if row.status is not Status.COMPLETE or row.retired or row.action is Action.INIT:
                retired = ", retired" if row.retired else ""
                watch.wrong(
                    f"{row.name} is {row.state}{retired} in stack {stack.name}, {stack.state}"
                )

    def _things(self, rows: list[Resource]) -> None:
        world, watch = self._world, self._world.watch
        held: dict[str, str] = {}
        for row in rows:
            cloudy = row.type.startswith("OS::") and not row.type.startswith(WITHOUT_THING)
            if row.physical_id is None or not cloudy:
                continue
            if row.physical_id in held:
                watch.wrong(f"{row.name} and {held[row.physical_id]} hold the same thing")
            held[row.physical_id] = row.name
        there: dict[str, None] = {}
        for thing in world.sandbox.leftovers(world.clock.now()):
            there[thing.id] = None
            there[thing.name] = None
            if thing.id in held or thing.id in watch.foreign or thing.name in watch.foreign:
                continue
            if thing.name in held and thing.kind in ("keypair", "key"):
                continue
            if thing.kind == "trust" or self._derived(thing.kind, thing.id, held):
                continue
            watch.wrong(f"the {thing.kind} {thing.name or thing.id!r} belongs to no row")
        for row in rows:
            if row.external or row.type in NOT_LISTED or row.status is not Status.COMPLETE:
                continue
            if row.physical_id in held and row.physical_id not in there:
                watch.wrong(f"{row.name} is {row.state}, but its {row.type} is not there")

    def _derived(self, kind: str, id: str, held: dict[str, str]) -> bool:
        if kind in ("attachment", "volume_attachment"):
            return True
        if kind == "security_group_rule":
            _, shown = self._admin.ask("GET", f"/network/v2.0/security-group-rules/{id}")
            group = shown["security_group_rule"]["security_group_id"]
            return group in held or group in self._world.watch.foreign
        if kind != "port":
            return False
        _, shown = self._admin.ask("GET", f"/network/v2.0/ports/{id}")
        port = shown["port"]
        return port["device_owner"].startswith(DERIVED) and (
            port["device_id"] in held or port["device_id"] in self._world.watch.foreign
        )

    async def _events(self, stacks: list[Stack]) -> None:
        watch = self._world.watch
        events: dict[str, list[Event]] = {}
        for stack in stacks:
            found = await self._world.reads.events(stack.id, EventFilter())
            events[stack.id] = sorted(found, key=lambda event: event.number)
            numbers = [event.number for event in events[stack.id]]
            if numbers != list(range(1, len(numbers) + 1)):
                watch.wrong(f"the events of {stack.name} have gaps: {numbers}")
            times = [event.at for event in events[stack.id]]
            if times != sorted(times):
                watch.wrong(f"the events of {stack.name} go back in time")
        for stack in stacks:
            self._starts_after_parent(stack, events)

    def _starts_after_parent(self, stack: Stack, events: dict[str, list[Event]]) -> None:
        if stack.parentage is None or not events[stack.id]:
            return
        begun = [
            event.at
            for event in events[stack.parentage.parent_id]
            if event.name == stack.parentage.resource_name and event.action is Action.CREATE
        ]
        if not begun or min(begun) > events[stack.id][0].at:
            self._world.watch.wrong(f"stack {stack.name} starts before its parent's resource")

    async def matches(self, stack: Stack, draft: Draft) -> None:
        """A complete stack has exactly what the newest template says."""
        if stack.status is not Status.COMPLETE or stack.action is Action.DELETE:
            return
        rows = {row.name: row for row in await self._world.reads.resources(stack.id)}
        if sorted(rows) != sorted(draft.items):
            self._world.watch.wrong(
                f"stack {stack.name} is {stack.state} with {sorted(rows)},"
                f" the newest template has {sorted(draft.items)}"
            )
        for name, item in draft.items.items():
            row = rows.get(name)
            if row is not None and row.physical_id is not None:
                self._live(row, item.kind, item.properties)

    def _live(self, row: Resource, kind: str, properties: dict[str, object]) -> None:
        """What the newest template says of a thing is what the cloud shows."""
        look = LOOKS.get(kind)
        if look is None:
            return
        path, key, names = look
        status, shown = self._admin.ask("GET", f"{path}/{row.physical_id}")
        if status != 200:
            self._world.watch.wrong(f"{row.name} is {row.state}, but GET {path} says {status}")
            return
        for name in names:
            if name in properties and shown[key].get(name) != properties[name]:
                self._world.watch.wrong(
                    f"{row.name} has {name} {shown[key].get(name)!r},"
                    f" the newest template says {properties[name]!r}"
                )

    def no_trusts(self) -> bool:
        """Whether nobody has delegated anything any more."""
        found = self._world.sandbox.leftovers(self._world.clock.now())
        return all(thing.kind != "trust" for thing in found)

    def empty(self) -> None:
        """Nothing of ours is left in the cloud."""
        watch = self._world.watch
        for thing in self._world.sandbox.leftovers(self._world.clock.now()):
            if thing.id in watch.foreign or thing.name in watch.foreign:
                continue
            if self._derived(thing.kind, thing.id, {}):
                continue
            watch.wrong(f"the {thing.kind} {thing.name or thing.id!r} is left over")


NOT_LISTED = ("OS::Neutron::SecurityGroupRule", "OS::Cinder::VolumeAttachment")
LOOKS = {
    "net": ("/network/v2.0/networks", "network", ("name", "admin_state_up")),
    "subnet": ("/network/v2.0/subnets", "subnet", ("name", "cidr", "dns_nameservers")),
    "port": ("/network/v2.0/ports", "port", ("name", "admin_state_up")),
    "router": ("/network/v2.0/routers", "router", ("name",)),
    "group": ("/network/v2.0/security-groups", "security_group", ("name", "description")),
    "volume": ("/volume/v3/{project}/volumes", "volume", ("name", "size", "description")),
    "server": ("/compute/v2.1/servers", "server", ("name", "metadata")),
    "project": ("/identity/v3/projects", "project", ("name", "description")),
    "user": ("/identity/v3/users", "user", ("name", "description")),
    "role": ("/identity/v3/roles", "role", ("name",)),
}
