"""How CloudFormation writes a parameter, its type and its constraints.

A type may say what the value names in the cloud; that becomes a custom constraint, which the cloud
is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calor.base import patterns
from calor.base.diagnostics import Rule, did_you_mean
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode, Span
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
from calor.template.dialects.hot_parameters import (
    BAD_CONSTRAINT,
    NO_PARAMETER_TYPE,
    RESERVED_NAME,
    UNFIT_CONSTRAINT,
    UNKNOWN_PARAMETER_TYPE,
    check_default,
)
from calor.template.parameter_types import BOOLEAN, JSON, LIST, NUMBER, STRING, convert
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
    name = key.text
    if name in parser.dialect.pseudo_parameters:
        parser.diagnostics.add(
            RESERVED_NAME,
            f"{name} is given by the service and can't be defined",
            key.span,
            hint="choose another name",
        )
    if not isinstance(node, MappingNode):
        parser.wrong(
            node if isinstance(node, ScalarNode) and node.text else key,
            f"parameter {name!r} must be a map that says at least its Type",
        )
        return ParameterDef(name, STRING, key.span, node)
    found = parser.keys(node, parser.dialect.parameter_keys, f"parameter {name!r}")
    written = _type(parser, key, found.get("Type"))
    kind = TYPES.get(written, STRING)
    constraints = _constraints(parser, node, found, kind if written else None)
    type_node = found.get("Type")
    if written and type_node is not None:
        constraints = (*constraints, *_of_type(written, type_node.span))
    default = found.get("Default")
    value = None if default is None else _as_written(default, kind)
    definition = ParameterDef(
        name=name,
        type=kind,
        span=key.span,
        node=node,
        description=parser.text(found.get("Description"), "Description"),
        default=value,
        has_default=value is not None,
        default_span=None if default is None else default.span,
        label=parser.text(found.get("Label"), "Label"),
        hidden=_flag(parser, found.get("NoEcho"), "NoEcho"),
        constraints=constraints if written else (),
    )
    if written and default is not None and definition.has_default:
        check_default(parser, definition, default)
    return definition


def _type(parser: Parser, key: ScalarNode, node: Node | None) -> str:
    """The type as written, '' when it was not understood."""
    types = parser.dialect.parameter_types
    if node is None:
        parser.diagnostics.add(
            NO_PARAMETER_TYPE,
            f"parameter {key.text!r} has no Type",
            key.span,
            hint="add Type, for instance Type: String",
        )
        return ""
    written = node.value if isinstance(node, ScalarNode) else None
    if isinstance(written, str) and written in types:
        return written
    if isinstance(written, str) and written.startswith(_SSM):
        parser.diagnostics.add(
            NO_SSM,
            f"{key.text!r} takes its value from the Systems Manager, which OpenStack has not",
            node.span,
            hint="make it a String or a CommaDelimitedList, and give the value itself",
        )
        return ""
    parser.diagnostics.add(
        UNKNOWN_PARAMETER_TYPE,
        f"there is no parameter type {written!r}" if written else "a type is a single word",
        node.span,
        hint=did_you_mean(str(written), types)
        or f"one of {', '.join(name for name in types if '::' not in name)}, or the type of "
        "something in the cloud, as AWS::EC2::Image::Id",
    )
    return ""


def _as_written(node: Node, kind: str) -> Value:
    """The default. Of a text, `true` means the word, as it does for Amazon."""
    value = to_plain(node)
    if kind == STRING and isinstance(value, bool):
        return "true" if value else "false"
    return value


def _flag(parser: Parser, node: Node | None, key: str) -> bool:
    if node is None:
        return False
    text = str(node.value).lower() if isinstance(node, ScalarNode) else ""
    if text not in ("true", "false"):
        parser.wrong(node, f"{key} must be true or false")
    return text == "true"


def _of_type(written: str, span: Span) -> tuple[Constraint, ...]:
    """What the type itself asks of the value."""
    if written == "List<Number>":
        return (Numbers("", span),)
    return (Custom("", span, _CUSTOM[written]),) if written in _CUSTOM else ()


def _constraints(
    parser: Parser, node: MappingNode, found: Mapping[str, Node], kind: str | None
) -> tuple[Constraint, ...]:
    """`kind` None: the type is not known, so only the shape is checked."""
    description = parser.text(found.get("ConstraintDescription"), "ConstraintDescription")
    made: list[Constraint] = []
    for word, value in found.items():
        fits = _FITS.get(word)
        if fits is None:
            continue
        if kind is not None and kind not in fits:
            key = node.key(word)
            parser.diagnostics.add(
                UNFIT_CONSTRAINT,
                f"{word} can't be used for this type of parameter",
                key.span if key is not None else value.span,
            )
            continue
        try:
            made.append(_MAKERS[word](description, value, kind or STRING))
        except ValueError as problem:
            parser.diagnostics.add(BAD_CONSTRAINT, f"{word} {problem}", value.span)
    _check_order(parser, found, made)
    return tuple(made)


def _check_order(parser: Parser, found: Mapping[str, Node], made: list[Constraint]) -> None:
    """Reports a least value that is larger than the largest."""
    for kind, words in ((Length, ("MinLength", "MaxLength")), (Range, ("MinValue", "MaxValue"))):
        limits = [item for item in made if isinstance(item, kind)]
        least = next((item.least for item in limits if item.least is not None), None)
        most = next((item.most for item in limits if item.most is not None), None)
        if least is not None and most is not None and least > most:
            parser.diagnostics.add(
                BAD_CONSTRAINT, f"{words[0]} is larger than {words[1]}", found[words[0]].span
            )


def _number(node: Node) -> int | float:
    try:
        value: int | float = convert(node.value if isinstance(node, ScalarNode) else [], NUMBER)
    except ValueError:
        raise ValueError("must be a number") from None
    return value


def _size(node: Node) -> int:
    value = _number(node)
    if not isinstance(value, int) or value < 0:
        raise ValueError("must be a whole number from 0 on")
    return value


def _allowed_values(description: str, node: Node, kind: str) -> Constraint:
    if not isinstance(node, SequenceNode):
        raise ValueError("must be a list")
    wanted = STRING if kind == LIST else kind
    values = []
    for item in node.items:
        try:
            values.append(convert(_as_written(item, wanted), wanted))
        except ValueError as problem:
            raise ValueError(f"has a value that does not fit the parameter: {problem}") from None
    return AllowedValues(description, node.span, tuple(values))


def _allowed_pattern(description: str, node: Node, kind: str) -> Constraint:
    pattern = node.value if isinstance(node, ScalarNode) else None
    if not isinstance(pattern, str):
        raise ValueError("must be a text")
    try:
        patterns.check(pattern)
    except ValueError as error:
        raise ValueError(f"can't be used: {error}") from None
    return AllowedPattern(description, node.span, pattern)


_MAKERS: dict[str, Callable[[str, Node, str], Constraint]] = {
    "AllowedValues": _allowed_values,
    "AllowedPattern": _allowed_pattern,
    "MinLength": lambda said, node, _: Length(said, node.span, least=_size(node)),
    "MaxLength": lambda said, node, _: Length(said, node.span, most=_size(node)),
    "MinValue": lambda said, node, _: Range(said, node.span, least=_number(node)),
    "MaxValue": lambda said, node, _: Range(said, node.span, most=_number(node)),
}
