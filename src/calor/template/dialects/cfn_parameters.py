"""How CloudFormation writes a parameter, its type and its constraints.

A type may say what the value names in the cloud; that becomes a custom constraint, which the cloud
is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calor.base.diagnostics import Rule
from calor.base.source import MappingNode, Node, ScalarNode, Span
from calor.base.values import Value
from calor.template.constraints import (
    AllowedPattern,
    AllowedValues,
    Constraint,
    Custom,
    Length,
    Numbers,
    Range,
)
from calor.template.definitions import ParameterDef
from calor.template.dialects.constraint_parts import (
    BAD_CONSTRAINT,
    UNFIT_CONSTRAINT,
    BadConstraint,
    number,
    pattern,
    size,
    values,
)
from calor.template.dialects.parameter_parts import check_default, flag, map_of, written_type
from calor.template.parameter_types import BOOLEAN, JSON, LIST, NUMBER, STRING
from calor.template.parser import Parser
from calor.template.plain import to_plain

NO_SSM = Rule(
    "H620",
    "parameter of the Systems Manager",
    "The type takes a value out of Amazon's Systems Manager, which OpenStack does not have. Give "
    "the value itself: make the parameter a String or a CommaDelimitedList.",
)

# Type -> kind of value, whether it is a list of these, and what the cloud must know.
_NAMED = {
    "AWS::EC2::AvailabilityZone::Name": "nova.availability_zone",
    "AWS::EC2::Image::Id": "glance.image",
    "AWS::EC2::Instance::Id": "nova.server",
    "AWS::EC2::KeyPair::KeyName": "nova.keypair",
    "AWS::EC2::SecurityGroup::GroupName": "neutron.security_group",
    "AWS::EC2::SecurityGroup::Id": "neutron.security_group",
    "AWS::EC2::Subnet::Id": "neutron.subnet",
    "AWS::EC2::VPC::Id": "neutron.network",
    "AWS::EC2::Volume::Id": "cinder.volume",
    "AWS::Route53::HostedZone::Id": "designate.zone",
}
_LISTS = {f"List<{name}>": kind for name, kind in _NAMED.items()}
_CUSTOM: Mapping[str, str] = {**_NAMED, **_LISTS}
TYPES: Mapping[str, str] = {
    "String": STRING,
    "Number": NUMBER,
    "CommaDelimitedList": LIST,
    "List<Number>": LIST,
    "List<String>": LIST,
    "Json": JSON,
    "Boolean": BOOLEAN,
    **dict.fromkeys(_NAMED, STRING),
    **dict.fromkeys(_LISTS, LIST),
}
"""Every type as written, and which of the five kinds of value it takes."""

HEATS_TYPES = ("String", "Number", "CommaDelimitedList", "Json", "Boolean")
"""Those that Heat knows."""

_SSM = "AWS::SSM::Parameter::"
# Constraint -> kinds of value that it is for.
_FITS = {
    "AllowedValues": (STRING, NUMBER, BOOLEAN, LIST),
    "AllowedPattern": (STRING, LIST),
    "MinLength": (STRING, LIST, JSON),
    "MaxLength": (STRING, LIST, JSON),
    "MinValue": (NUMBER,),
    "MaxValue": (NUMBER,),
}


def parse_parameter(parser: Parser, key: ScalarNode, node: Node) -> ParameterDef:
    """One entry of the section Parameters. Problems go to the parser's diagnostics."""
    body = map_of(parser, key, node, "Type")
    if body is None:
        return ParameterDef(key.text, STRING, key.span, node)
    found = parser.keys(body, parser.dialect.parameter_keys, f"parameter {key.text!r}")
    written = _type(parser, key, found.get("Type"))
    kind = TYPES.get(written, STRING)
    constraints = _constraints(parser, body, found, kind if written else None)
    type_node = found.get("Type")
    if written and type_node is not None:
        constraints = (*constraints, *_of_type(written, type_node.span))
    default = found.get("Default")
    value = None if default is None else _as_written(default, kind)
    definition = ParameterDef(
        name=key.text,
        type=kind,
        span=key.span,
        node=node,
        description=parser.text(found.get("Description"), "Description"),
        default=value,
        has_default=value is not None,
        default_span=None if default is None else default.span,
        label=parser.text(found.get("Label"), "Label"),
        hidden=flag(parser, found.get("NoEcho"), "NoEcho"),
        constraints=constraints if written else (),
    )
    if written and default is not None and definition.has_default:
        check_default(parser, definition, default)
    return definition


