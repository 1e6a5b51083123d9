"""Objects of a collection: one, many, over all pages, and the bulk in both directions.

It waits for nothing to become anything; that is `watch`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import parse_qs, quote, urlsplit

from calor.base.errors import CalorError, HttpFault, LeaseLost, LostAnswer
from calor.cloud.flight import Gathering, SingleFlight
from calor.cloud.memory import Memory, Object
from calor.cloud.session import Call, Guard, Query, Session, unguarded
from calor.model.cloud import Answer, Collection

MOST = 100
"""Objects in one bulk create, and ids in one filtered list: a URL of about 4,000 characters."""

SHARE = 0.25
"""The part of a call's time-out that a bulk may take, by the pace of the one before."""

LEAST = 10
"""Objects in one bulk, however slow the service."""

WIDE = 4
"""Groups under way at once before a group that is not full waits."""

FEW = 2
"""Up to so many objects are read one by one."""


@dataclass(frozen=True, slots=True)
class Page:
    """All objects of a list; `at` is the time by the service's clock when it was asked."""

    items: list[Object]
    pages: int
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """One object to create (`body`) or to read (`id`), and who waits for it."""

    guard: Guard
    future: asyncio.Future[Any]
    body: Mapping[str, Any]
    id: str = ""


class Objects:
    """The objects of one collection as one credential sees them."""

    def __init__(self, session: Session, collection: Collection) -> None:
        self.session = session
        self.collection = collection
        self._creates = Gathering(self._create_group, most=MOST, wide=WIDE)
        self._shows = Gathering(self._show_group, most=MOST, wide=WIDE)
        self._flights = SingleFlight()
        self.memory = Memory(session.site.clock)
        self._deleted: dict[str, float] = {}

    # --- one ---

    async def create(self, body: Mapping[str, Any], guard: Guard) -> Object:
        """Makes one; together with others when the API takes many."""
        if self.collection.bulk:
            made = cast(Object, await self._join(self._creates, body=body, id="", guard=guard))
            self.memory.made(made)
            return made
        return self._inner(await self._post(self._wrap(body), guard))

    async def show(self, id: str, guard: Guard, *, lately: bool = False) -> Object | None:
        """Reads one; together with others when the list can be narrowed to ids. What was just
        made or seen, and asked nothing since, is what that answer says; it serves once, or
        whoever is content with what was `lately` so."""
        memory = self.memory
        if lately:
            said = memory.lately(id)
            return said if said is not None else await asyncio.shield(self._reading(id))
        known = memory.fresh(id) or memory.seen(id)
        if known is not None:
            memory.asked(id)
            return known
        return await self._ask(id, guard)

    def foresee(self, id: str) -> Object | None:
        """What was said of it lately; else begins to read what somebody will `show` soon."""
        said = self.memory.lately(id)
        if said is None:
            self._reading(id)
        return said

    def _reading(self, id: str) -> asyncio.Task[Object | None]:
        """One reading for all who want to know, but those who come after a change of ours."""
        reading = self.memory.reading(id)

        async def read() -> Object | None:
            found = None
            try:
                found = await self._ask(id, unguarded)
            finally:
                self.memory.read(id, reading, found)
            return found

        return self._flights.begin((id, reading), read)

    async def _ask(self, id: str, guard: Guard) -> Object | None:
        if self.collection.id_filter:
            found = await self._join(self._shows, body={}, id=id, guard=guard)
            return cast("Object | None", found)
        return await self.get(id, guard)

    async def get(self, id: str, guard: Guard) -> Object | None:
        """GET of one; None when it is not there."""
        try:
            answer = await self.session.call(self._call("GET", self._path(id)), guard)
        except HttpFault as error:
            if error.status == 404:
                return None
            raise
        return self._inner(answer.body)

    async def update(self, id: str, body: Mapping[str, Any], method: str, guard: Guard) -> Object:
        self.memory.changed(id)
        call = self._call(method, self._path(id), body=self._wrap(body))
        return self._inner((await self.session.call(call, guard)).body)

    async def delete(self, id: str, guard: Guard) -> bool:
        self.memory.changed(id)
        try:
            answer = await self.session.call(self._call("DELETE", self._path(id)), guard)
        except HttpFault as error:
            if error.status == 404:
                return False
            raise
        self._deleted[id] = self._time(answer)
        while len(self._deleted) > 10_000:
            del self._deleted[next(iter(self._deleted))]
        return True

    def deleted_at(self, id: str) -> float | None:
        """When, by the service's clock, it took our order to delete this object."""
        return self._deleted.get(id)

    # --- many ---

    async def every(self, query: Query | None, guard: Guard = unguarded) -> Page:
        """All that match, over all pages, from the list that shows whole objects."""
        path = self.collection.path + self.collection.detail
        items: list[Object] = []
        asked: Mapping[str, Any] = dict(query or {})
        pages, at = 0, 0.0
        seen: list[Any] = []
        while True:
            answer = await self.session.call(self._call("GET", path, query=asked), guard)
            pages += 1
            at = at or self._time(answer)
            body = answer.body if isinstance(answer.body, dict) else {}
            found = body.get(self.collection.plural) or []
            items.extend(found)
            following = _next(body, self.collection.plural)
            if not following or not found or following in seen:
                return Page(items, pages, at)
            seen.append(following)
            asked = following

    async def read(self, ids: Sequence[str]) -> dict[str, Object | None]:
        """The objects by id, by lists narrowed to ids; None for what is surely not there.

        What a list leaves out is asked for by itself, unless the service took our order to delete
        it: a thousand deletions would be a thousand GETs.
        """
        chunks = [ids[at : at + MOST] for at in range(0, len(ids), MOST)]
        pages = await asyncio.gather(
            *(self.every({self.collection.id_filter: list(chunk)}) for chunk in chunks)
        )
        found: dict[str, Object | None] = {
            item["id"]: item for page in pages for item in page.items
        }
        unsure = [id for id in ids if id not in found and id not in self._deleted]
        alone = await asyncio.gather(*(self.get(id, unguarded) for id in unsure))
        found.update(zip(unsure, alone, strict=True))
        return {id: found.get(id) for id in ids}

    def _time(self, answer: Answer) -> float:
        """The service's time in its Date header; ours, a call's length earlier, without one."""
        site = self.session.site
        try:
            return parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
        except (TypeError, ValueError):
            return site.clock.now() - site.settings.call_timeout

    # --- together ---

    async def _join(
        self, gathering: Gathering[_Wish], *, body: Mapping[str, Any], id: str, guard: Guard
    ) -> Any:
        wish = _Wish(guard, asyncio.get_running_loop().create_future(), body, id)
        gathering.add(wish)
        try:
            return await wish.future
        finally:
            gathering.discard(wish)

    async def _show_group(self, wishes: Sequence[_Wish]) -> None:
        wishes = self._allowed(wishes)
        ids = list(dict.fromkeys(wish.id for wish in wishes))
        try:
            if len(ids) <= FEW:
                alone = await asyncio.gather(
                    *(self.get(id, unguarded) for id in ids), return_exceptions=True
                )
                found: dict[str, Any] = dict(zip(ids, alone, strict=True))
            else:
                found = dict(await self.read(ids))
        except Exception as error:
            found = dict.fromkeys(ids, error)
        for wish in wishes:
            _settle(wish, found[wish.id])

    async def _create_group(self, wishes: Sequence[_Wish]) -> None:
        """One POST for all; a refused one is halved until the bad item fails alone."""
        wishes = self._allowed(wishes)
        if not wishes:
            return
        made: list[Any]
        try:
            made = await self._create_many(wishes)
        except HttpFault as error:
            if len(wishes) > 1 and 400 <= error.status < 500 and error.status not in (401, 429):
                middle = len(wishes) // 2
                await self._create_group(wishes[:middle])
                await self._create_group(wishes[middle:])
                return
            made = [error] * len(wishes)
        except LeaseLost as error:  # nothing has left: those who may still go, go without
            left = self._allowed(wishes)
            if len(left) < len(wishes):
                await self._create_group(left)
                return
            made = [error] * len(wishes)
        except Exception as error:
            made = [error] * len(wishes)
        for wish, result in zip(wishes, made, strict=True):
            _settle(wish, result)

    async def _create_many(self, wishes: Sequence[_Wish]) -> list[Any]:
        def guard(timeout: float) -> None:
            for wish in wishes:
                wish.guard(timeout)

        if len(wishes) == 1:
            return [self._inner(await self._post(self._wrap(wishes[0].body), guard))]
        bodies = [wish.body for wish in wishes]
        clock = self.session.site.clock
        before = clock.monotonic()
        answer = await self._post({self.collection.plural: bodies}, guard)
        self._pace((clock.monotonic() - before) / len(bodies))
        made = answer.get(self.collection.plural) if isinstance(answer, dict) else None
        return _matched(bodies, made if isinstance(made, list) else [])

    def _pace(self, seconds: float) -> None:
        """Keeps bulks small enough for a service that takes `seconds` for each object."""
        room = self.session.site.settings.call_timeout * SHARE
        self._creates.most = max(LEAST, min(MOST, int(room / max(seconds, 1e-6))))

    def _allowed(self, wishes: Iterable[_Wish]) -> list[_Wish]:
        """Those whose guard lets them go and who still wait; the others are told."""
        timeout = self.session.site.settings.call_timeout
        allowed = []
        for wish in wishes:
            try:
                wish.guard(timeout)
            except CalorError as error:
                _settle(wish, error)
                continue
            if not wish.future.done():
                allowed.append(wish)
        return allowed

    # --- wire ---

    async def _post(self, body: Any, guard: Guard) -> Any:
        call = self._call("POST", self.collection.path, body=body)
        return (await self.session.call(call, guard)).body

    def _call(
        self, method: str, path: str, *, body: Any = None, query: Query | None = None
    ) -> Call:
        collection = self.collection
        return Call(
            method, collection.service, path, body, query, microversion=collection.microversion
        )

    def _path(self, id: str) -> str:
        return f"{self.collection.path}/{quote(id, safe='')}"

    def _wrap(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return {self.collection.singular: body} if self.collection.singular else body

    def _inner(self, body: Any) -> Object:
        if not isinstance(body, dict):
            return {}
        inner = body.get(self.collection.singular, body) if self.collection.singular else body
        return inner if isinstance(inner, dict) else body


def _settle(wish: _Wish, result: Any) -> None:
    if wish.future.done():
        return
    if isinstance(result, BaseException):
        wish.future.set_exception(result)
    else:
        wish.future.set_result(result)


def _matched(bodies: Sequence[Mapping[str, Any]], made: Sequence[Object]) -> list[Object]:
    """Which of the made objects is whose: in the order asked for, as far as the names agree,
    else by name. Raises `LostAnswer` when it can't be told."""
    if len(made) == len(bodies):
        names = [body.get("name") for body in bodies]
        if all(name in (None, item.get("name")) for name, item in zip(names, made, strict=True)):
            return list(made)
        by_name = {item.get("name"): item for item in made}
        if len(by_name) == len(bodies) and all(name in by_name for name in names):
            return [by_name[name] for name in names]
    raise LostAnswer("the answer to a bulk create does not tell which object is whose")


def _next(body: Mapping[str, Any], plural: str) -> dict[str, list[str]] | None:
    """The query of the next page, from any of the shapes in which services link it.

    Only the query: behind a proxy the host in such links is often wrong.
    """
    link: Any = body.get("next")
    links = body.get("links")
    if not link and isinstance(links, dict):
        link = links.get("next")
    if not link:
        for entry in body.get(f"{plural}_links") or ():
            if isinstance(entry, dict) and entry.get("rel") == "next":
                link = entry.get("href")
    if not isinstance(link, str):
        return None
    return parse_qs(urlsplit(link).query, keep_blank_values=True) or None
