"""Names into ids: what a template calls a network, a flavor or an image, and its id in the cloud.

It remembers what it found for `lookup_lifetime`, and nothing that it did not find.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

from calor.base.errors import Conflict, HttpFault, NotFound
from calor.base.spelling import did_you_mean
from calor.cloud.flight import SingleFlight
from calor.cloud.kinds import KINDS, Kind
from calor.cloud.memory import Object
from calor.cloud.objects import Objects
from calor.cloud.session import Session, unguarded
from calor.model.cloud import Collection

_ID = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_WITH_DOMAIN = re.compile(r"(?P<name>.+)\{(?P<domain>.+)\}")
_SHOWN = 10


class Lookups:
    """The look-ups of one credential; what they found is shared with all sessions of the same
    user and project."""

    def __init__(self, session: Session, objects: Callable[[Collection], Objects]) -> None:
        self._session = session
        self._objects = objects
        self._flights = SingleFlight()

    async def find(self, kind: str, name_or_id: str, *, project_id: str, user_id: str) -> str:
        """The id. Raises `NotFound`, `Conflict` for several, `CloudError`."""
        wanted = KINDS.get(kind)
        if wanted is None:
            raise NotFound(f"there is no constraint and no kind of thing called {kind!r}")
        if not name_or_id:
            raise NotFound(f"the name of a {wanted.noun} is empty")
        site = self._session.site
        key = (project_id, user_id, kind, name_or_id)
        known = site.names.get(key)
        lifetime = site.settings.lookup_lifetime
        if known is not None and site.clock.monotonic() - known[0] <= lifetime:
            return str(known[1])
        return await self._flights.run(key, lambda: self._find(key, wanted, name_or_id))

    async def _find(self, key: tuple[str, str, str, str], kind: Kind, wanted: str) -> str:
        found = await self._search(key, kind, wanted)
        self._keep(key, found)
        return found

    def _keep(self, key: tuple[str, ...], value: Any) -> None:
        site = self._session.site
        now = site.clock.monotonic()
        if len(site.names) >= 10_000:
            old = now - site.settings.lookup_lifetime
            for other in [name for name, (at, _) in site.names.items() if at < old]:
                del site.names[other]
        site.names[key] = (now, value)

    async def _search(self, key: tuple[str, str, str, str], kind: Kind, wanted: str) -> str:
        if kind.only_id:
            return await self._by_id(kind, wanted) or _missing(kind, wanted)
        if not kind.by:
            return await self._in_whole(key, kind, wanted)
        looks_like_id = _ID.fullmatch(wanted) is not None
        if looks_like_id:
            by_id = await self._by_id(kind, wanted)
            if by_id is not None:
                return by_id
        named = await self._named(kind, wanted, key)
        if named:
            return _only(kind, wanted, named, key[0])
        own = await self._own(key[2], wanted)
        if own:
            return own
        by_id = None if looks_like_id else await self._by_id(kind, wanted)
        return by_id if by_id is not None else _missing(kind, wanted)

    async def _own(self, kind: str, wanted: str) -> str:
        """Our own project or user, which we know though we may not list any."""
        if kind not in ("keystone.project", "keystone.user"):
            return ""
        identity = await self._session.identity()
        if kind == "keystone.project":
            return identity.project_id if identity.project_name == wanted else ""
        return identity.user_id if identity.username == wanted else ""

    async def _by_id(self, kind: Kind, wanted: str) -> str | None:
        try:
            item = await self._objects(kind.collection).show(wanted, unguarded)
        except HttpFault as error:
            if error.status in (400, 403):  # no form of an id, or none of ours
                return None
            raise
        return None if item is None else str(item.get(kind.id, wanted))

    async def _named(self, kind: Kind, wanted: str, key: tuple[str, ...]) -> list[Object]:
        name, query = wanted, dict(kind.query)
        match = _WITH_DOMAIN.fullmatch(wanted) if kind.domains else None
        if match is not None:
            name = match["name"]
            query["domain_id"] = await self.find(
                "keystone.domain", match["domain"], project_id=key[0], user_id=key[1]
            )
        query[kind.by] = f"^{re.escape(name)}$" if kind.pattern else name
        try:
            page = await self._objects(kind.collection).every(query)
        except HttpFault as error:
            if error.status == 403:
                return []
            raise
        return [item for item in page.items if item.get(kind.name) == name]

    async def _in_whole(self, key: tuple[str, str, str, str], kind: Kind, wanted: str) -> str:
        """For lists that can't be narrowed: read whole, once for all names, and by id at last."""
        items = await self._whole(key, kind)
        if any(str(item.get(kind.id)) == wanted for item in items):
            return wanted
        named = [item for item in items if item.get(kind.name) == wanted]
        if named:
            return _only(kind, wanted, named, key[0])
        by_id = await self._by_id(kind, wanted)
        if by_id is not None:
            return by_id
        return _missing(kind, wanted, [str(item.get(kind.name)) for item in items])

    async def _whole(self, key: tuple[str, str, str, str], kind: Kind) -> list[Object]:
        site = self._session.site
        place = key[:3]
        known = site.names.get(place)
        if known is not None and site.clock.monotonic() - known[0] <= site.settings.lookup_lifetime:
            items: list[Object] = known[1]
            return items
        return await self._flights.run(place, lambda: self._read_whole(place, kind))

    async def _read_whole(self, place: tuple[str, ...], kind: Kind) -> list[Object]:
        page = await self._objects(kind.collection).every(dict(kind.query))
        items = [
            {kind.id: item.get(kind.id), kind.name: item.get(kind.name)} for item in page.items
        ]
        self._keep(place, items)
        return items


def _only(kind: Kind, wanted: str, items: list[Object], project_id: str) -> str:
    """The one of that name; of several, the only one of our own project."""
    if len(items) > 1:
        own = [
            item for item in items if project_id in (item.get("project_id"), item.get("tenant_id"))
        ]
        items = own if len(own) == 1 else items
    if len(items) > 1:
        ids = ", ".join(sorted(str(item.get(kind.id)) for item in items)[:_SHOWN])
        raise Conflict(
            f"there are {len(items)} {kind.noun}s named {wanted!r}", f"use one of the ids: {ids}"
        )
    return str(items[0].get(kind.id))


def _missing(kind: Kind, wanted: str, known: list[str] | None = None) -> NoReturn:
    raise NotFound(
        f"there is no {kind.noun} {wanted!r} in this cloud, or the project can't see it",
        did_you_mean(wanted, known or []),
    )
