"""OS::Neutron::SecurityGroup, with its rules."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from calor.base.errors import HttpFault
from calor.model.resource_type import Work
from calor.resources.identity import Likeness, PhysicalName
from calor.resources.neutron.base import SECURITY_GROUP_RULES, SECURITY_GROUPS, NeutronType
from calor.resources.neutron.rules import (
    DEFAULTS,
    DIRECTIONS,
    ETHERTYPES,
    PORT_NUMBER,
    PROTOCOLS,
    key,
)
from calor.resources.rest import Thing, known_before
from calor.schema import FORMATS, AllowedValues, Lookup, Properties, Wire, prop, since


class Rule(Properties):
    direction: Annotated[str, DIRECTIONS] = prop(
        "ingress", doc="Whether it is about what comes in or what goes out."
    )
    ethertype: Annotated[str, ETHERTYPES] = prop("IPv4", doc="IPv4 or IPv6.")
    port_range_min: Annotated[int | None, PORT_NUMBER] = prop(doc="First port; for ICMP the type.")
    port_range_max: Annotated[int | None, PORT_NUMBER] = prop(doc="Last port; for ICMP the code.")
    protocol: Annotated[str | None, PROTOCOLS] = prop(
        doc="IP protocol, by name or number; any when absent."
    )
    remote_mode: Annotated[str, AllowedValues("remote_ip_prefix", "remote_group_id")] = prop(
        "remote_ip_prefix", doc="Whether the other side is given by address or by group."
    )
    remote_group_id: Annotated[str | None, Lookup("neutron.security_group")] = prop(
        doc="Group of the other side, by name or id; with `remote_mode: remote_group_id` the"
        " group itself when absent."
    )
    remote_ip_prefix: Annotated[str | None, FORMATS["net_cidr"]] = prop(
        doc="Addresses of the other side."
    )
    description: str | None = prop(doc="What the rule is for.", support=since("27.0.0"))


class SecurityGroupProperties(Properties):
    name: str | None = prop(update=True, doc="Name of the group.")
    description: Annotated[str | None, Wire("description", unset="")] = prop(
        update=True, doc="What the group is for."
    )
    rules: Annotated[list[Rule], Wire("")] = prop(
        [], update=True, doc="Its rules. Without one for egress all may leave."
    )
    stateful: Annotated[bool | None, Wire("stateful", unset=True)] = prop(
        update=True,
        doc="Whether answers to what is let through are let through too.",
        support=since("27.0.0"),
    )


class SecurityGroup(NeutronType):
    """A set of rules that say what may reach and leave the ports that have it."""

    name = "OS::Neutron::SecurityGroup"
    Properties = SecurityGroupProperties
    support = since("2014.1")
    collection = SECURITY_GROUPS
    identity = PhysicalName(Likeness(("name",)))
    status = ""
    ready_words = ()

    async def finish(self, work: Work) -> None:
        if not work.properties["rules"]:
            return
        live = (await self.show(work)).get("security_group_rules") or []
        wanted = _wanted(work)
        kept = [key(rule) for rule in wanted]
        ours = [key(rule) for rule in DEFAULTS]
        stale = [rule for rule in live if key(rule) in ours and key(rule) not in kept]
        await _delete(work, stale)
        await _create(work, wanted, live)

    async def change(self, work: Work, thing: Thing) -> None:
        before = known_before(work)
        if before is not None and before.get("rules") == work.properties["rules"]:
            return
        live = thing.get("security_group_rules") or []
        wanted = _wanted(work)
        kept = [key(rule) for rule in wanted]
        stale = [rule for rule in live if key(rule) not in kept]
        # Rules that are resources of their own stay.
        others = await work.known([rule["id"] for rule in stale]) if stale else []
        await _delete(work, [rule for rule in stale if rule["id"] not in others])
        await _create(work, wanted, live)


def _wanted(work: Work) -> list[dict[str, Any]]:
    """The rules that the group shall have, as they are sent, each once."""
    rules: dict[tuple[str, ...], dict[str, Any]] = {}
    given = work.properties["rules"]
    if not any(rule.get("direction") == "egress" for rule in given):
        given = [*given, *DEFAULTS]
    for item in given:
        rule = {name: value for name, value in item.items() if value is not None}
        if rule.pop("remote_mode", "") == "remote_group_id":
            rule.setdefault("remote_group_id", work.id)
        rules.setdefault(key(rule), rule)
    return list(rules.values())


async def _delete(work: Work, rules: Sequence[Thing]) -> None:
    for rule in rules:
        await work.cloud.delete(SECURITY_GROUP_RULES, str(rule["id"]))


async def _create(work: Work, wanted: Sequence[dict[str, Any]], live: Sequence[Thing]) -> None:
    present = [key(rule) for rule in live]
    missing = [rule for rule in wanted if key(rule) not in present]
    calls = [
        work.cloud.create(SECURITY_GROUP_RULES, {"security_group_id": work.id, **rule})
        for rule in missing
    ]
    for result in await asyncio.gather(*calls, return_exceptions=True):
        # A conflict says that the rule is there already, in other words for the same.
        exists = isinstance(result, HttpFault) and result.status == 409 and "exists" in str(result)
        if isinstance(result, BaseException) and not exists:
            raise result


TYPE = SecurityGroup()
