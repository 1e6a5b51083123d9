"""A server as each microversion shows it.

It changes nothing.
"""

from __future__ import annotations

import hashlib

from calor.base.clock import iso
from calor.sandbox.call import Call
from calor.sandbox.neutron.state import Network
from calor.sandbox.nova.state import Compute, links, stamp
from calor.sandbox.table import Row
from calor.sandbox.world import World

ACTIVE_TASKS = {
    "rebooting": "REBOOT",
    "rebooting_hard": "HARD_REBOOT",
    "rebuilding": "REBUILD",
    "resize_prep": "RESIZE",
    "resize_reverting": "REVERT_RESIZE",
    "updating_password": "PASSWORD",
}
STATUSES = {
    "active": "ACTIVE",
    "building": "BUILD",
    "stopped": "SHUTOFF",
    "resized": "VERIFY_RESIZE",
    "paused": "PAUSED",
    "suspended": "SUSPENDED",
    "rescued": "RESCUE",
    "error": "ERROR",
    "deleted": "DELETED",
    "shelved": "SHELVED",
    "shelved_offloaded": "SHELVED_OFFLOADED",
}
POWER = {"active": 1, "resized": 1, "paused": 3, "stopped": 4, "suspended": 4}


def status(row: Row) -> str:
    """What people call the state: vm_state and task_state in one word."""
    task = row["_task"]
    if task in ACTIVE_TASKS and row["_vm"] in ("active", "stopped", "error", "resized"):
        return ACTIVE_TASKS[task]
    return STATUSES[row["_vm"]]


def addresses(world: World, row: Row, *, full: bool) -> Row:
    """Addresses by the network's name, floating ones after the fixed."""
    network = world.part(Network)
    found: dict[str, list[Row]] = {}
    for plugged in row["_ports"]:
        port = network.ports.get(plugged["id"])
        if port is None:
            continue
        parent = network.networks.get(port["network_id"])
        entries = found.setdefault(parent["name"] if parent else "", [])
        floating = network.floating_ips.where("port_id", port["id"])
        for fixed in port["fixed_ips"]:
            entries.append(_address(fixed["ip_address"], "fixed", port, full))
            for item in floating:
                if item["fixed_ip_address"] == fixed["ip_address"]:
                    entries.append(_address(item["floating_ip_address"], "floating", port, full))
    return found


def _address(text: str, kind: str, port: Row, full: bool) -> Row:
    entry: Row = {"version": 6 if ":" in text else 4, "addr": text}
    if full:
        entry |= {"OS-EXT-IPS:type": kind, "OS-EXT-IPS-MAC:mac_addr": port["mac_address"]}
    return entry


def _flavor(world: World, call: Call, row: Row) -> Row:
    flavor = row["_flavor"]
    if call.version < (2, 47):
        return {"id": flavor["id"], "links": links(world, "flavors", flavor["id"])[1:]}
    return {
        "vcpus": flavor["vcpus"],
        "ram": flavor["ram"],
        "disk": flavor["disk"],
        "ephemeral": flavor["ephemeral"],
        "swap": flavor["swap"],
        "original_name": flavor["name"],
        "extra_specs": flavor["extra_specs"],
    }


def _core(world: World, call: Call, row: Row, *, full: bool) -> Row:
    image = row["_image"]
    host_id = ""
    if row["_host"]:
        host_id = hashlib.sha224((row["project_id"] + row["_host"]).encode()).hexdigest()
    view: Row = {
        "accessIPv4": row["access_v4"],
        "accessIPv6": row["access_v6"],
        "addresses": addresses(world, row, full=full),
        "created": iso(row["_created"]),
        "flavor": _flavor(world, call, row),
        "hostId": host_id,
        "id": row["id"],
        "image": {"id": image, "links": links(world, "images", image)[1:]} if image else "",
        "links": links(world, "servers", row["id"]),
        "metadata": row["metadata"],
        "name": row["name"],
        "status": status(row),
        "tenant_id": row["project_id"],
        "user_id": row["user_id"],
        "updated": iso(row["_updated"]),
        "OS-DCF:diskConfig": row["disk_config"],
    }
    if row["_vm"] not in ("error", "deleted"):
        view["progress"] = 0
    if row["_fault"] is not None and row["_vm"] in ("error", "deleted"):
        view["fault"] = row["_fault"]
    return view


