"""OS::Neutron::FloatingIPAssociation: a floating IP led to a port, by PUT alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from calor.base.errors import ResourceFailed
from calor.base.values import Value
from calor.model.resource_type import Made, Sibling, Work
from calor.resources.base import Type
from calor.resources.neutron.base import FLOATING_IPS
from calor.resources.neutron.ways import interfaces
from calor.resources.pace import unless_missing
from calor.schema import FORMATS, Lookup, Properties, prop


class FloatingIPAssociationProperties(Properties):
    floatingip_id: str = prop(required=True, update=True, doc="Id of the floating IP.")
    port_id: Annotated[str, Lookup("neutron.port")] = prop(
        required=True, update=True, doc="Port to which it leads, by name or id."
    )
    fixed_ip_address: Annotated[str | None, FORMATS["ip_addr"]] = prop(
        update=True, doc="Address of the port to which it leads, where the port has several."
    )


class FloatingIPAssociation(Type):
    """Leads a floating IP to a port."""

    name = "OS::Neutron::FloatingIPAssociation"
    Properties = FloatingIPAssociationProperties
    calls_cloud: ClassVar[bool] = True
    finds_at_once: ClassVar[bool] = True

    async def create(self, work: Work) -> Made:
        return await _lead(work)

    async def find(self, work: Work) -> list[Made]:
        # The PUT may be sent again: it takes nothing from anybody that the first did not.
        return []

    async def check(self, work: Work) -> None:
        floating, port = _led(work)
        thing = await work.cloud.show(FLOATING_IPS, floating)
        if thing is None:
            raise ResourceFailed("the floating IP is not there any more")
        if thing.get("port_id") != port:
            raise ResourceFailed("the floating IP does not lead to the port any more")

    async def live(self, work: Work, name: str) -> Value:
        return await work.cloud.show(FLOATING_IPS, _led(work)[0]) if name == "show" else None

    async def update(self, work: Work) -> Made | None:
        old = _led(work)
        if old[0] != work.properties["floatingip_id"]:
            await _release(work, *old)
        return await _lead(work)

    async def delete(self, work: Work) -> None:
        await _release(work, *_led(work))

    def implicit_needs(self, own: Sibling, siblings: Mapping[str, Sibling]) -> tuple[str, ...]:
        return tuple(interfaces(own, "port_id", siblings))


def _led(work: Work) -> tuple[str, str]:
    """The floating IP and the port that are associated now."""
    floating, _, port = work.id.partition(":")
    return floating, port


async def _lead(work: Work) -> Made:
    floating, port = work.properties["floatingip_id"], work.properties["port_id"]
    body = {"port_id": port}
    if work.properties.get("fixed_ip_address"):
        body["fixed_ip_address"] = work.properties["fixed_ip_address"]
    await work.cloud.update(FLOATING_IPS, floating, body)
    return Made(f"{floating}:{port}")


async def _release(work: Work, floating: str, port: str) -> None:
    """Takes the floating IP from the port, unless it leads elsewhere by now."""
    thing = await work.cloud.show(FLOATING_IPS, floating)
    if thing is not None and thing.get("port_id") == port:
        await unless_missing(work.cloud.update(FLOATING_IPS, floating, {"port_id": None}))


TYPE = FloatingIPAssociation()
