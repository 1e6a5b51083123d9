"""What rules ask about the things that parameters name (`Fn::ValueOf`, `Fn::ValueOfAll`).

Pure: it lists what the cloud must be asked, and tells what nobody can answer. Codes R168, R169.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from calor.base.diagnostics import Diagnostics, Rule, Severity
from calor.base.spelling import did_you_mean, listed
from calor.base.values import Value
from calor.template.assertions import rule_expressions
from calor.template.definitions import Template
from calor.template.evaluation import TemplateScope, element_type
from calor.template.expressions import calls
from calor.template.functions.rule_values import AskedOf, FnValueOf, FnValueOfAll
from calor.template.marks import open_top

NOT_TOLD = Rule(
    "R168",
    "attribute that the cloud does not have",
    "A rule asks for an attribute of what a parameter names that Amazon knows and OpenStack has "
    "nothing of the kind: DefaultNetworkAcl of AWS::EC2::VPC::Id. Assertions that need it are not "
    "judged.",
    Severity.WARNING,
)
NOT_ASKED = Rule(
    "R169",
    "attribute that nothing has",
    "A rule asks for an attribute of what a parameter names that parameters of this type do not "
    "have. There are VpcId, AvailabilityZone and Tags.KEY of AWS::EC2::Subnet::Id; "
    "DefaultSecurityGroup, DefaultNetworkAcl and Tags.KEY of AWS::EC2::VPC::Id; and Tags.KEY of "
    "AWS::EC2::SecurityGroup::Id. Tags.KEY is the value of a tag KEY=VALUE in Neutron, '' where "
    "there is none.",
)
TAGS = "Tags."
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::SecurityGroup::Id": (),
    "AWS::EC2::Subnet::Id": ("AvailabilityZone", "VpcId"),
    "AWS::EC2::VPC::Id": ("DefaultNetworkAcl", "DefaultSecurityGroup"),
}
"""What Amazon tells, beside the tags of each."""
NOT_IN_OPENSTACK = (("AWS::EC2::VPC::Id", "DefaultNetworkAcl"),)


@dataclass(frozen=True, slots=True)
class Asked:
    """An attribute of a thing: the type of the parameter that names it, and how."""

    type: str
    name: str
    attribute: str


def asked_by_rules(
    template: Template, scope: TemplateScope, diagnostics: Diagnostics
) -> tuple[Asked, ...]:
    """Each thing once; one diagnostic for each call that nobody can answer."""
    found: dict[Asked, None] = {}
    for rule in template.rules.values():
        for expression in rule_expressions(rule):
            for call in calls(expression):
                if call.name in FnValueOf.names:
                    name = call.data.whom.text
                    if name not in template.parameters:
                        continue  # told where names are checked
                    type, names = element_type(template.parameters[name]), [name]
                elif call.name in FnValueOfAll.names:
                    type = call.data.whom.text
                    names = scope.parameters_typed(type)
                else:
                    continue
                if _can_be_told(call.data, type, diagnostics, ("rules", rule.name)):
                    attribute = call.data.attribute.text
                    found.update(
                        (Asked(type, item, attribute), None)
                        for parameter in names
                        for item in _names(scope.parameter(parameter))
                    )
    return tuple(found)


def _can_be_told(
    asked: AskedOf, type: str, diagnostics: Diagnostics, path: tuple[str, ...]
) -> bool:
    attribute = asked.attribute.text
    known = ATTRIBUTES.get(type)
    if known is None:
        diagnostics.add(
            NOT_ASKED,
            f"nothing is told of parameters of the type {type!r}",
            asked.whom.span,
            path=path,
            hint=did_you_mean(type, ATTRIBUTES) or listed(ATTRIBUTES),
        )
        return False
    if (type, attribute) in NOT_IN_OPENSTACK:
        diagnostics.add(
            NOT_TOLD,
            f"OpenStack has no {attribute!r} of what a parameter of the type {type!r} names",
            asked.attribute.span,
            path=path,
            hint="the assertion is not judged; leave it out",
        )
        return False
    if attribute in known or (attribute.startswith(TAGS) and attribute != TAGS):
        return True
    meant = (*known, f"{TAGS}KEY")
    diagnostics.add(
        NOT_ASKED,
        f"parameters of the type {type!r} have no attribute {attribute!r}",
        asked.attribute.span,
        path=path,
        hint=did_you_mean(attribute, meant) or listed(meant),
    )
    return False


def _names(value: Value) -> Iterator[str]:
    value, _ = open_top(value)
    for item in value if isinstance(value, list) else [value]:
        name, _ = open_top(item)
        if isinstance(name, str) and name:
            yield name
