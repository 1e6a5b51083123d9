"""Neutron's segments, as far as administrators enter them by hand.

Networks work without any.
"""

from __future__ import annotations

from calor.sandbox.call import Actor, Call
from calor.sandbox.neutron.kind import Field, Kind, find
from calor.sandbox.neutron.networks import NETWORK
from calor.sandbox.neutron.rules import (
    identifier,
    missing,
    optional_integer,
    optional_string,
    string,
)
from calor.sandbox.neutron.state import Network, standard, touch
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _create(world: World, call: Call, values: Row) -> Row:
    find(world, NETWORK, call.actor, values["network_id"])
    row = {**values, **standard(world, call.now, values.pop("project_id"))}
    for name in ("project_id", "tenant_id", "tags"):
        row.pop(name)
    return world.part(Network).segments.add(row)


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    world.part(Network).segments.change(row, **changes)
    touch(row, call.now)


def _remove(world: World, row: Row) -> None:
    world.part(Network).segments.remove(row)


def _view(world: World, actor: Actor, row: Row) -> Row:
    return row


SEGMENT = Kind(
    one="segment",
    many="segments",
    table=lambda state: state.segments,
    fields={
        "id": Field(post=False, put=False),
        "name": Field(None, optional_string),
        "description": Field(None, optional_string),
        "network_id": Field(required=True, check=identifier, put=False),
        "network_type": Field(required=True, check=string, put=False),
        "physical_network": Field(None, optional_string, put=False),
        "segmentation_id": Field(None, optional_integer, put=False),
        "created_at": Field(post=False, put=False),
        "updated_at": Field(post=False, put=False),
        "revision_number": Field(post=False, put=False),
    },
    missing=lambda key: missing("Segment", key),
    create=_create,
    update=_update,
    delete=lambda world, call, row: _remove(world, row),
    drop=_remove,
    view=_view,
    visible=lambda world, actor, row: actor.is_admin,
    admin=True,
)
