"""How HOT writes a parameter and its constraints; the rest of a template is parsed elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.template.constraints import (
    AllowedPattern,
    AllowedValues,
    Constraint,
    Custom,
    Length,
    Modulo,
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

_Number = TypeVar("_Number", bound=float)

# Constraint -> types that it is for.
_FITS = {
    "length": (STRING, LIST, JSON),
    "range": (NUMBER,),
    "modulo": (NUMBER,),
    "allowed_values": (STRING, NUMBER, BOOLEAN, LIST),
    "allowed_pattern": (STRING,),
    "custom_constraint": (STRING, NUMBER, BOOLEAN, LIST),
}


def parse_parameter(parser: Parser, key: ScalarNode, node: Node) -> ParameterDef:
    """One entry of the section `parameters`. Problems go to the parser's diagnostics."""
    body = map_of(parser, key, node, "type")
    if body is None:
        return ParameterDef(key.text, STRING, key.span, node)
    found = parser.keys(body, parser.dialect.parameter_keys, f"parameter {key.text!r}")
    types = parser.dialect.parameter_types
    every = ", ".join(types)
    written = written_type(
        parser,
        key,
        found.get("type"),
        "type",
        cure=f"add 'type:' with one of {every}",
        others=f"one of {every}",
    )
    kind, sure = types.get(written, STRING), bool(written)
    default = found.get("default")
    constraints = _constraints(parser, found.get("constraints"), kind if sure else None)
    definition = ParameterDef(
        name=key.text,
        type=kind,
        span=key.span,
        node=node,
        description=parser.text(found.get("description"), "description"),
        default=None if default is None else to_plain(default),
        has_default=default is not None and to_plain(default) is not None,
        default_span=None if default is None else default.span,
        label=parser.text(found.get("label"), "label"),
        hidden=flag(parser, found.get("hidden"), "hidden"),
        immutable=flag(parser, found.get("immutable"), "immutable"),
        tags=_tags(parser, found.get("tags")),
        schema=None if "schema" not in found else to_plain(found["schema"]),
        constraints=constraints if sure else (),
    )
    if sure and default is not None and definition.has_default:
        check_default(parser, definition, default)
    return definition


def _tags(parser: Parser, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return tuple(tag.strip() for tag in node.value.split(","))
    if isinstance(node, SequenceNode) and all(isinstance(item, ScalarNode) for item in node.items):
        return tuple(str(to_plain(item)) for item in node.items)
    parser.wrong(node, "tags must be a list of texts")
    return ()


def _constraints(parser: Parser, node: Node | None, kind: str | None) -> tuple[Constraint, ...]:
    """`kind` None: the type is not known, so only the shape is checked."""
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return ()
    if not isinstance(node, SequenceNode):
        parser.diagnostics.add(BAD_CONSTRAINT, "constraints must be a list", node.span)
        return ()
    made: list[Constraint] = []
    for item in node.items:
        try:
            constraint = _constraint(parser, item, kind)
        except BadConstraint as problem:
            parser.diagnostics.add(BAD_CONSTRAINT, problem.message, problem.node.span)
            continue
        if constraint is not None:
            made.append(constraint)
    return tuple(made)


def _constraint(parser: Parser, node: Node, kind: str | None) -> Constraint | None:
    known = parser.dialect.constraint_kinds
    if not isinstance(node, MappingNode):
        raise BadConstraint("a constraint must be a map", node)
    kinds = parser.keys(node, ("description", *known), "a constraint", BAD_CONSTRAINT, extra=_FITS)
    description = parser.text(kinds.pop("description", None), "description")
    if not kinds:
        if all(key.text == "description" for key, _ in node.entries):
            raise BadConstraint(f"a constraint needs one of {', '.join(known)}", node)
        return None
    word, value = next(iter(kinds.items()))
    if len(kinds) > 1:
        raise BadConstraint(
            f"a constraint is one of {', '.join(kinds)}; write each as an item of its own", node
        )
    if kind is not None and kind not in _FITS[word]:
        parser.diagnostics.add(
            UNFIT_CONSTRAINT,
            f"{word} can't be used for the type {kind}",
            (node.key(word) or node).span,
            hint=f"it is for {', '.join(_FITS[word])}",
        )
        return None
    return _MAKERS[word](description, node, value, kind or STRING)


def _members(node: Node, word: str, names: tuple[str, ...]) -> dict[str, Node]:
    if not isinstance(node, MappingNode):
        raise BadConstraint(f"{word} needs a map with {' and '.join(names)}", node)
    for key, _ in node.entries:
        if key.text not in names:
            raise BadConstraint(f"{word} takes {' and '.join(names)}, not {key.text!r}", key)
    return {key.text: value for key, value in node.entries}


def _limits(
    node: Node, word: str, read: Callable[[Node, str], _Number]
) -> tuple[_Number | None, _Number | None]:
    members = _members(node, word, ("min", "max"))
    least, most = (read(members[key], key) if key in members else None for key in ("min", "max"))
    if least is None and most is None:
        raise BadConstraint(f"{word} needs min or max or both", node)
    if least is not None and most is not None and least > most:
        raise BadConstraint(f"the min of {word} is larger than its max", members["min"])
    return least, most


def _length(description: str, node: Node, value: Node, kind: str) -> Constraint:
    return Length(description, node.span, *_limits(value, "length", size))


def _range(description: str, node: Node, value: Node, kind: str) -> Constraint:
    return Range(description, node.span, *_limits(value, "range", number))


def _modulo(description: str, node: Node, value: Node, kind: str) -> Constraint:
    members = _members(value, "modulo", ("step", "offset"))
    for key in ("step", "offset"):
        if key not in members:
            raise BadConstraint(f"modulo needs {key}", value)
    step, offset = number(members["step"], "step"), number(members["offset"], "offset")
    if step == 0:
        raise BadConstraint("the step of modulo can't be 0", members["step"])
    if abs(offset) >= abs(step) or offset * step < 0:
        raise BadConstraint(
            "the offset of modulo must lie between 0 and its step", members["offset"]
        )
    return Modulo(description, node.span, step, offset)


def _allowed_values(description: str, node: Node, value: Node, kind: str) -> Constraint:
    return AllowedValues(description, node.span, values(value, "allowed_values", kind))


def _allowed_pattern(description: str, node: Node, value: Node, kind: str) -> Constraint:
    return AllowedPattern(description, node.span, pattern(value, "allowed_pattern"))


def _custom(description: str, node: Node, value: Node, kind: str) -> Constraint:
    name = value.value if isinstance(value, ScalarNode) else None
    if not isinstance(name, str) or not name:
        raise BadConstraint("custom_constraint needs a name, as nova.flavor", value)
    return Custom(description, node.span, name)


_MAKERS: dict[str, Callable[[str, Node, Node, str], Constraint]] = {
    "length": _length,
    "range": _range,
    "modulo": _modulo,
    "allowed_values": _allowed_values,
    "allowed_pattern": _allowed_pattern,
    "custom_constraint": _custom,
}
