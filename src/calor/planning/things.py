"""What rules ask about the things that parameters name (`Fn::ValueOf`, `Fn::ValueOfAll`).

Pure: it lists what the cloud must be asked, and tells what nobody can answer. Code R168.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calor.base.diagnostics import Diagnostics, Rule, Severity
from calor.base.values import Value
from calor.template.assertions import rule_expressions
from calor.template.definitions import Template
from calor.template.evaluation import TemplateScope, element_type
from calor.template.expressions import Call, calls
from calor.template.functions.rule_values import AskedOf, FnValueOf, FnValueOfAll
from calor.template.marks import open_top

NOT_TOLD = Rule(
    "R168",
    "attribute that the cloud does not have",
    "A rule asks for an attribute of what a parameter names, and OpenStack has nothing of the kind,"
    " as the tags of a network with their values. Assertions that need it are not judged. What can"
    " be asked is VpcId of AWS::EC2::Subnet::Id, and DefaultSecurityGroup of AWS::EC2::VPC::Id.",
    Severity.WARNING,
)
ATTRIBUTES = (
    ("AWS::EC2::Subnet::Id", "VpcId"),
    ("AWS::EC2::VPC::Id", "DefaultSecurityGroup"),
)
"""What OpenStack knows of what Amazon does: a subnet's network, and the security group of a port
that names none, which is the project's in every network."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An attribute of a thing: the type of the parameter that names it, and how."""

    type: str
    name: str
    attribute: str


def asked_by_rules(
    template: Template, scope: TemplateScope, diagnostics: Diagnostics
) -> tuple[Asked, ...]:
    """Each thing once; one warning for each call that nobody can answer."""
    found: dict[Asked, None] = {}
    for rule in template.rules.values():
        for expression in rule_expressions(rule):
            for call in calls(expression):
                if call.name not in (*FnValueOf.names, *FnValueOfAll.names):
                    continue
                asked: AskedOf = call.data
                attribute = asked.attribute.text
                for name in _parameters(call, asked, scope):
                    type = element_type(template.parameters[name])
                    if (type, attribute) in ATTRIBUTES:
                        found.update(
                            (Asked(type, item, attribute), None)
                            for item in _names(scope.parameter(name))
                        )
                        continue
                    diagnostics.add(
                        NOT_TOLD,
                        f"OpenStack has no {attribute!r} of what the parameter {name!r} names",
                        asked.attribute.span,
                        path=("rules", rule.name),
                        hint="the assertion is not judged; leave it out",
                    )
                    break
    return tuple(found)


def _parameters(call: Call, asked: AskedOf, scope: TemplateScope) -> list[str]:
    if call.name in FnValueOfAll.names:
        return scope.parameters_typed(asked.whom)
    return [asked.whom] if asked.whom in scope.template.parameters else []


def _names(value: Value) -> Iterator[str]:
    value, _ = open_top(value)
    for item in value if isinstance(value, list) else [value]:
        name, _ = open_top(item)
        if isinstance(name, str) and name:
            yield name