def _volumes(call: Call, row: Row) -> list[Row]:
    items = [item for item in row["_volumes"] if item["volume_id"]]
    if call.version < (2, 3):
        return [{"id": item["volume_id"]} for item in items]
    return [
        {"id": item["volume_id"], "delete_on_termination": item["delete_on_termination"]}
        for item in items
    ]


def show(world: World, call: Call, row: Row, *, updated: bool = False) -> Row:
    """A server in full; `updated` for the answers of updates and rebuilds, which say less."""
    brief = updated and call.version < (2, 75)
    view = _core(world, call, row, full=not brief)
    if not brief:
        view |= {
            "OS-EXT-AZ:availability_zone": row["zone"] if row["_host"] else "",
            "config_drive": "True" if row["config_drive"] else "",
            "key_name": row["key_name"],
            "OS-SRV-USG:launched_at": stamp(row["_launched"]),
            "OS-SRV-USG:terminated_at": stamp(row["_terminated"]),
            "OS-EXT-STS:task_state": row["_task"],
            "OS-EXT-STS:vm_state": row["_vm"],
            "OS-EXT-STS:power_state": POWER.get(row["_vm"], 0),
            "os-extended-volumes:volumes_attached": _volumes(call, row),
        }
        groups = _security_groups(world, row)
        if groups:
            view["security_groups"] = groups
        if call.actor.is_admin:
            view |= _for_admins(call, row)
    return view | _by_version(world, call, row, brief=brief)


def _by_version(world: World, call: Call, row: Row, *, brief: bool) -> Row:
    more: Row = {}
    if call.version >= (2, 9):
        more["locked"] = row["_locked"] is not None
    if call.version >= (2, 19):
        more["description"] = row["description"]
    if call.version >= (2, 26):
        more["tags"] = row["tags"]
    if call.version >= (2, 63):
        more["trusted_image_certificates"] = row["certificates"]
    if call.version >= (2, 71):
        groups = world.part(Compute).groups
        more["server_groups"] = [item["id"] for item in groups if row["id"] in item["members"]]
    if call.version >= (2, 73):
        more["locked_reason"] = row["_locked"] or None
    if call.version >= (2, 90) and not brief:
        more["OS-EXT-SRV-ATTR:hostname"] = row["hostname"]
    if call.version >= (2, 96):
        more["pinned_availability_zone"] = row["pinned_zone"]
    return more


def _for_admins(call: Call, row: Row) -> Row:
    more: Row = {
        "OS-EXT-SRV-ATTR:host": row["_host"],
        "OS-EXT-SRV-ATTR:instance_name": f"instance-{row['_number']:08x}",
        "OS-EXT-SRV-ATTR:hypervisor_hostname": row["_host"],
    }
    if call.version >= (2, 3):
        more |= {
            "OS-EXT-SRV-ATTR:hostname": row["hostname"],
            "OS-EXT-SRV-ATTR:kernel_id": "",
            "OS-EXT-SRV-ATTR:launch_index": 0,
            "OS-EXT-SRV-ATTR:ramdisk_id": "",
            "OS-EXT-SRV-ATTR:reservation_id": row["reservation_id"],
            "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
            "OS-EXT-SRV-ATTR:user_data": row["user_data"],
        }
    if call.version >= (2, 16):
        more["host_status"] = "UP" if row["_host"] else ""
    return more


def _security_groups(world: World, row: Row) -> list[Row]:
    network = world.part(Network)
    names: dict[str, bool] = {}
    for plugged in row["_ports"]:
        port = network.ports.get(plugged["id"])
        for key in port["security_groups"] if port else ():
            group = network.security_groups.get(key)
            if group is not None:
                names[group["name"]] = True
    return [{"name": name} for name in names]
