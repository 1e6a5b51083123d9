"""Where servers are, what ours are called, and how the server of a lost create is found again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from calor.model.cloud import Collection
from calor.model.resource import Resource
from calor.model.resource_type import Work
from calor.resources.identity import Body, Thing

SERVERS = Collection(
    "compute",
    "/servers",
    "server",
    "servers",
    # Tags are shown since 2.26; the flavor's id is shown up to 2.46.
    microversion="2.26",
    detail="/detail",
    changed_since="changes-since",
)

LONGEST = 53
"""Characters of a name that we make up; Heat's option `max_server_name_length`. A host name has 63,
and clouds add to it."""


def generated_name(resource: Resource) -> str:
    """The physical name, cut near its beginning: what makes it ours is its end."""
    name = resource.physical_name
    return name if len(name) <= LONGEST else f"{name[:2]}-{name[3 - LONGEST :]}"


@dataclass(frozen=True, slots=True)
class Signed:
    """By the name that we made up. A server whose name is the user's carries our name as its
    description, which Nova shows to those who ask for a later microversion and Heat leaves empty:
    so servers alike that were lost at once are told apart, and no stranger's is ever taken."""

    def mark(self, work: Work) -> Body:
        given = work.properties.get("name")
        return {"description": generated_name(work.resource)} if given else {}

    async def candidates(self, work: Work, collection: Collection, body: Body) -> list[Thing]:
        ours, name = generated_name(work.resource), str(body["name"])
        things = await work.cloud.list(collection, {"name": f"^{re.escape(name)}$"})
        return [thing for thing in things if thing.get("name") == name and _is_ours(thing, ours)]


def _is_ours(thing: dict[str, Any], ours: str) -> bool:
    return ours in (thing.get("name"), thing.get("description"))
