"""The life of a Nova server: build, fail, delete, and every change that takes a while.

It parses no request.
"""

from __future__ import annotations

from collections.abc import Callable

from calor.base.clock import iso
from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.cinder import attachments
from calor.sandbox.cinder.making import make_volume
from calor.sandbox.cinder.state import Storage
from calor.sandbox.cinder.state import stamp as volume_stamp
from calor.sandbox.neutron.state import Network
from calor.sandbox.nova.groups import choose_host
from calor.sandbox.nova.plugging import detach_all, device, new_port, plug
from calor.sandbox.nova.state import Compute
from calor.sandbox.table import Row
from calor.sandbox.world import World

CLASSES = ("VCPU", "MEMORY_MB", "DISK_GB")
"""The classes of resource that every host has."""


def record(world: World, call: Call, row: Row, action: str) -> None:
    """Enter an action in the server's history."""
    row["_actions"].insert(
        0,
        {
            "action": action,
            "request_id": f"req-{world.ids.uuid()}",
            "user_id": call.actor.user_id,
            "project_id": call.actor.project_id,
            "start": call.now,
        },
    )


def later(
    world: World, row: Row, at: float, change: Callable[[float], None], *, turn: int | None = None
) -> None:
    """Let a change happen at a time, unless something else was begun meanwhile."""
    mine = row["_turn"] if turn is None else turn

    def due(moment: float) -> None:
        if row["_turn"] == mine:
            change(moment)

    world.agenda.enter(at, due)


def transition(
    world: World, call: Call, row: Row, *, task: str | None, vm: str, delay: float
) -> None:
    """The server is busy with `task` or nothing for `delay` seconds, then in state `vm`."""
    row["_turn"] += 1
    row["_task"], row["_updated"] = task, call.now
    doom = call.doom

    def done(at: float) -> None:
        row["_task"], row["_updated"] = None, at
        if doom is not None:
            fail(row, at, doom)
        else:
            row["_vm"] = vm

    later(world, row, call.now + delay, done)


def fail(row: Row, now: float, message: str, code: int = 500) -> None:
    """The server is in ERROR, with a fault that says why."""
    row["_vm"], row["_task"], row["_updated"] = "error", None, now
    row["_fault"] = {"code": code, "created": iso(now), "message": message}


def _hosts_have(flavor: Row) -> bool:
    """Whether the hosts have every class of resource that the flavor's extra specs ask for."""
    wanted = [key.partition(":") for key in flavor["extra_specs"]]
    return all(name in CLASSES for kind, _, name in wanted if kind == "resources")


def begin(world: World, call: Call, row: Row, group: Row | None) -> None:
    """Build the server: first its networks and volumes, then it is ACTIVE."""
    delays = world.settings.delays
    actor, doom = call.actor, call.doom
    slow = delays.volume_create if any(item["source"] for item in row["_volumes"]) else 0.0

    def prepare(at: float) -> None:
        if not _hosts_have(row["_flavor"]):
            fail(row, at, "No valid host was found. ")  # Placement has no candidate, and no reason
            return
        host = choose_host(world, group)
        if host is None:
            fail(row, at, "No valid host was found. There are not enough hosts available.")
            return
        row["_host"], row["_task"], row["_updated"] = host, "networking", at
        try:
            _networks(world, Call("POST", "", "", {}, b"", at, actor), row)
            _volumes(world, actor, row, at)
        except Refusal as refusal:
            detach_all(world, row, at)
            row["_host"] = None
            fail(row, at, f"Build of instance {row['id']} aborted: {refusal.message}")
            return
        row["_task"] = "spawning"
        later(world, row, at + delays.server_build / 2 + slow, finish)

    def finish(at: float) -> None:
        _attach_volumes(world, row, at)
        if doom is not None:
            fail(row, at, doom)
            return
        row["_vm"], row["_task"] = "active", None
        row["_launched"] = row["_updated"] = at

    later(world, row, call.now + delays.server_build / 2, prepare)


def _networks(world: World, call: Call, row: Row) -> None:
    for wanted in row["_wanted"]:
        port_id = wanted.get("port")
        if port_id:
            port = world.part(Network).ports.get(port_id)
            if port is None:
                raise Refusal(404, f"Port {port_id} could not be found.")
            if port["device_id"] not in ("", row["id"]):
                raise Refusal(409, f"Port {port_id} is still in use.")
        else:
            fixed = [{"ip_address": wanted["fixed_ip"]}] if wanted.get("fixed_ip") else []
            port = new_port(world, call, row, wanted["uuid"], groups=row["_groups"], fixed=fixed)
        plug(world, row, port, call.now, made=not port_id, tag=wanted.get("tag"))


def _volumes(world: World, actor: Actor, row: Row, at: float) -> None:
    """Take the volumes that are there, begin to make those that are not."""
    state = world.part(Storage)
    for item in row["_volumes"]:
        if item["source"]:
            volume = make_volume(world, actor, at, item["source"])
            volume["status"] = "available"
        else:
            found = state.volumes.get(item["volume_id"])
            if found is None:
                raise Refusal(404, f"Volume {item['volume_id']} could not be found.")
            volume = found
        attachment = attachments.reserve(world, volume, row["id"], at)
        if item["source"]:
            volume["status"] = "creating"
        item.update(volume_id=volume["id"], attachment_id=attachment["id"])
        item["device"] = item["device"] or device(row)


def _attach_volumes(world: World, row: Row, at: float) -> None:
    state = world.part(Storage)
    for item in row["_volumes"]:
        attachment = state.attachments.get(item["attachment_id"] or "")
        if attachment is not None and attachment["status"] != "attached":
            volume = state.volumes.get(item["volume_id"])
            if volume is not None:
                volume["updated_at"] = volume_stamp(at)
            attachments.attach(world, attachment, item["device"], at)


def begin_delete(world: World, call: Call, row: Row) -> None:
    """The server goes away; what Nova made for it goes with it."""
    state = world.part(Compute)
    row["_turn"] += 1
    row["_task"], row["_updated"] = "deleting", call.now
    doom = call.doom

    def gone(at: float) -> None:
        if doom is not None:
            fail(row, at, doom)
            return
        detach_all(world, row, at)
        for group in state.groups:
            group["members"] = [key for key in group["members"] if key != row["id"]]
        row["_vm"], row["_task"] = "deleted", None
        row["_terminated"] = row["_updated"] = at
        state.servers.remove(row)
        state.gone.add(row)

    later(world, row, call.now + world.settings.delays.server_delete, gone)
