"""OS::Nova::ServerGroup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.values import Value
from calor.model.cloud import Collection
from calor.model.resource_type import Made, Work
from calor.resources.rest import RestType
from calor.resources.wire import Body
from calor.schema import AllowedValues, Properties, Wire, prop, since

SERVER_GROUPS = Collection(
    "compute", "/os-server-groups", "server_group", "server_groups", microversion="2.64"
)
POLICIES = AllowedValues("anti-affinity", "affinity", "soft-anti-affinity", "soft-affinity")


class Rules(Properties):
    max_server_per_host: float | None = prop(doc="How many of the servers one host may have.")


class ServerGroupProperties(Properties):
    name: str | None = prop(doc="Name of the group.")
    policies: Annotated[list[str], POLICIES, Wire("")] = prop(
        ["anti-affinity"], doc="Whether its servers shall share a host."
    )
    rules: Annotated[Rules | None, Wire("")] = prop(
        doc="Rules of the policy.", support=since("17.0.0")
    )


class ServerGroup(RestType):
    """A group of servers that shall be, or not be, on one host."""

    name = "OS::Nova::ServerGroup"
    Properties = ServerGroupProperties
    support = since("2014.2")
    collection = SERVER_GROUPS
    status = ""
    surveys = True

    def shape(self, body: Body, work: Work) -> None:
        policies = work.properties.get("policies") or []
        if policies:
            body["policy"] = policies[0]
        limit = (work.properties.get("rules") or {}).get("max_server_per_host")
        if limit is not None:
            body["rules"] = {"max_server_per_host": int(limit)}

    async def survey(self, work: Work) -> Mapping[str, Value]:
        # A group tells no time, so those of the wanted name are noted before ours is made.
        return {"others": [group["id"] for group in await self._named(work)]}

    async def find(self, work: Work) -> list[Made]:
        others = dict.fromkeys(work.resource.data.get("others") or [])
        found = [str(group["id"]) for group in await self._named(work)]
        taken = await work.known(found)
        return [Made(id) for id in found if id not in others and id not in taken]

    async def _named(self, work: Work) -> list[dict[str, Any]]:
        name = self.body(work)["name"]
        groups = await work.cloud.list(SERVER_GROUPS)
        return [group for group in groups if group.get("name") == name]


TYPE = ServerGroup()