def _type(parser: Parser, key: ScalarNode, node: Node | None) -> str:
    """The type as written, '' when it was not understood."""
    written = node.value if isinstance(node, ScalarNode) else None
    if node is not None and isinstance(written, str) and written.startswith(_SSM):
        parser.diagnostics.add(
            NO_SSM,
            f"{key.text!r} takes its value from the Systems Manager, which OpenStack has not",
            node.span,
            hint="make it a String or a CommaDelimitedList, and give the value itself",
        )
        return ""
    simple = [name for name in parser.dialect.parameter_types if "::" not in name]
    return written_type(
        parser,
        key,
        node,
        "Type",
        cure="add Type, for instance Type: String",
        others=f"one of {', '.join(simple)}, or the type of something in the cloud, as "
        "AWS::EC2::Image::Id",
    )


def _as_written(node: Node, kind: str) -> Value:
    """The default. Of a text, `true` means the word, as it does for Amazon."""
    value = to_plain(node)
    if kind == STRING and isinstance(value, bool):
        return "true" if value else "false"
    return value


def _of_type(written: str, span: Span) -> tuple[Constraint, ...]:
    """What the type itself asks of the value."""
    if written == "List<Number>":
        return (Numbers("", span),)
    return (Custom("", span, _CUSTOM[written]),) if written in _CUSTOM else ()


def _constraints(
    parser: Parser, body: MappingNode, found: Mapping[str, Node], kind: str | None
) -> tuple[Constraint, ...]:
    """`kind` None: the type is not known, so only the shape is checked."""
    description = parser.text(found.get("ConstraintDescription"), "ConstraintDescription")
    made: list[Constraint] = []
    for word, value in found.items():
        fits = _FITS.get(word)
        if fits is None:
            continue
        if kind is not None and kind not in fits:
            parser.diagnostics.add(
                UNFIT_CONSTRAINT,
                f"{word} can't be used for this type of parameter",
                (body.key(word) or value).span,
            )
            continue
        try:
            made.append(_MAKERS[word](description, value, kind or STRING))
        except BadConstraint as problem:
            parser.diagnostics.add(BAD_CONSTRAINT, problem.message, problem.node.span)
    return tuple(_in_order(parser, found, made))


def _in_order(
    parser: Parser, found: Mapping[str, Node], made: list[Constraint]
) -> list[Constraint]:
    """The constraints; without limits whose least value is larger than the largest, which is
    reported."""
    for kind, words in ((Length, ("MinLength", "MaxLength")), (Range, ("MinValue", "MaxValue"))):
        limits = [item for item in made if isinstance(item, kind)]
        least = next((item.least for item in limits if item.least is not None), None)
        most = next((item.most for item in limits if item.most is not None), None)
        if least is not None and most is not None and least > most:
            parser.diagnostics.add(
                BAD_CONSTRAINT, f"{words[0]} is larger than {words[1]}", found[words[0]].span
            )
            made = [item for item in made if not isinstance(item, kind)]
    return made


def _allowed_values(said: str, node: Node, kind: str) -> Constraint:
    return AllowedValues(said, node.span, values(node, "AllowedValues", kind, _as_written))


def _allowed_pattern(said: str, node: Node, kind: str) -> Constraint:
    return AllowedPattern(said, node.span, pattern(node, "AllowedPattern"))


_MAKERS: dict[str, Callable[[str, Node, str], Constraint]] = {
    "AllowedValues": _allowed_values,
    "AllowedPattern": _allowed_pattern,
    "MinLength": lambda said, node, _: Length(said, node.span, least=size(node, "MinLength")),
    "MaxLength": lambda said, node, _: Length(said, node.span, most=size(node, "MaxLength")),
    "MinValue": lambda said, node, _: Range(said, node.span, least=number(node, "MinValue")),
    "MaxValue": lambda said, node, _: Range(said, node.span, most=number(node, "MaxValue")),
}
