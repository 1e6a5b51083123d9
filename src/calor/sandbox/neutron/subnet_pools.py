"""Neutron's subnet pools and address scopes, and cutting a subnet out of a pool.

It makes no subnets.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.neutron.kind import STANDARD, Field, Kind, find
from calor.sandbox.neutron.rules import (
    bad,
    boolean,
    invalid,
    missing,
    one_of,
    optional_identifier,
    optional_integer,
    string,
)
from calor.sandbox.neutron.state import Network, owns, standard, touch
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _prefixes(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value:
        raise bad(f"Invalid input for {name}. Reason: '{value}' is not a list of prefixes.")
    try:
        return [str(ip_network(item)) for item in value]
    except ValueError as error:
        raise bad(f"Invalid input for {name}. Reason: {error}.") from None


def _visible(world: World, actor: Actor, row: Row) -> bool:
    return owns(actor, row) or bool(row["shared"])


def _view(world: World, actor: Actor, row: Row) -> Row:
    return dict(row)


def _create_pool(world: World, call: Call, values: Row) -> Row:
    version = ip_network(values["prefixes"][0]).version
    bits = 32 if version == 4 else 128
    lengths = {
        "min_prefixlen": values["min_prefixlen"] or (8 if version == 4 else 64),
        "max_prefixlen": values["max_prefixlen"] or bits,
    }
    default = values["default_prefixlen"] or lengths["min_prefixlen"]
    row = {
        **values,
        **standard(world, call.now, values["project_id"]),
        **{name: str(value) for name, value in lengths.items()},
        "default_prefixlen": str(default),
        "ip_version": version,
    }
    return world.part(Network).subnet_pools.add(row)


def _update_pool(world: World, call: Call, row: Row, changes: Row) -> None:
    for name in ("min_prefixlen", "max_prefixlen", "default_prefixlen"):
        if changes.get(name) is not None:
            changes[name] = str(changes[name])
    world.part(Network).subnet_pools.change(row, **changes)
    touch(row, call.now)


def _delete_pool(world: World, call: Call, row: Row) -> None:
    if any(subnet["subnetpool_id"] == row["id"] for subnet in world.part(Network).subnets):
        raise Refusal(
            400,
            "Unable to delete subnet pool: Subnet pool has existing allocations.",
            "SubnetPoolDeleteError",
        )
    world.part(Network).subnet_pools.remove(row)


SUBNET_POOL = Kind(
    one="subnetpool",
    many="subnetpools",
    table=lambda state: state.subnet_pools,
    fields={
        **STANDARD,
        "name": Field(check=string, required=True),
        "prefixes": Field(check=_prefixes, required=True),
        "default_prefixlen": Field(None, optional_integer),
        "min_prefixlen": Field(None, optional_integer),
        "max_prefixlen": Field(None, optional_integer),
        "default_quota": Field(None, optional_integer),
        "address_scope_id": Field(None, optional_identifier),
        "is_default": Field(False, boolean, admin=True),
        "shared": Field(False, boolean, admin=True, put=False),
    },
    missing=lambda key: missing("Subnet pool", key),
    create=_create_pool,
    update=_update_pool,
    delete=_delete_pool,
    drop=lambda world, row: world.part(Network).subnet_pools.remove(row),
    view=_view,
    visible=_visible,
    quota="subnetpool",
)


def allocate_cidr(world: World, call: Call, values: Row) -> str:
    """The wanted or the first free block of the subnet's pool. Raises Refusal 400, 404, 409."""
    pool = find(world, SUBNET_POOL, call.actor, values["subnetpool_id"])
    if pool["ip_version"] != values["ip_version"]:
        raise invalid("Cannot allocate a subnet of another IP version from the subnet pool")
    taken = [
        ip_network(subnet["cidr"])
        for subnet in world.part(Network).subnets
        if subnet["subnetpool_id"] == pool["id"]
    ]
    wanted = ip_network(values["cidr"]) if values["cidr"] else None
    length = wanted.prefixlen if wanted else values["prefixlen"] or int(pool["default_prefixlen"])
    if not int(pool["min_prefixlen"]) <= length <= int(pool["max_prefixlen"]):
        raise Refusal(
            400, f"Unable to allocate subnet with prefix length {length}.", "SubnetAllocationError"
        )
    for prefix in pool["prefixes"]:
        block = ip_network(prefix)
        if length < block.prefixlen:
            continue
        for candidate in [wanted] if wanted else block.subnets(new_prefix=length):
            inside = int(block[0]) <= int(candidate[0]) and int(candidate[-1]) <= int(block[-1])
            if inside and not any(candidate.overlaps(other) for other in taken):
                return str(candidate)
    raise Refusal(
        400,
        f"Failed to allocate subnet: Insufficient prefix space to allocate subnet size /{length}.",
        "SubnetAllocationError",
    )


def _create_scope(world: World, call: Call, values: Row) -> Row:
    row = {**values, "id": world.ids.uuid(), "tenant_id": values["project_id"]}
    return world.part(Network).address_scopes.add(row)


def _update_scope(world: World, call: Call, row: Row, changes: Row) -> None:
    world.part(Network).address_scopes.change(row, **changes)


def _delete_scope(world: World, call: Call, row: Row) -> None:
    if any(pool["address_scope_id"] == row["id"] for pool in world.part(Network).subnet_pools):
        raise Refusal(
            409,
            f"Unable to complete operation on address scope {row['id']}. There are one or more "
            "subnet pools in use on the address scope.",
            "AddressScopeInUse",
        )
    world.part(Network).address_scopes.remove(row)


ADDRESS_SCOPE = Kind(
    one="address_scope",
    many="address_scopes",
    table=lambda state: state.address_scopes,
    fields={
        "id": Field(post=False, put=False),
        "name": Field("", string),
        "project_id": Field(put=False),
        "tenant_id": Field(put=False),
        "ip_version": Field(check=one_of(4, 6), required=True, put=False),
        "shared": Field(False, boolean, admin=True),
    },
    missing=lambda key: missing("Address scope", key),
    create=_create_scope,
    update=_update_scope,
    delete=_delete_scope,
    drop=lambda world, row: world.part(Network).address_scopes.remove(row),
    view=_view,
    visible=_visible,
)
