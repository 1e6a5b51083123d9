"""What rules of security groups have in common: words for protocols, and when two are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calor.schema import AllowedValues, Range

PROTOCOLS = AllowedValues(
    *range(256),
    "ah",
    "dccp",
    "egp",
    "esp",
    "gre",
    "icmp",
    "icmpv6",
    "igmp",
    "ipv6-encap",
    "ipv6-frag",
    "ipv6-icmp",
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
PORT_NUMBER = Range(0, 65535)
DIRECTIONS = AllowedValues("ingress", "egress")
ETHERTYPES = AllowedValues("IPv4", "IPv6")

FIELDS = (
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
)
DEFAULTS = (
    {"direction": "egress", "ethertype": "IPv4"},
    {"direction": "egress", "ethertype": "IPv6"},
)
"""The rules that Neutron gives a new group: all may leave."""

Key = tuple[str, ...]


def key(rule: Mapping[str, Any]) -> Key:
    """What makes a rule the rule that it is; Neutron has it at most once in a group."""
    return tuple("" if rule.get(field) is None else str(rule[field]) for field in FIELDS)
