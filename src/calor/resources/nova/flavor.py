"""OS::Nova::Flavor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.values import Value
from calor.model.cloud import Collection
from calor.model.plan import Order
from calor.model.resource_type import Made, Work
from calor.resources.pace import unless_missing
from calor.resources.rest import RestType, Thing
from calor.resources.wire import Body
from calor.schema import Attributes, Lookup, Properties, Wire, attribute, prop, since

FLAVORS = Collection("compute", "/flavors", "flavor", "flavors", detail="/detail")
PUBLIC = "os-flavor-access:is_public"


class FlavorProperties(Properties):
    tenants: Annotated[list[Annotated[str, Lookup("keystone.project")]], Wire("")] = prop(
        [],
        update=True,
        doc="Projects that may use it when it is not public, by name or id.",
        support=since("8.0.0"),
    )
    ram: int = prop(required=True, doc="Memory in MiB.")
    vcpus: int = prop(required=True, doc="Number of virtual CPUs.")
    disk: int = prop(0, doc="Root disk in GiB; 0 takes the image's size.")
    flavorid: Annotated[str | None, Wire("id")] = prop(
        doc="Id of the flavor; a new one when absent.", support=since("7.0.0")
    )
    name: str | None = prop(doc="Name of the flavor.", support=since("7.0.0"))
    swap: int = prop(0, doc="Swap space in MiB.")
    ephemeral: Annotated[int, Wire("OS-FLV-EXT-DATA:ephemeral")] = prop(
        0, doc="Second, ephemeral disk in GiB."
    )
    rxtx_factor: float = prop(1.0, doc="Share of the network's bandwidth.")
    extra_specs: Annotated[dict[str, Any] | None, Wire("")] = prop(
        update=True, doc="What hosts must offer, by key."
    )
    is_public: Annotated[bool, Wire(PUBLIC)] = prop(
        True, doc="Whether every project may use it.", support=since("6.0.0")
    )


class FlavorAttributes(Attributes):
    is_public: bool = attribute(
        "Whether every project may use it.", wire=PUBLIC, support=since("6.0.0")
    )
    extra_specs: dict[str, Any] = attribute(
        "What hosts must offer, by key.", wire="", support=since("7.0.0")
    )


class Flavor(RestType):
    """A flavor: how large servers are. Only admins make them."""

    name = "OS::Nova::Flavor"
    Properties = FlavorProperties
    Attributes = FlavorAttributes
    support = since("2014.2")
    collection = FLAVORS
    status = ""
    surveys = True

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        exclusive = any(
            before.get(name) is not None and before.get(name) == after.get(name)
            for name in ("name", "flavorid")
        )
        return Order.OLD_FIRST if exclusive else Order.NEW_FIRST

    def shape(self, body: Body, work: Work) -> None:
        # An id of our own tells the flavor of a lost create from any other.
        body.setdefault("id", work.resource.id)

    async def survey(self, work: Work) -> Mapping[str, Value]:
        body = self.body(work)
        return {"taken": await work.cloud.show(FLAVORS, str(body["id"])) is not None}

    async def find(self, work: Work) -> list[Made]:
        if work.resource.data.get("taken"):
            return []  # the id was somebody else's before we called
        id = str(self.body(work)["id"])
        return [Made(id)] if await work.cloud.show(FLAVORS, id) is not None else []

    async def finish(self, work: Work) -> None:
        await self._set_extra_specs(work)
        if not work.properties.get("is_public"):
            await self._set_access(work)

    async def _set_extra_specs(self, work: Work) -> None:
        wanted = {
            key: str(value) for key, value in (work.properties.get("extra_specs") or {}).items()
        }
        path = f"{FLAVORS.path}/{work.id}/os-extra_specs"
        live = (await work.cloud.call("GET", "compute", path)).body["extra_specs"]
        for key in [key for key in live if key not in wanted]:
            await unless_missing(work.cloud.call("DELETE", "compute", f"{path}/{key}"))
        missing = {key: value for key, value in wanted.items() if live.get(key) != value}
        if missing:
            body = {"extra_specs": missing}
            await work.cloud.call("POST", "compute", path, body=body, safe=True)

    async def _set_access(self, work: Work) -> None:
        wanted = [str(tenant) for tenant in work.properties.get("tenants") or []]
        path = f"{FLAVORS.path}/{work.id}/os-flavor-access"
        access = (await work.cloud.call("GET", "compute", path)).body["flavor_access"]
        live = [item["tenant_id"] for item in access]
        changes = [("removeTenantAccess", tenant) for tenant in live if tenant not in wanted]
        changes += [("addTenantAccess", tenant) for tenant in wanted if tenant not in live]
        for action, tenant in changes:
            await work.cloud.call(
                "POST",
                "compute",
                f"{FLAVORS.path}/{work.id}/action",
                body={action: {"tenant": tenant}},
            )

    async def more_attributes(self, work: Work, thing: Thing) -> Mapping[str, Value]:
        path = f"{FLAVORS.path}/{work.id}/os-extra_specs"
        return {"extra_specs": (await work.cloud.call("GET", "compute", path)).body["extra_specs"]}


TYPE = Flavor()
