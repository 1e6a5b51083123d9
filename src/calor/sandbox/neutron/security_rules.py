"""Neutron's security group rules: what they may say, and that none is there twice.

Nothing is filtered; there are no packets.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.neutron.kind import READ_ONLY, STANDARD, Field, Kind, find
from calor.sandbox.neutron.rules import (
    one_of,
    optional_identifier,
    optional_integer,
    optional_string,
)
from calor.sandbox.neutron.security_groups import SECURITY_GROUP, rule_row
from calor.sandbox.neutron.state import Network, touch
from calor.sandbox.table import Row
from calor.sandbox.world import World

PROTOCOLS = (
    "ah",
    "dccp",
    "egp",
    "esp",
    "gre",
    "hopopt",
    "icmp",
    "igmp",
    "ip",
    "ipip",
    "ipv6-encap",
    "ipv6-frag",
    "ipv6-icmp",
    "icmpv6",
    "ipv6-nonxt",
    "ipv6-opts",
    "ipv6-route",
    "ospf",
    "pgm",
    "rsvp",
    "sctp",
    "tcp",
    "udp",
    "udplite",
    "vrrp",
)
WITH_PORTS = ("tcp", "udp", "dccp", "sctp", "udplite", "6", "17", "33", "132", "136")
ICMP = ("icmp", "ipv6-icmp", "icmpv6", "1", "58")
SAID = (
    "security_group_id",
    "ethertype",
    "direction",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
    "remote_address_group_id",
)
"""The fields that make two rules the same rule."""


def _protocol(name: str, value: Any) -> str | None:
    if value is None or str(value).lower() in ("", "any"):
        return None
    text = str(value).lower()
    if text in PROTOCOLS or (text.isdigit() and int(text) <= 255):
        return text
    names = ", ".join(f"'{item}'" for item in ("any", *PROTOCOLS))
    raise Refusal(
        400,
        f"Security group rule protocol {value} not supported. Only protocol values (None, "
        f"{names}) and integer representations [0 to 255] are supported.",
        "SecurityGroupRuleInvalidProtocol",
    )


def _ethertype(name: str, value: Any) -> str:
    for known in ("IPv4", "IPv6"):
        if str(value).lower() == known.lower():
            return known
    raise Refusal(
        400,
        f"Security group rule for ethertype '{value}' not supported. Allowed values are "
        "['IPv4', 'IPv6'].",
        "SecurityGroupRuleInvalidEtherType",
    )


def _prefix(name: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    try:
        ip_network(value, strict=False)
    except ValueError:
        raise Refusal(400, f"Invalid CIDR {value} given as IP prefix.", "InvalidCIDR") from None
    return str(value) if "/" in str(value) else str(ip_network(value))


def _check_ports(values: Row) -> None:
    low, high, protocol = values["port_range_min"], values["port_range_max"], values["protocol"]
    if low is None and high is None:
        return
    if protocol is None:
        raise Refusal(
            400,
            "Must also specify protocol if port range is given.",
            "SecurityGroupProtocolRequiredWithPorts",
        )
    if protocol in ICMP:
        _check_icmp(low, high)
        return
    if protocol not in WITH_PORTS:
        raise Refusal(
            400,
            "Port range cannot be specified for protocol " + protocol + ".",
            "SecurityGroupInvalidProtocolForPort",
        )
    for port in (low, high):
        if port is not None and not 0 <= port <= 65535:
            raise Refusal(400, f"Invalid value for port {port}", "SecurityGroupInvalidPortValue")
    if low is None or high is None or low > high:
        raise Refusal(
            400,
            "For TCP/UDP protocols, port_range_min must be <= port_range_max",
            "SecurityGroupInvalidPortRange",
        )


def _check_icmp(kind: int | None, code: int | None) -> None:
    named = {"type": ("port_range_min", kind), "code": ("port_range_max", code)}
    for label, (field, value) in named.items():
        if value is not None and not 0 <= value <= 255:
            raise Refusal(
                400,
                f"Invalid value for ICMP {label} ({field}) {value}. It must be 0 to 255.",
                "SecurityGroupInvalidIcmpValue",
            )
    if kind is None:
        raise Refusal(
            400,
            f"ICMP code (port-range-max) {code} is provided but ICMP type (port-range-min) is "
            "missing.",
            "SecurityGroupMissingIcmpType",
        )


def _check_remote(values: Row) -> None:
    remotes = ("remote_ip_prefix", "remote_group_id", "remote_address_group_id")
    if sum(values[name] is not None for name in remotes) > 1:
        raise Refusal(
            400,
            "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be "
            "provided.",
            "SecurityGroupMultipleRemoteEntites",
        )
    prefix = values["remote_ip_prefix"]
    if prefix and ip_network(prefix, strict=False).version != int(values["ethertype"][-1]):
        raise Refusal(
            400,
            f"Conflicting value ethertype {values['ethertype']} for CIDR {prefix}",
            "SecurityGroupRuleParameterConflict",
        )


def _create(world: World, call: Call, values: Row) -> Row:
    state = world.part(Network)
    group = find(world, SECURITY_GROUP, call.actor, values["security_group_id"])
    _check_ports(values)
    _check_remote(values)
    if values["remote_group_id"]:
        find(world, SECURITY_GROUP, call.actor, values["remote_group_id"])
    for other in state.rules.where("security_group_id", group["id"]):
        if all(other[name] == values[name] for name in SAID):
            raise Refusal(
                409,
                f"Security group rule already exists. Rule id is {other['id']}.",
                "SecurityGroupRuleExists",
            )
    prefix = values["remote_ip_prefix"]
    said = {name: values[name] for name in (*SAID, "description")}
    said["normalized_cidr"] = str(ip_network(prefix, strict=False)) if prefix else None
    row = {**rule_row(world, call.now, group, said), "project_id": values["project_id"]}
    row["tenant_id"] = row["project_id"]
    touch(group, call.now)
    return state.rules.add(row)


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    world.part(Network).rules.change(row, **changes)
    touch(row, call.now)


def _delete(world: World, call: Call, row: Row) -> None:
    state = world.part(Network)
    group = state.security_groups.get(row["security_group_id"])
    if group is not None:
        touch(group, call.now)
    state.rules.remove(row)


def _view(world: World, actor: Actor, row: Row) -> Row:
    return row


def _missing(key: str) -> Refusal:
    return Refusal(404, f"Security group rule {key} does not exist", "SecurityGroupRuleNotFound")


SECURITY_RULE = Kind(
    one="security_group_rule",
    many="security_group_rules",
    table=lambda state: state.rules,
    fields={
        **{name: STANDARD[name] for name in STANDARD if name not in ("name", "status")},
        "security_group_id": Field(required=True, put=False),
        "direction": Field(required=True, check=one_of("ingress", "egress"), put=False),
        "ethertype": Field("IPv4", _ethertype, put=False),
        "protocol": Field(None, _protocol, put=False),
        "port_range_min": Field(None, optional_integer, put=False),
        "port_range_max": Field(None, optional_integer, put=False),
        "remote_ip_prefix": Field(None, _prefix, put=False),
        "remote_group_id": Field(None, optional_identifier, put=False),
        "remote_address_group_id": Field(None, optional_string, put=False),
        "normalized_cidr": READ_ONLY,
        "belongs_to_default_sg": READ_ONLY,
    },
    missing=_missing,
    create=_create,
    update=_update,
    delete=_delete,
    drop=lambda world, row: world.part(Network).rules.remove(row),
    view=_view,
    visible=lambda world, actor, row: (
        actor.is_admin or row["project_id"] == actor.project_id or _group_is_own(world, actor, row)
    ),
    quota="security_group_rule",
)


def _group_is_own(world: World, actor: Actor, row: Row) -> bool:
    group = world.part(Network).security_groups.get(row["security_group_id"])
    return group is not None and group["project_id"] == actor.project_id
