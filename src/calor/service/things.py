"""Rules about the things that parameters name, judged with what the cloud tells of these.

The cloud is asked with the caller's own token, once for each thing.
"""

from __future__ import annotations

import asyncio

from calor.base.diagnostics import Diagnostic, Diagnostics
from calor.base.errors import Conflict, NotFound
from calor.base.values import Value
from calor.model.cloud import Cloud, Collection
from calor.planning.composition import Composition
from calor.planning.exports import tree
from calor.planning.things import Asked
from calor.template.assertions import check_rules
from calor.template.evaluation import TemplateScope, element_type

SUBNETS = Collection("network", "/v2.0/subnets", "subnet", "subnets", id_filter="id")
_KINDS = {
    "AWS::EC2::SecurityGroup::Id": "neutron.security_group",
    "AWS::EC2::VPC::Id": "neutron.network",
}


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


async def _ask(cloud: Cloud, asked: Asked) -> tuple[str, str] | None:
    """The id that an attribute has, with the kind of thing that it is an id of; None where the
    caller can't see it, and then the rule is not judged."""
    try:
        if asked.attribute == "DefaultSecurityGroup":
            kind = "neutron.security_group"
            return kind, await cloud.find(kind, "default")
        subnet = await cloud.show(SUBNETS, await cloud.find("neutron.subnet", asked.name))
    except (NotFound, Conflict):
        return None
    return None if subnet is None else ("neutron.network", str(subnet["network_id"]))


async def _scope(
    cloud: Cloud, scope: TemplateScope, told: dict[Asked, tuple[str, str]]
) -> TemplateScope:
    """The scope, in which an id is called what a parameter calls the same thing: rules compare
    what was written."""
    names: dict[tuple[str, str], Value] = {}
    for name, definition in scope.template.parameters.items():
        kind = _KINDS.get(element_type(definition))
        if kind is None:
            continue
        value = scope.parameter(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and item:
                names.setdefault((kind, await cloud.find(kind, item)), item)
    judged = TemplateScope(
        scope.template, scope.parameters, files=scope.files, exports=scope.exports
    )
    judged.told = {
        (item.type, item.name, item.attribute): names.get(answer, answer[1])
        for item, answer in told.items()
    }
    return judged
