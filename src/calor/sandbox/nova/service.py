"""Nova as the sandbox serves it: its routes and first flavors."""

from __future__ import annotations

from collections.abc import Iterator

from calor.sandbox.named_fault import microversion, named_fault
from calor.sandbox.nova import (
    about,
    actions,
    create,
    devices,
    flavors,
    groups,
    keypairs,
    labels,
    servers,
)
from calor.sandbox.nova.state import HIGHEST, LOWEST, Compute
from calor.sandbox.service import Service, Thing
from calor.sandbox.world import World


def _seed(world: World, now: float) -> None:
    flavors.seed(world)


def _things(world: World) -> Iterator[Thing]:
    state = world.part(Compute)
    tables = {
        "server": state.servers,
        "flavor": state.flavors,
        "server_group": state.groups,
        "keypair": state.keypairs,
    }
    for kind, table in tables.items():
        for row in table:
            yield Thing("nova", kind, row["id"], row["name"], row.get("project_id") or "")


def _announce(version: tuple[int, int]) -> dict[str, str]:
    text = f"{version[0]}.{version[1]}"
    return {
        "OpenStack-API-Version": f"compute {text}",
        "X-OpenStack-Nova-API-Version": text,
        "Vary": "OpenStack-API-Version, X-OpenStack-Nova-API-Version",
    }


NOVA = Service(
    name="nova",
    type="compute",
    prefix="/compute",
    endpoint="/compute/v2.1",
    routes=(
        *create.ROUTES,
        *servers.ROUTES,
        *labels.ROUTES,
        *actions.ROUTES,
        *devices.ROUTES,
        *flavors.ROUTES,
        *keypairs.ROUTES,
        *groups.ROUTES,
        *about.ROUTES,
    ),
    fault=named_fault,
    things=_things,
    seed=_seed,
    negotiate=lambda call: microversion(call, "compute", LOWEST, HIGHEST),
    announce=_announce,
)
