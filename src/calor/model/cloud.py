"""The Cloud port: what a resource type may ask of an OpenStack cloud.

A `Cloud` is bound to one project and credential. It hides log-in, catalog, retries, paging,
bulk, the rhythm of polling. It knows collections and bodies, no resource types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from calor.base.records import record


@dataclass(frozen=True, slots=True)
class Collection:
    """One REST collection, as `Collection('network', '/v2.0/ports', 'port', 'ports')`.

    - `service`: the catalog's type: identity, compute, network, volumev3 (alias block-storage),
      image, ...
    - `path`: below the service's endpoint (which ends in `/v2.1`, `/v3/PROJECT` and so on only
      where the catalog says so; network's `/v2.0` and image's `/v2` and identity's `/v3` are
      part of the path).
    - `singular`, `plural`: the keys around one and around many.
    - `microversion`: the highest one that we understand, negotiated down per call; '' for none.
    - `bulk`: the API creates many in one POST under the plural key, all or nothing.
    - `id_filter`: the query key that takes many ids, '' where a list can't be narrowed by id.
    - `detail`: path suffix of the list that shows whole objects ('/detail' for servers).
    - `changed_since`: the query key that narrows a list to what changed, '' where there is none.
    - `part_of`: the field with the id of an object in another collection that tells its parts, as
      a network does its subnets; '' where there is none.
    """

    service: str
    path: str
    singular: str
    plural: str
    microversion: str = ""
    bulk: bool = False
    id_filter: str = ""
    detail: str = ""
    changed_since: str = ""
    part_of: str = ""

    def __hash__(self) -> int:
        return hash(self.path)  # it tells nearly all apart, and is by far the quickest


@record()
class Answer:
    """A successful answer: status, headers in lower case, the parsed JSON body (None if empty)."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Cloud(Protocol):
    """A project of a cloud. All methods raise `errors.CloudError` kinds; `HttpFault` carries the
    status. Calls that are safe to repeat (GET, PUT, DELETE, or `safe=True`) are repeated after
    transient faults; a POST is repeated only when it surely never took effect (`NotSent`, 413,
    429, 503 with Retry-After) and raises `LostAnswer` when nobody knows.
    """

    @property
    def project_id(self) -> str: ...

    @property
    def user_id(self) -> str: ...

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
        """One call below a service's endpoint."""
        ...

    async def create(self, collection: Collection, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST one object (`body` without its singular key); returns the object. Creates of a
        bulk collection that are asked for together travel together, and one bad fails alone."""
        ...

    async def show(
        self, collection: Collection, id: str, *, lately: bool = False
    ) -> dict[str, Any] | None:
        """GET one object; None when it is not there (404). `lately`: what was said of it in the
        last seconds will do, for who reads only what nobody but us changes."""
        ...

    def foresee(self, collection: Collection, id: str) -> dict[str, Any] | None:
        """What was said of the object in the last seconds; where nothing was, begins to read it:
        somebody will `show` it `lately` soon."""
        ...

    async def list(
        self, collection: Collection, query: Mapping[str, str | Sequence[str]] | None = None
    ) -> list[dict[str, Any]]:
        """All objects that match, over all pages."""
        ...

    async def update(
        self, collection: Collection, id: str, body: Mapping[str, Any], *, method: str = "PUT"
    ) -> dict[str, Any]:
        """Changes an object; returns it."""
        ...

    async def delete(self, collection: Collection, id: str) -> bool:
        """DELETE one object; False when it was not there."""
        ...

    async def watch(
        self,
        collection: Collection,
        id: str,
        done: Callable[[dict[str, Any] | None], bool],
    ) -> dict[str, Any] | None:
        """Waits until `done(object)` is true (the object is None when it is gone) and returns the
        object. `done` may raise (`ResourceFailed`), which ends the wait. Waits for many objects of
        a collection share polls: the cheaper of single reads and one filtered list."""
        ...

    async def find(self, kind: str, name_or_id: str) -> str:
        """The id for a name or id, of a kind like `neutron.network`, `nova.flavor`,
        `glance.image` (the custom constraints' names). Remembered for a minute per project.
        Raises `errors.NotFound` or, for several of that name, `errors.Conflict`."""
        ...

    async def supports(self, service: str, extension: str) -> bool:
        """Whether a service is in the catalog and, if named, has the extension (by its alias)."""
        ...
