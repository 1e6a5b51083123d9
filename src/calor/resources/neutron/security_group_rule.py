"""OS::Neutron::SecurityGroupRule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from calor.base.values import Value
from calor.model.plan import Order
from calor.resources.identity import Likeness
from calor.resources.neutron.base import SECURITY_GROUP_RULES, NeutronType
from calor.resources.neutron.rules import DIRECTIONS, ETHERTYPES, PORT_NUMBER, PROTOCOLS
from calor.schema import (
    FORMATS,
    Lookup,
    Problem,
    ProblemKind,
    Properties,
    Wire,
    prop,
    since,
)


class SecurityGroupRuleProperties(Properties):
    security_group: Annotated[str, Lookup("neutron.security_group"), Wire("security_group_id")] = (
        prop(required=True, doc="Group to which the rule belongs, by name or id.")
    )
    description: str | None = prop(doc="What the rule is for.")
    direction: Annotated[str, DIRECTIONS] = prop(
        "ingress", doc="Whether it is about what comes in or what goes out."
    )
    ethertype: Annotated[str, ETHERTYPES] = prop("IPv4", doc="IPv4 or IPv6.")
    remote_group: Annotated[
        str | None, Lookup("neutron.security_group"), Wire("remote_group_id")
    ] = prop(doc="Group of the other side, by name or id.")
    protocol: Annotated[str, PROTOCOLS] = prop("tcp", doc="IP protocol, by name or number.")
    port_range_min: Annotated[int | None, PORT_NUMBER] = prop(doc="First port; for ICMP the type.")
    port_range_max: Annotated[int | None, PORT_NUMBER] = prop(doc="Last port; for ICMP the code.")
    remote_ip_prefix: Annotated[str | None, FORMATS["net_cidr"]] = prop(
        doc="Addresses of the other side."
    )

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        problems = []
        if values.get("remote_group") is not None and values.get("remote_ip_prefix") is not None:
            message = "'remote_group' and 'remote_ip_prefix' can't be given together"
            problems.append(Problem(("remote_ip_prefix",), ProblemKind.CONFLICT, message))
        low, high = values.get("port_range_min"), values.get("port_range_max")
        ported = values.get("protocol") in ("tcp", "udp", "sctp", "dccp")
        if ported and isinstance(low, int) and isinstance(high, int) and low > high:
            message = f"the first port {low} is greater than the last, {high}"
            problems.append(Problem(("port_range_min",), ProblemKind.CONFLICT, message))
        return problems


class SecurityGroupRule(NeutronType):
    """One rule of a security group."""

    name = "OS::Neutron::SecurityGroupRule"
    Properties = SecurityGroupRuleProperties
    support = since("7.0.0")
    collection = SECURITY_GROUP_RULES
    identity = Likeness(("security_group_id", "direction"))
    status = ""
    ready_words = ()

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        # A group can't have two rules that differ in their description alone.
        names = [name for name in self.schema.properties if name != "description"]
        if all(before.get(name) == after.get(name) for name in names):
            return Order.OLD_FIRST
        return Order.NEW_FIRST


TYPE = SecurityGroupRule()
