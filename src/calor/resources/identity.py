"""How the thing of a lost create call is found again: the kinds of identity.

Only a row that says `calling` is ever looked for. What another row of any stack holds is never a
candidate; that is seen to by `rest`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from calor.base.clock import parse_iso
from calor.base.errors import HttpFault
from calor.model.cloud import Collection
from calor.model.resource_type import Work
from calor.resources.wire import at, matches

Thing = dict[str, Any]
Body = Mapping[str, Any]


class Identity(Protocol):
    def mark(self, work: Work) -> Body:
        """What goes into the create's body so that the thing is known again."""
        ...

    async def candidates(self, work: Work, collection: Collection, body: Body) -> list[Thing]:
        """Things that the create call with this body may have made."""
        ...


@dataclass(frozen=True, slots=True)
class Likeness:
    """No name of ours: same project, created since the intent, every sent field equal.

    - `query`: fields of the body by which the list is narrowed (wire names).
    - `project`, `created`: where a thing shows its project and when it was created.
    - `ignore`: fields of the body that a thing doesn't show as they were sent.
    """

    query: tuple[str, ...] = ("name",)
    project: str = "project_id"
    created: str = "created_at"
    ignore: tuple[str, ...] = ()

    def mark(self, work: Work) -> Body:
        return {}

    async def candidates(self, work: Work, collection: Collection, body: Body) -> list[Thing]:
        query = {key: str(body[key]) for key in self.query if body.get(key)}
        things = await narrowed(work, collection, query)
        wanted = {key: item for key, item in body.items() if key not in self.ignore}
        if self.project and not any(key in wanted for key in ("tenant_id", "project_id")):
            wanted[self.project] = work.cloud.project_id
        return [
            thing
            for thing in things
            if matches(wanted, thing) and is_new(thing, self.created, work)
        ]


@dataclass(frozen=True, slots=True)
class PhysicalName:
    """By our own physical name, whose random end nobody else has; `otherwise` when the user named
    the thing. `key` is the name's place in the body and the list's filter."""

    otherwise: Identity = Likeness()
    key: str = "name"

    def mark(self, work: Work) -> Body:
        return self.otherwise.mark(work)

    async def candidates(self, work: Work, collection: Collection, body: Body) -> list[Thing]:
        name = work.resource.physical_name
        if body.get(self.key) != name:
            return await self.otherwise.candidates(work, collection, body)
        things = await narrowed(work, collection, {self.key: name})
        return [thing for thing in things if thing.get(self.key) == name]


@dataclass(frozen=True, slots=True)
class Mark:
    """By a mark that we send with the create where the API keeps it unseen: `path` in the body
    holds the row's id. `query` narrows the list (wire names of the body)."""

    path: str
    query: tuple[str, ...] = ("name",)

    def mark(self, work: Work) -> Body:
        return {self.path: work.resource.id}

    async def candidates(self, work: Work, collection: Collection, body: Body) -> list[Thing]:
        query = {key: str(body[key]) for key in self.query if body.get(key)}
        things = await narrowed(work, collection, query)
        return [thing for thing in things if at(thing, self.path) == work.resource.id]


async def narrowed(work: Work, collection: Collection, query: Mapping[str, str]) -> list[Thing]:
    """A list narrowed by a query, or the whole one where the service takes no such filter: which
    ones a Cinder takes, its operator decides."""
    try:
        return await work.cloud.list(collection, query)
    except HttpFault as error:
        if error.status != 400 or not query:
            raise
    return await work.cloud.list(collection)


def is_new(thing: Thing, created: str, work: Work) -> bool:
    """Whether a thing was created since the row's intent; `created` is where it shows when."""
    try:
        # Services cut off fractions of a second.
        return parse_iso(str(at(thing, created))) >= math.floor(work.resource.intent_at)
    except ValueError:
        return False
