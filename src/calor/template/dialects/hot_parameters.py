"""How HOT writes a parameter and its constraints; the rest of a template is parsed elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from calor.base import patterns
from calor.base.diagnostics import Rule, did_you_mean
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.base.values import Value
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
from calor.template.parameter_types import (
    BOOLEAN,
    JSON,
    LIST,
    NUMBER,
    STRING,
    convert,
)
from calor.template.parser import Parser
from calor.template.plain import to_plain

NO_PARAMETER_TYPE = Rule(
    "H301",
    "parameter without a type",
    "Every parameter says its type: string, number, comma_delimited_list, json or boolean.",
)
UNKNOWN_PARAMETER_TYPE = Rule(
    "H302",
    "unknown type of parameter",
    "A parameter is of type string, number, comma_delimited_list, json or boolean.",
)
BAD_CONSTRAINT = Rule(
    "H303",
    "bad constraint",
    "A constraint is a map with one of length, range, modulo, allowed_values, allowed_pattern or "
    "custom_constraint, and maybe a description. length and range take min and max, modulo takes "
    "step and offset.",
)
UNFIT_CONSTRAINT = Rule(
    "H304",
    "constraint does not fit the type",
    "length is for texts, lists and maps; range and modulo are for numbers; allowed_pattern is for "
    "texts; allowed_values and custom_constraint are for all but maps.",
)
BAD_DEFAULT = Rule(
    "H305",
    "default breaks the parameter's own rules",
    "The default of a parameter must be of the parameter's type and keep its constraints.",
)
RESERVED_NAME = Rule(
    "H313",
    "name of a pseudo parameter",
    "OS::stack_name, OS::stack_id, OS::project_id and OS::region are given by the service; a "
    "template can't define parameters of these names.",
)

# Constraint -> types that it is for.
_FITS = {
    "length": (STRING, LIST, JSON),
    "range": (NUMBER,),
    "modulo": (NUMBER,),
    "allowed_values": (STRING, NUMBER, BOOLEAN, LIST),
    "allowed_pattern": (STRING,),
    "custom_constraint": (STRING, NUMBER, BOOLEAN, LIST),
}


class _Bad(Exception):
    """A constraint is written wrongly."""

    def __init__(self, message: str, node: Node) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


def parse_parameter(parser: Parser, key: ScalarNode, node: Node) -> ParameterDef:
    """One entry of the section `parameters`. Problems go to the parser's diagnostics."""
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
            f"parameter {name!r} must be a map that says at least its type",
        )
        return ParameterDef(name, STRING, key.span, node)
    found = parser.keys(node, parser.dialect.parameter_keys, f"parameter {name!r}")
    kind, sure = _type(parser, key, found.get("type"))
    default = found.get("default")
    constraints = _constraints(parser, found.get("constraints"), kind if sure else None)
    definition = ParameterDef(
        name=name,
        type=kind,
        span=key.span,
        node=node,
        description=parser.text(found.get("description"), "description"),
        default=None if default is None else to_plain(default),
        has_default=default is not None and to_plain(default) is not None,
        default_span=None if default is None else default.span,
        label=parser.text(found.get("label"), "label"),
        hidden=_flag(parser, found.get("hidden"), "hidden"),
        immutable=_flag(parser, found.get("immutable"), "immutable"),
        tags=_tags(parser, found.get("tags")),
        schema=None if "schema" not in found else to_plain(found["schema"]),
        constraints=constraints if sure else (),
    )
    if sure and default is not None and definition.has_default:
        check_default(parser, definition, default)
    return definition


def _type(parser: Parser, key: ScalarNode, node: Node | None) -> tuple[str, bool]:
    """The type, and whether it was understood."""
    types = parser.dialect.parameter_types
    if node is None:
        parser.diagnostics.add(
            NO_PARAMETER_TYPE,
            f"parameter {key.text!r} has no type",
            key.span,
            hint=f"add 'type:' with one of {', '.join(types)}",
        )
        return STRING, False
    written = node.value if isinstance(node, ScalarNode) else None
    if isinstance(written, str) and written in types:
        return types[written], True
    parser.diagnostics.add(
        UNKNOWN_PARAMETER_TYPE,
        f"there is no parameter type {written!r}" if written else "a type is a single word",
        node.span,
        hint=did_you_mean(str(written), types) or f"one of {', '.join(types)}",
    )
    return STRING, False


def _flag(parser: Parser, node: Node | None, key: str) -> bool:
    if node is None:
        return False
    text = str(node.value).lower() if isinstance(node, ScalarNode) else ""
    if text not in ("true", "false"):
        parser.wrong(node, f"{key} must be true or false")
    return text == "true"


