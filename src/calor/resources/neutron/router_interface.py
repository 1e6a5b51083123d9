"""OS::Neutron::RouterInterface: a subnet or port plugged into a router by PUT alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from calor.base.errors import HttpFault, ResourceFailed
from calor.base.values import Unknown, Value
from calor.model.plan import Order
from calor.model.resource_type import Made, Work
from calor.resources.base import Type
from calor.resources.identity import is_new
from calor.resources.neutron.base import PORTS
from calor.resources.pace import unless_missing, until_free
from calor.schema import (
    Lookup,
    Problem,
    ProblemKind,
    Properties,
    hidden,
    prop,
    since,
)
from calor.schema.support import Support

GATEWAY = "network:router_gateway"
OLD = Support("HIDDEN", "6.0.0", previous=Support("DEPRECATED", "2015.1", previous=since("2014.1")))
OLDER = Support(
    "HIDDEN", "6.0.0", previous=Support("DEPRECATED", "2015.1", previous=since("2013.1"))
)


class RouterInterfaceProperties(Properties):
    router: Annotated[str, Lookup("neutron.router")] = prop(
        required=True, doc="The router, by name or id."
    )
    router_id: Annotated[str | None, Lookup("neutron.router")] = prop(
        replaced_by="router", doc="Old name of `router`.", support=OLDER
    )
    subnet_id: Annotated[str | None, Lookup("neutron.subnet")] = prop(
        replaced_by="subnet",
        doc="Old name of `subnet`.",
        support=hidden("5.0.0", deprecated="2014.2"),
    )
    subnet: Annotated[str | None, Lookup("neutron.subnet")] = prop(
        doc="Subnet to plug in, by name or id; the router gets its gateway's address."
    )
    port_id: Annotated[str | None, Lookup("neutron.port")] = prop(
        replaced_by="port", doc="Old name of `port`.", support=OLD
    )
    port: Annotated[str | None, Lookup("neutron.port")] = prop(
        doc="Port to plug in, by name or id.", support=since("2015.1")
    )

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        given = [name for name in ("subnet", "port") if values.get(name) is not None]
        if len(given) == 1:
            return []
        message = "both 'subnet' and 'port' are given" if given else "no 'subnet' and no 'port'"
        return [Problem(("subnet",), ProblemKind.CONFLICT, message, "give one of them")]


class RouterInterface(Type):
    """An interface of a router: plugs a subnet, or a port, into it."""

    name = "OS::Neutron::RouterInterface"
    Properties = RouterInterfaceProperties
    calls_cloud: ClassVar[bool] = True

    async def create(self, work: Work) -> Made:
        try:
            await _plug(work, "add_router_interface")
        except HttpFault as error:
            # The call is repeated when its answer is lost; the second one finds the first's work.
            found = await self.find(work) if error.status in (400, 409) else []
            if len(found) != 1:
                raise
        return self._made(work.properties)

    async def find(self, work: Work) -> list[Made]:
        ports = await _ports(work)
        if "subnet" in work.properties:
            ports = [port for port in ports if is_new(port, "created_at", work)]
        made = self._made(work.properties)
        if not ports or made.physical_id in await work.known([made.physical_id]):
            return []
        return [made]

    def _made(self, properties: Mapping[str, Any]) -> Made:
        key = "subnet" if "subnet" in properties else "port"
        router, plugged = properties["router"], properties[key]
        return Made(f"{router}:{key}_id={plugged}")

    async def read(self, work: Work) -> Mapping[str, Value]:
        return {}

    async def live(self, work: Work, name: str) -> Value:
        ports = await _ports(work) if name == "show" else []
        return ports[0] if ports else None

    async def check(self, work: Work) -> None:
        if not await _ports(work):
            raise ResourceFailed("the router does not have the interface any more")

    async def delete(self, work: Work) -> None:
        async def unplug() -> None:
            await unless_missing(_plug(work, "remove_router_interface"))

        await until_free(work, unplug)

    async def gone(self, work: Work) -> None:
        if await _ports(work):
            await self.delete(work)

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        # A router can't have a subnet twice, nor a subnet's gateway address be taken twice.
        for key in ("subnet", "port"):
            old, new = before.get(key), after.get(key)
            if old is not None and (old == new or isinstance(new, Unknown)):
                return Order.OLD_FIRST
        if before.get("router") == after.get("router"):
            return Order.OLD_FIRST
        return Order.NEW_FIRST


def _target(id: str) -> tuple[str, str, str]:
    """The router, the key of the body, and what is plugged in, out of a physical id."""
    router, _, rest = id.partition(":")
    key, _, plugged = rest.partition("=")
    return router, key, plugged


def _wanted(work: Work) -> tuple[str, str, str]:
    if work.resource.physical_id is not None:
        return _target(work.resource.physical_id)
    key = "subnet" if "subnet" in work.properties else "port"
    return work.properties["router"], f"{key}_id", work.properties[key]


async def _plug(work: Work, verb: str) -> None:
    router, key, plugged = _wanted(work)
    await work.cloud.call("PUT", "network", f"/v2.0/routers/{router}/{verb}", body={key: plugged})


async def _ports(work: Work) -> list[dict[str, Any]]:
    """The router's ports that are this interface."""
    router, key, plugged = _wanted(work)
    query = {"device_id": router}
    ports = await work.cloud.list(PORTS, query if key == "subnet_id" else {**query, "id": plugged})
    inner = [port for port in ports if port.get("device_owner") != GATEWAY]
    if key == "port_id":
        return inner
    return [
        port
        for port in inner
        if any(fixed.get("subnet_id") == plugged for fixed in port.get("fixed_ips") or [])
    ]


TYPE = RouterInterface()
