"""What is done to a Nova server by `POST .../action`.

A new action is a function and a line in `ACTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.glance.images import activate, new_image
from calor.sandbox.neutron.state import Network
from calor.sandbox.nova.build import begin_delete, record, transition
from calor.sandbox.nova.create import PASSWORD, find_boot_image
from calor.sandbox.nova.flavors import find_flavor
from calor.sandbox.nova.plugging import plugged
from calor.sandbox.nova.state import (
    Compute,
    find_server,
    invalid,
    limits,
    may_write,
    metadata,
    only,
    require_admin,
    used,
)
from calor.sandbox.nova.view import show
from calor.sandbox.router import Route
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row
from calor.sandbox.world import World

Action = Callable[[World, Call, Row, Any], Response]
UNLOCKED = ("lock", "unlock", "os-getConsoleOutput", "os-getVNCConsole")


def check_state(row: Row, action: str, *states: str) -> None:
    """Raise Refusal 409 unless the server is in one of the states and not busy."""
    if row["_vm"] not in states:
        raise Refusal(
            409, f"Cannot '{action}' instance {row['id']} while it is in vm_state {row['_vm']}"
        )
    if row["_task"] is not None:
        raise Refusal(
            409, f"Cannot '{action}' instance {row['id']} while it is in task_state {row['_task']}"
        )


def _power(action: str, states: tuple[str, ...], task: str, vm: str) -> Action:
    def act(world: World, call: Call, row: Row, sent: Any) -> Response:
        check_state(row, action, *states)
        delay = world.settings.delays.server_power
        transition(world, call, row, task=task, vm=vm, delay=delay)
        return reply(202)

    return act


def _reboot(world: World, call: Call, row: Row, sent: Any) -> Response:
    kinds = ["HARD", "Hard", "hard", "SOFT", "Soft", "soft"]
    kind = (sent or {}).get("type")
    if kind not in kinds:
        raise invalid("type", kind, f"{kind!r} is not one of {kinds}")
    check_state(row, "reboot", "active", "stopped", "paused", "suspended", "error")
    task = "rebooting_hard" if kind.upper() == "HARD" else "rebooting"
    delay = world.settings.delays.server_power
    transition(world, call, row, task=task, vm="active", delay=delay)
    return reply(202)


def _resize(world: World, call: Call, row: Row, sent: Any) -> Response:
    key = str((sent or {}).get("flavorRef")).rpartition("/")[2]
    try:
        flavor = find_flavor(world, call.actor, key)
    except Refusal as refusal:
        raise Refusal(400, refusal.message) from None
    check_state(row, "resize", "active", "stopped")
    if flavor["id"] == row["_flavor"]["id"]:
        raise Refusal(400, "When resizing, instances must change flavor!")
    if flavor["disk"] == 0 and row["_flavor"]["disk"] and row["_image"]:
        raise Refusal(400, "Flavor's disk is too small for requested image.")
    _check_growth(world, row, flavor)
    row.update(_old_flavor=row["_flavor"], _was=row["_vm"], _confirming=False)
    delay = world.settings.delays.server_resize
    transition(world, call, row, task="resize_prep", vm="resized", delay=delay)
    if call.doom is None:
        row["_flavor"] = dict(flavor)
    return reply(202)


def _check_growth(world: World, row: Row, flavor: Row) -> None:
    """A larger flavor must fit the quotas too."""
    limit, have = limits(world, row["project_id"]), used(world, row["project_id"])
    for name, field in (("cores", "vcpus"), ("ram", "ram")):
        more = flavor[field] - row["_flavor"][field]
        if limit[name] != UNLIMITED and more > 0 and have[name] + more > limit[name]:
            raise Refusal(
                403,
                f"Quota exceeded for {name}: Requested {more}, but already used {have[name]} of "
                f"{limit[name]} {name}",
            )


def _check_resized(row: Row, action: str) -> None:
    """While Nova confirms, the server looks as before, but there is nothing to confirm any more."""
    check_state(row, action, "resized")
    if row["_confirming"]:
        raise Refusal(400, "Instance has not been resized.")


def _confirm(world: World, call: Call, row: Row, sent: Any) -> Response:
    _check_resized(row, "confirmResize")
    row["_confirming"] = True
    delay = world.settings.delays.server_confirm
    vm = row.get("_was", "active")
    transition(world, call, row, task=None, vm=vm, delay=delay)
    return reply(204)


def _revert(world: World, call: Call, row: Row, sent: Any) -> Response:
    _check_resized(row, "revertResize")
    row["_flavor"] = row.get("_old_flavor", row["_flavor"])
    delay = world.settings.delays.server_confirm
    vm = row.get("_was", "active")
    transition(world, call, row, task="resize_reverting", vm=vm, delay=delay)
    return reply(202)


REBUILD = {
    **dict.fromkeys(
        (
            "imageRef",
            "name",
            "adminPass",
            "metadata",
            "preserve_ephemeral",
            "OS-DCF:diskConfig",
            "accessIPv4",
            "accessIPv6",
            "personality",
        ),
        (2, 1),
    ),
    "description": (2, 19),
    "key_name": (2, 54),
    "user_data": (2, 57),
    "trusted_image_certificates": (2, 63),
    "hostname": (2, 90),
}


def _rebuild(world: World, call: Call, row: Row, sent: Any) -> Response:
    only("rebuild", sent, REBUILD, call)
    image = find_boot_image(world, call, str(sent.get("imageRef")), "Cannot find image for rebuild")
    check_state(row, "rebuild", "active", "stopped", "error")
    changes: Row = {"_image": image["id"] if row["_image"] else None}
    for key in ("name", "description", "key_name", "user_data", "hostname"):
        if key in sent:
            changes[key] = sent[key]
    if "metadata" in sent:
        changes["metadata"] = metadata(sent["metadata"])
    world.part(Compute).servers.change(row, **changes)
    vm = "stopped" if row["_vm"] == "stopped" else "active"
    delay = world.settings.delays.server_rebuild
    transition(world, call, row, task="rebuilding", vm=vm, delay=delay)
    view = show(world, call, row, updated=True)
    view["adminPass"] = sent.get("adminPass") or world.ids.choice(PASSWORD, 12)
    if call.version >= (2, 54):
        view["key_name"] = row["key_name"]
    if call.version >= (2, 57):
        view["user_data"] = row["user_data"]
    location = f"{world.base_url}/compute/v2.1/servers/{row['id']}"
    return reply(202, {"server": view}, {"Location": location})


def _create_image(world: World, call: Call, row: Row, sent: Any) -> Response:
    check_state(row, "create_image", "active", "stopped", "paused", "suspended")
    image = new_image(
        world,
        call.now,
        name=sent["name"],
        disk_format="qcow2",
        container_format="bare",
        visibility="private",
        owner=call.actor.project_id,
        **{**metadata(sent.get("metadata") or {}), "instance_uuid": row["id"]},
    )
    size = row["_flavor"]["disk"] * 2**30

    def ready(at: float) -> None:
        activate(world, image, b"", size)

    delay = world.settings.delays.server_image
    world.agenda.enter(call.now + delay, ready)
    transition(world, call, row, task="image_snapshot", vm=row["_vm"], delay=delay)
    if call.version >= (2, 45):
        return reply(202, {"image_id": image["id"]})
    return reply(202, None, {"Location": f"{world.base_url}/image/v2/images/{image['id']}"})


def _password(world: World, call: Call, row: Row, sent: Any) -> Response:
    check_state(row, "set_admin_password", "active")
    delay = world.settings.delays.server_power
    transition(world, call, row, task="updating_password", vm="active", delay=delay)
    return reply(202)


def _find_group(world: World, row: Row, name: str) -> Row:
    groups = world.part(Network).security_groups
    for group in groups.where("project_id", row["project_id"]):
        if name in (group["id"], group["name"]):
            return group
    raise Refusal(404, f"Security group {name} is not found for project {row['project_id']}")


def _security_group(world: World, call: Call, row: Row, sent: Any) -> Response:
    group = _find_group(world, row, str(sent.get("name")))
    add = "addSecurityGroup" in call.json()
    for item in plugged(world, row):
        port = world.part(Network).ports.get(item["id"])
        if port is None:
            continue
        kept = [key for key in port["security_groups"] if key != group["id"]]
        port["security_groups"] = [*kept, group["id"]] if add else kept
    return reply(202)


def _lock(world: World, call: Call, row: Row, sent: Any) -> Response:
    reason = sent.get("locked_reason") if isinstance(sent, dict) else None
    row["_locked"] = reason or ""
    return reply(202)


def _unlock(world: World, call: Call, row: Row, sent: Any) -> Response:
    row["_locked"] = None
    return reply(202)


def _console_output(world: World, call: Call, row: Row, sent: Any) -> Response:
    lines = ["sandbox: nothing runs in this server", f"login: {row['name']}"]
    length = (sent or {}).get("length")
    kept = lines if length is None else lines[-int(length) :] if int(length) else []
    return reply(200, {"output": "\n".join(kept)})


def console_url(world: World, kind: str) -> str:
    return f"{world.base_url}/console/{kind}?token={world.ids.uuid()}"


def _console(world: World, call: Call, row: Row, sent: Any) -> Response:
    if call.version >= (2, 6):
        raise Refusal(400, f"There is no such action: {next(iter(call.json()))}")
    check_state(row, "get_vnc_console", "active", "paused", "resized")
    kind = str((sent or {}).get("type"))
    return reply(200, {"console": {"type": kind, "url": console_url(world, kind)}})


def _reset_state(world: World, call: Call, row: Row, sent: Any) -> Response:
    require_admin(call, "os-admin-actions:reset_state")
    state = (sent or {}).get("state")
    if state not in ("active", "error"):
        raise invalid("state", state, f"{state!r} is not one of ['active', 'error']")
    row["_turn"] += 1
    row.update(_vm=state, _task=None, _updated=call.now)
    return reply(202)


def _force_delete(world: World, call: Call, row: Row, sent: Any) -> Response:
    begin_delete(world, call, row)
    return reply(202)


def _shelve(world: World, call: Call, row: Row, sent: Any) -> Response:
    check_state(row, "shelve", "active", "stopped", "paused", "suspended")
    delay = world.settings.delays.server_power
    transition(world, call, row, task="shelving", vm="shelved_offloaded", delay=delay)
    return reply(202)


ACTIONS: dict[str, Action] = {
    "os-start": _power("start", ("stopped",), "powering-on", "active"),
    "os-stop": _power("stop", ("active", "error"), "powering-off", "stopped"),
    "pause": _power("pause", ("active",), "pausing", "paused"),
    "unpause": _power("unpause", ("paused",), "unpausing", "active"),
    "suspend": _power("suspend", ("active",), "suspending", "suspended"),
    "resume": _power("resume", ("suspended",), "resuming", "active"),
    "rescue": _power("rescue", ("active", "stopped", "error"), "rescuing", "rescued"),
    "unrescue": _power("unrescue", ("rescued",), "unrescuing", "active"),
    "shelve": _shelve,
    "unshelve": _power("unshelve", ("shelved", "shelved_offloaded"), "unshelving", "active"),
    "reboot": _reboot,
    "resize": _resize,
    "confirmResize": _confirm,
    "revertResize": _revert,
    "rebuild": _rebuild,
    "createImage": _create_image,
    "changePassword": _password,
    "addSecurityGroup": _security_group,
    "removeSecurityGroup": _security_group,
    "lock": _lock,
    "unlock": _unlock,
    "os-getConsoleOutput": _console_output,
    "os-getVNCConsole": _console,
    "os-getSPICEConsole": _console,
    "os-getSerialConsole": _console,
    "os-getRDPConsole": _console,
    "os-resetState": _reset_state,
    "forceDelete": _force_delete,
}


def _act(world: World, call: Call) -> Response:
    may_write(call, "servers:update")
    row = find_server(world, call.actor, call.params["id"])
    body = call.json()
    name = next(iter(body), "")
    action = ACTIONS.get(name)
    if action is None:
        raise Refusal(400, f"There is no such action: {name}")
    if row["_locked"] is not None and not call.actor.is_admin and name not in UNLOCKED:
        raise Refusal(409, f"Instance {row['id']} is locked")
    response = action(world, call, row, body[name])
    record(world, call, row, name.removeprefix("os-"))
    return response


def _remote_console(world: World, call: Call) -> Response:
    row = find_server(world, call.actor, call.params["id"])
    sent = call.wrapped("remote_console")
    check_state(row, "get_vnc_console", "active", "paused", "resized")
    view = {"protocol": sent.get("protocol"), "type": sent.get("type")}
    url = console_url(world, str(sent.get("type")))
    return reply(200, {"remote_console": {**view, "url": url}})


ROUTES = (
    Route("POST", "/v2.1/servers/{id}/action", _act),
    Route("POST", "/v2.1/servers/{id}/remote-consoles", _remote_console),
)
