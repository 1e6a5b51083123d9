"""Rules about the things that parameters name, judged with what the cloud tells of these.

The cloud is asked with the caller's own token, once for each attribute of a thing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from calor.base.diagnostics import Diagnostic, Diagnostics
from calor.base.errors import Conflict, NotFound
from calor.base.values import Value
from calor.model.cloud import Cloud, Collection
from calor.planning.composition import Composition
from calor.planning.exports import tree
from calor.planning.things import TAGS, Asked
from calor.template.assertions import check_rules
from calor.template.evaluation import TemplateScope, element_type

SUBNETS = Collection("network", "/v2.0/subnets", "subnet", "subnets", id_filter="id")
NETWORKS = Collection("network", "/v2.0/networks", "network", "networks", id_filter="id")
GROUPS = Collection(
    "network", "/v2.0/security-groups", "security_group", "security_groups", id_filter="id"
)
_KINDS = {
    "AWS::EC2::SecurityGroup::Id": ("neutron.security_group", GROUPS),
    "AWS::EC2::Subnet::Id": ("neutron.subnet", SUBNETS),
    "AWS::EC2::VPC::Id": ("neutron.network", NETWORKS),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An attribute's values, and the kind of thing that they are ids of, or '' for texts."""

    values: list[str]
    kind: str = ""


async def broken_rules(cloud: Cloud, composition: Composition) -> list[Diagnostic]:
    """The assertions that do not hold, of a composition and of those inside it. What its
    parameters name is there: that was asked before. Raises CloudError."""
    asked = list(dict.fromkeys(item for one in tree(composition) for item in one.asked))
    if not asked:
        return []
    answers = await asyncio.gather(*(_ask(cloud, item) for item in asked))
    told = {item: one for item, one in zip(asked, answers, strict=True) if one is not None}
    found: list[Diagnostic] = []
    for one in tree(composition):
        if one.asked and one.template is not None and one.scope is not None:
            diagnostics = Diagnostics()
            check_rules(one.template, await _scope(cloud, one.scope, told), diagnostics)
            found.extend(diagnostics)
    return found


async def _ask(cloud: Cloud, asked: Asked) -> Told | None:
    """None where the caller can't see it, or nobody knows, and then the rule is not judged."""
    try:
        if asked.attribute == "DefaultSecurityGroup":
            kind = "neutron.security_group"
            return Told([await cloud.find(kind, "default")], kind)
        kind, collection = _KINDS[asked.type]
        thing = await cloud.show(collection, await cloud.find(kind, asked.name))
        if thing is None:
            return None
        if asked.attribute == "VpcId":
            return Told([thing["network_id"]], "neutron.network")
        if asked.attribute == "AvailabilityZone":
            network = await cloud.show(NETWORKS, thing["network_id"])
            return None if network is None else _zones(network)
    except (NotFound, Conflict):
        return None
    return Told(_tagged(thing.get("tags") or [], asked.attribute.removeprefix(TAGS)))


def _zones(network: dict[str, Any]) -> Told | None:
    """Where a network is. Before it is anywhere, it may be known where it is meant to be."""
    zones = network.get("availability_zones") or network.get("availability_zone_hints")
    return Told(sorted(zones)) if zones else None


def _tagged(tags: list[str], key: str) -> list[str]:
    """Neutron's tags are texts; those that stand for a key with a value are written KEY=VALUE."""
    begin = f"{key}="
    return sorted(tag.removeprefix(begin) for tag in tags if tag.startswith(begin)) or [""]


async def _scope(cloud: Cloud, scope: TemplateScope, told: dict[Asked, Told]) -> TemplateScope:
    """The scope, in which an id is called what a parameter calls the same thing: rules compare
    what was written."""
    names: dict[tuple[str, str], Value] = {}
    for name, definition in scope.template.parameters.items():
        if (type := element_type(definition)) not in _KINDS:
            continue
        kind, _ = _KINDS[type]
        value = scope.parameter(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and item:
                names.setdefault((kind, await cloud.find(kind, item)), item)

    def called(answer: Told) -> Value:
        values = [names.get((answer.kind, one), one) for one in answer.values]
        return values[0] if len(values) == 1 else values

    judged = TemplateScope(
        scope.template, scope.parameters, files=scope.files, exports=scope.exports
    )
    judged.told = {
        (item.type, item.name, item.attribute): called(answer) for item, answer in told.items()
    }
    return judged
