"""The Cloud port: one stack's or caller's view of a project.

A thin face: what is shared by all who use the same credential lives in `Project`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from calor.base.errors import HttpFault, LoginFailed
from calor.cloud.flight import SingleFlight
from calor.cloud.lookups import Lookups
from calor.cloud.objects import Objects
from calor.cloud.session import Call, Guard, Session, unguarded
from calor.cloud.watch import Watch
from calor.model.cloud import Answer, Collection

_EXTENSIONS = {
    "network": "/v2.0/extensions",
    "compute": "/extensions",
    "volumev3": "/extensions",
    "block-storage": "/extensions",
}


class Project:
    """What is shared by everybody who uses one credential: bulk, watches, look-ups."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lookups = Lookups(session, self.objects)
        self._objects: dict[Collection, Objects] = {}
        self._watches: dict[Collection, Watch] = {}
        self._extensions: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._flights = SingleFlight()

    def objects(self, collection: Collection) -> Objects:
        found = self._objects.get(collection)
        if found is None:
            found = self._objects[collection] = Objects(self.session, collection)
        return found

    def watch(self, collection: Collection) -> Watch:
        found = self._watches.get(collection)
        if found is None:
            found = self._watches[collection] = Watch(self.objects(collection))
        return found

    def touched(self, path: str) -> None:
        """A call that changes something went to this path: what we know of its objects is old."""
        for part in path.split("/")[2:]:  # the first is the collection's, or a version
            for objects in self._objects.values():
                objects.memory.changed(part)

    def born(self, service: str, path: str, answer: Answer) -> None:
        """A POST was answered: one to a collection has made what the answer tells of."""
        for collection, objects in self._objects.items():
            if collection.path == path and collection.service == service:
                made = answer.body.get(collection.singular)
                if isinstance(made, dict) and isinstance(made.get("id"), str):
                    objects.memory.born(made["id"])

    def has_other_parts(self, whole: str = "") -> None:
        """What consists of objects that we make or delete tells something else now; '' is unknown
        which."""
        for objects in self._objects.values():
            if whole:
                objects.memory.changed(whole)
            else:
                objects.memory.unsure()

    async def extensions(self, service: str) -> tuple[str, ...]:
        """The aliases of a service's extensions, remembered like names."""
        clock, lifetime = self.session.site.clock, self.session.site.settings.lookup_lifetime
        known = self._extensions.get(service)
        if known is None or clock.monotonic() - known[0] > lifetime:
            known = await self._flights.run(service, lambda: self._ask_extensions(service))
        return known[1]

    async def _ask_extensions(self, service: str) -> tuple[float, tuple[str, ...]]:
        path = _EXTENSIONS.get(service)
        aliases: tuple[str, ...] = ()
        if path is not None:
            answer = await self.session.call(Call("GET", service, path))
            found = answer.body.get("extensions", []) if isinstance(answer.body, dict) else []
            aliases = tuple(str(item.get("alias")) for item in found)
        known = self._extensions[service] = (self.session.site.clock.monotonic(), aliases)
        return known


class OpenStackCloud:
    """Implements `model.cloud.Cloud` for one project and user; `guard` fences each call."""

    def __init__(
        self, project: Project, *, project_id: str, user_id: str, guard: Guard = unguarded
    ) -> None:
        self._project = project
        self._project_id = project_id
        self._user_id = user_id
        self._guard = guard

    @property
    def project_id(self) -> str:
        return self._project_id

    @property
    def user_id(self) -> str:
        return self._user_id

    async def call(
        self,
        method: str,
        service: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
        microversion: str = "",
        safe: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        if method not in ("GET", "HEAD"):
            self._project.touched(path)
        call = Call(method, service, path, body, query, microversion, safe, headers)
        answer = await self._project.session.call(call, self._guard)
        if method == "POST" and isinstance(answer.body, dict):
            self._project.born(service, path, answer)
        return answer

    async def create(self, collection: Collection, body: Mapping[str, Any]) -> dict[str, Any]:
        made = await self._project.objects(collection).create(body, self._guard)
        if collection.part_of:
            self._project.has_other_parts(str(body.get(collection.part_of)))
        return made

    async def show(
        self, collection: Collection, id: str, *, lately: bool = False
    ) -> dict[str, Any] | None:
        return await self._project.objects(collection).show(id, self._guard, lately=lately)

    def foresee(self, collection: Collection, id: str) -> dict[str, Any] | None:
        return self._project.objects(collection).foresee(id)

    async def list(
        self, collection: Collection, query: Mapping[str, str | Sequence[str]] | None = None
    ) -> list[dict[str, Any]]:
        return (await self._project.objects(collection).every(query, self._guard)).items

    async def update(
        self, collection: Collection, id: str, body: Mapping[str, Any], *, method: str = "PUT"
    ) -> dict[str, Any]:
        return await self._project.objects(collection).update(id, body, method, self._guard)

    async def delete(self, collection: Collection, id: str) -> bool:
        deleted = await self._project.objects(collection).delete(id, self._guard)
        if collection.part_of:
            self._project.has_other_parts()
        return deleted

    async def watch(
        self,
        collection: Collection,
        id: str,
        done: Callable[[dict[str, Any] | None], bool],
    ) -> dict[str, Any] | None:
        return await self._project.watch(collection).wait(id, done, self._guard)

    async def find(self, kind: str, name_or_id: str) -> str:
        return await self._project.lookups.find(
            kind, name_or_id, project_id=self._project_id, user_id=self._user_id
        )

    async def supports(self, service: str, extension: str) -> bool:
        session = self._project.session
        identity = await session.identity()
        try:
            session.base(identity, service)
        except LoginFailed:
            return False
        if not extension:
            return True
        try:
            return extension in await self._project.extensions(service)
        except HttpFault as error:
            if error.status == 404:
                return False
            raise
