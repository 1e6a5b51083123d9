"""What an OS::Nova::Server may be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.values import Value
from calor.resources.neutron.port import PortExtra
from calor.resources.nova import block_devices
from calor.resources.nova.user_data import CFNTOOLS, RAW, SOFTWARE_CONFIG
from calor.schema import (
    FORMATS,
    AllowedValues,
    Attributes,
    Length,
    Lookup,
    Problem,
    ProblemKind,
    Properties,
    Unavailable,
    Wire,
    attribute,
    deprecated,
    hidden,
    prop,
    since,
)
from calor.schema.support import Support

LATER = "software deployments are not available yet; leave it out"


class NetworkOfServer(Properties):
    """An item of `networks`: one interface of the server."""

    uuid: Annotated[str | None, Lookup("neutron.network")] = prop(
        replaced_by="network",
        doc="Old name of `network`.",
        support=hidden("5.0.0", deprecated="2014.1"),
    )
    network: Annotated[str | None, Lookup("neutron.network")] = prop(
        doc="Network to connect with, by name or id."
    )
    allocate_network: Annotated[str | None, AllowedValues("none", "auto")] = prop(
        update=True,
        doc="`auto` lets Nova choose or make a network, `none` gives no interface; alone.",
        support=since("9.0.0"),
    )
    fixed_ip: Annotated[str | None, FORMATS["ip_addr"]] = prop(
        doc="Address of the interface; a free one when absent."
    )
    port: Annotated[str | None, Lookup("neutron.port")] = prop(doc="Port to take, by name or id.")
    port_extra_properties: PortExtra | None = prop(
        update=True,
        doc="More properties of the port that is made for the interface.",
        support=since("6.0.0"),
    )
    subnet: Annotated[str | None, Lookup("neutron.subnet", shown=False)] = prop(
        doc="Subnet from which the address is, by name or id.", support=since("5.0.0")
    )
    floating_ip: str | None = prop(
        doc="Id of a floating IP that shall lead to the interface.", support=since("6.0.0")
    )
    tag: str | None = prop(
        doc="Tag by which the guest knows the interface.", support=since("9.0.0")
    )


class SwiftData(Properties):
    container: Annotated[str | None, Length(min=1)] = prop(doc="Name of the container.")
    object: Annotated[str | None, Length(min=1)] = prop(doc="Name of the object.")


class ServerProperties(Properties):
    name: str | None = prop(update=True, doc="Name of the server.")
    image: Annotated[str | None, Lookup("glance.image"), Wire("imageRef", create_only=True)] = prop(
        update=True, doc="Image to start from, by name or id; absent to start from a volume."
    )
    block_device_mapping: Annotated[list[block_devices.OldDisk] | None, Wire("")] = prop(
        doc="Volumes of the server, in the older form."
    )
    block_device_mapping_v2: Annotated[list[block_devices.NewDisk] | None, Wire("")] = prop(
        doc="Disks of the server.", support=since("2015.1")
    )
    flavor: Annotated[str, Lookup("nova.flavor"), Wire("flavorRef", create_only=True)] = prop(
        required=True, update=True, doc="Size of the server, by name or id."
    )
    flavor_update_policy: Annotated[str, AllowedValues("RESIZE", "REPLACE"), Wire("")] = prop(
        "RESIZE", update=True, doc="What a new flavor does: resize the server, or make another."
    )
    image_update_policy: Annotated[
        str, AllowedValues("REBUILD", "REPLACE", "REBUILD_PRESERVE_EPHEMERAL"), Wire("")
    ] = prop(
        "REBUILD", update=True, doc="What a new image does: rebuild the server, or make another."
    )
    key_name: Annotated[str | None, Lookup("nova.keypair")] = prop(
        doc="Key pair of who may log in."
    )
    admin_user: Annotated[str | None, Wire("")] = prop(
        doc="Had the name of the guest's administrator; has no effect any more.",
        support=hidden("5.0.0", deprecated="2014.1", supported="2013.2"),
    )
    availability_zone: str | None = prop(doc="Zone in which the server is made.")
    security_groups: Annotated[list[Any], Wire("")] = prop(
        [], doc="Security groups, by name or id, of the interfaces that bring no port along."
    )
    networks: Annotated[list[NetworkOfServer] | None, Wire("")] = prop(
        update=True, doc="Interfaces of the server, in order; what the cloud likes when absent."
    )
    scheduler_hints: Annotated[dict[str, Any] | None, Wire("")] = prop(
        doc="Hints for the choice of the host."
    )
    metadata: Annotated[dict[str, Any], Wire("metadata", create_only=True)] = prop(
        {}, update=True, doc="Words of your own, by key; what is no text becomes JSON."
    )
    user_data_format: Annotated[
        str,
        AllowedValues(CFNTOOLS, RAW, SOFTWARE_CONFIG),
        Unavailable(LATER, SOFTWARE_CONFIG),
        Wire(""),
    ] = prop(CFNTOOLS, doc="How `user_data` reaches the guest: as it is, or wrapped with more.")
    user_data_update_policy: Annotated[
        str, AllowedValues("REPLACE", "IGNORE", "REBUILD"), Wire("")
    ] = prop("REPLACE", update=True, doc="What new user data does.", support=since("6.0.0"))
    software_config_transport: Annotated[
        str,
        AllowedValues("POLL_SERVER_CFN", "POLL_SERVER_HEAT", "POLL_TEMP_URL", "ZAQAR_MESSAGE"),
        Unavailable(LATER),
        Wire(""),
    ] = prop("POLL_SERVER_CFN", update=True, doc="How the guest gets its software deployments.")
    user_data: Annotated[str, Wire("")] = prop(
        "", update=True, doc="What the guest does or reads when it starts for the first time."
    )
    reservation_id: Annotated[str | None, Wire("return_reservation_id")] = prop(
        doc="Whether Nova tells the server's reservation."
    )
    config_drive: bool | None = prop(doc="Whether the guest finds its data on a disk.")
    diskConfig: Annotated[  # noqa: N815  # the name that Heat gave it
        str | None, AllowedValues("AUTO", "MANUAL"), Wire("OS-DCF:diskConfig")
    ] = prop(doc="Whether the disk is partitioned for the guest.")
    personality: Annotated[dict[str, Any], Wire("")] = prop(
        {},
        doc="Files to put into the guest: contents by path.",
        support=deprecated("12.0.0"),
    )
    admin_pass: Annotated[str | None, Wire("adminPass", create_only=True)] = prop(
        update=True, sensitive=True, doc="Password of the guest's administrator."
    )
    tags: Annotated[list[str] | None, Wire("")] = prop(
        update=True, doc="Tags of the server.", support=since("8.0.0")
    )
    deployment_swift_data: Annotated[SwiftData, Unavailable(LATER), Wire("")] = prop(
        {},
        update=True,
        doc="Where in Swift the server's deployments are kept.",
        support=since("9.0.0"),
    )

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        return [*_network_problems(values.get("networks")), *block_devices.problems(values)]


def _network_problems(networks: Value) -> list[Problem]:
    items = networks if isinstance(networks, list) else []
    found = []
    for at, item in enumerate(items):
        if isinstance(item, dict):
            found += _interface_problems(at, item, alone=len(items) == 1)
    return found


def _interface_problems(at: int, item: Mapping[str, Value], *, alone: bool) -> list[Problem]:
    path = ("networks", at)
    given = [name for name in item if item[name] is not None]
    if "allocate_network" in given:
        if len(given) == 1 and alone:
            return []
        message = "'allocate_network' can't be given together with anything else"
        return [Problem((*path, "allocate_network"), ProblemKind.CONFLICT, message)]
    if not any(name in given for name in ("network", "port", "subnet")):
        message = "an interface needs one of 'network', 'port', 'subnet', 'allocate_network'"
        return [Problem(path, ProblemKind.MISSING, message)]
    banned = [name for name in ("fixed_ip", "port_extra_properties") if name in given]
    if "port" in given and banned:
        message = f"{banned[0]!r} is the port's own matter where a 'port' is given"
        return [Problem((*path, banned[0]), ProblemKind.CONFLICT, message)]
    return []


OLD = Support("DEPRECATED", "14.0.0", previous=since("2015.1"))


class ServerAttributes(Attributes):
    name: str = attribute("Name of the server.")
    addresses: dict[str, Any] = attribute(
        "Addresses by the network's name and by its id, with port, network and subnets.",
        wire="",
        support=since("11.0.0", previous=Support()),
    )
    networks: dict[str, Any] = attribute(
        "Lists of addresses by the network's name and by its id.", wire=""
    )
    first_address: Any = attribute(
        "The first address; better take one out of `networks`.",
        wire="",
        support=hidden("5.0.0", deprecated="2014.2", supported="2013.2"),
    )
    instance_name: str = attribute(
        "Name of the server in its host; told to administrators only.",
        wire="OS-EXT-SRV-ATTR:instance_name",
    )
    accessIPv4: str = attribute("Address to reach it, if somebody set one.", support=OLD)  # noqa: N815  # Heat's name
    accessIPv6: str = attribute("Address to reach it, if somebody set one.", support=OLD)  # noqa: N815  # Heat's name
    console_urls: dict[str, Any] = attribute(
        "URLs of its consoles, by kind.", live=True, support=since("2015.1")
    )
    tags: list[Any] = attribute("Tags of the server.", support=since("8.0.0"))
    os_collect_config: dict[str, Any] = attribute(
        "How the guest gets its software deployments.", live=True, wire="", support=since("9.0.0")
    )