def _tags(parser: Parser, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return tuple(tag.strip() for tag in node.value.split(","))
    if isinstance(node, SequenceNode) and all(isinstance(item, ScalarNode) for item in node.items):
        return tuple(str(to_plain(item)) for item in node.items)
    parser.wrong(node, "tags must be a list of texts")
    return ()


def check_default(parser: Parser, definition: ParameterDef, node: Node) -> None:
    """Reports a default that is not of the parameter's type, or breaks a constraint."""
    try:
        value = convert(definition.default, definition.type)
    except ValueError as problem:
        parser.diagnostics.add(
            BAD_DEFAULT,
            f"the default of {definition.name!r}: {problem}",
            node.span,
            path=("parameters", definition.name, "default"),
        )
        return
    for constraint in definition.constraints:
        problem_text = constraint.problem(value)
        if problem_text:
            parser.diagnostics.add(
                BAD_DEFAULT,
                f"the default of {definition.name!r} breaks a constraint: {problem_text}",
                node.span,
                path=("parameters", definition.name, "default"),
                hint=constraint.description,
                related=((constraint.span, "the constraint"),),
            )
            return


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
        except _Bad as problem:
            parser.diagnostics.add(BAD_CONSTRAINT, problem.message, problem.node.span)
            continue
        if constraint is not None:
            made.append(constraint)
    return tuple(made)


def _constraint(parser: Parser, node: Node, kind: str | None) -> Constraint | None:
    known = parser.dialect.constraint_kinds
    if not isinstance(node, MappingNode):
        raise _Bad("a constraint must be a map", node)
    kinds = parser.keys(node, ("description", *known), "a constraint", BAD_CONSTRAINT, extra=_FITS)
    description = parser.text(kinds.pop("description", None), "description")
    if not kinds:
        if all(key.text == "description" for key, _ in node.entries):
            raise _Bad(f"a constraint needs one of {', '.join(known)}", node)
        return None
    word, value = next(iter(kinds.items()))
    if len(kinds) > 1:
        raise _Bad(
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
        raise _Bad(f"{word} needs a map with {' and '.join(names)}", node)
    for key, _ in node.entries:
        if key.text not in names:
            raise _Bad(f"{word} takes {' and '.join(names)}, not {key.text!r}", key)
    return {key.text: value for key, value in node.entries}


def _number(members: dict[str, Node], key: str, *, whole: bool = False) -> int | float | None:
    node = members.get(key)
    if node is None:
        return None
    try:
        value = convert(node.value if isinstance(node, ScalarNode) else [], NUMBER)
    except ValueError:
        raise _Bad(f"{key} must be a number", node) from None
    if whole and (not isinstance(value, int) or value < 0):
        raise _Bad(f"{key} must be a whole number from 0 on", node)
    return value  # type: ignore[no-any-return]  # convert to NUMBER gives a number


def _limits(
    node: Node, word: str, *, whole: bool = False
) -> tuple[int | float | None, int | float | None]:
    members = _members(node, word, ("min", "max"))
    least, most = _number(members, "min", whole=whole), _number(members, "max", whole=whole)
    if least is None and most is None:
        raise _Bad(f"{word} needs min or max or both", node)
    if least is not None and most is not None and least > most:
        raise _Bad(f"the min of {word} is larger than its max", members["min"])
    return least, most


def _length(description: str, node: Node, value: Node, kind: str) -> Constraint:
    least, most = _limits(value, "length", whole=True)
    return Length(
        description,
        node.span,
        None if least is None else int(least),
        None if most is None else int(most),
    )


def _range(description: str, node: Node, value: Node, kind: str) -> Constraint:
    return Range(description, node.span, *_limits(value, "range"))


def _modulo(description: str, node: Node, value: Node, kind: str) -> Constraint:
    members = _members(value, "modulo", ("step", "offset"))
    step, offset = _number(members, "step"), _number(members, "offset")
    for key, member in (("step", step), ("offset", offset)):
        if member is None:
            raise _Bad(f"modulo needs {key}", value)
    assert step is not None
    assert offset is not None
    if step == 0:
        raise _Bad("the step of modulo can't be 0", members["step"])
    if abs(offset) >= abs(step) or offset * step < 0:
        raise _Bad("the offset of modulo must lie between 0 and its step", members["offset"])
    return Modulo(description, node.span, step, offset)


def _allowed_values(description: str, node: Node, value: Node, kind: str) -> Constraint:
    if not isinstance(value, SequenceNode):
        raise _Bad("allowed_values needs a list", value)
    return AllowedValues(
        description, node.span, tuple(_allowed(item, kind) for item in value.items)
    )


def _allowed(node: Node, kind: str) -> Value:
    wanted = STRING if kind == LIST else kind
    try:
        return convert(to_plain(node), wanted)
    except ValueError as problem:
        raise _Bad(f"this allowed value does not fit the parameter: {problem}", node) from None


def _allowed_pattern(description: str, node: Node, value: Node, kind: str) -> Constraint:
    pattern = value.value if isinstance(value, ScalarNode) else None
    if not isinstance(pattern, str):
        raise _Bad("allowed_pattern needs a text", value)
    try:
        patterns.check(pattern)
    except ValueError as error:
        raise _Bad(f"this regular expression can't be used: {error}", value) from None
    return AllowedPattern(description, node.span, pattern)


def _custom(description: str, node: Node, value: Node, kind: str) -> Constraint:
    name = value.value if isinstance(value, ScalarNode) else None
    if not isinstance(name, str) or not name:
        raise _Bad("custom_constraint needs a name, as nova.flavor", value)
    return Custom(description, node.span, name)


_MAKERS: dict[str, Callable[[str, Node, Node, str], Constraint]] = {
    "length": _length,
    "range": _range,
    "modulo": _modulo,
    "allowed_values": _allowed_values,
    "allowed_pattern": _allowed_pattern,
    "custom_constraint": _custom,
}
