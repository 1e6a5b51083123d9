"""The Cloud that steps get: calls under way are joined when a run stops, waits are dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from calor.engine.stop import Stop
from calor.model.cloud import Answer, Cloud, Collection

Query = Mapping[str, str | Sequence[str]]


class JoinedCloud:
    """A `Cloud` over another one, for the time of one run."""

    def __init__(self, cloud: Cloud, stop: Stop) -> None:
        self._cloud = cloud
        self._stop = stop

    @property
    def project_id(self) -> str:
        return self._cloud.project_id

    @property
    def user_id(self) -> str:
        return self._cloud.user_id

    async def call(
        self,
        method: str,
        service: str,
        path: str,
        *,
        body: Any = None,
        query: Query | None = None,
        microversion: str = "",
        safe: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        return await self._stop.joined(
            self._cloud.call(
                method,
                service,
                path,
                body=body,
                query=query,
                microversion=microversion,
                safe=safe,
                headers=headers,
            )
        )

    async def create(self, collection: Collection, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self._stop.joined(self._cloud.create(collection, body))

    async def show(
        self, collection: Collection, id: str, *, lately: bool = False
    ) -> dict[str, Any] | None:
        return await self._cloud.show(collection, id, lately=lately)

    def foresee(self, collection: Collection, id: str) -> dict[str, Any] | None:
        return self._cloud.foresee(collection, id)

    async def list(
        self, collection: Collection, query: Query | None = None
    ) -> list[dict[str, Any]]:
        return await self._cloud.list(collection, query)

    async def update(
        self, collection: Collection, id: str, body: Mapping[str, Any], *, method: str = "PUT"
    ) -> dict[str, Any]:
        return await self._stop.joined(self._cloud.update(collection, id, body, method=method))

    async def delete(self, collection: Collection, id: str) -> bool:
        return await self._stop.joined(self._cloud.delete(collection, id))

    async def watch(
        self, collection: Collection, id: str, done: Callable[[dict[str, Any] | None], bool]
    ) -> dict[str, Any] | None:
        return await self._cloud.watch(collection, id, done)

    async def find(self, kind: str, name_or_id: str) -> str:
        return await self._cloud.find(kind, name_or_id)

    async def supports(self, service: str, extension: str) -> bool:
        return await self._cloud.supports(service, extension)
