"""What a parameter is in every language: a map with a type, flags, and a default that keeps it.

The words for all this are the dialects'; constraints are read by `constraint_parts`.
"""

from __future__ import annotations

from calor.base.diagnostics import Rule
from calor.base.source import MappingNode, Node, ScalarNode
from calor.base.spelling import did_you_mean
from calor.template.definitions import ParameterDef
from calor.template.parameter_types import convert
from calor.template.parser import Parser

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


def map_of(parser: Parser, key: ScalarNode, node: Node, word: str) -> MappingNode | None:
    """What stands under the name of a parameter, None when it is no map. `word` is how the
    language writes `type`."""
    if key.text in parser.dialect.pseudo_parameters:
        parser.diagnostics.add(
            RESERVED_NAME,
            f"{key.text} is given by the service and can't be defined",
            key.span,
            hint="choose another name",
        )
    if not isinstance(node, MappingNode):
        parser.wrong(
            node if isinstance(node, ScalarNode) and node.text else key,
            f"parameter {key.text!r} must be a map that says at least its {word}",
        )
        return None
    return node


def written_type(
    parser: Parser, key: ScalarNode, node: Node | None, word: str, *, cure: str, others: str
) -> str:
    """The type as written, '' when the language has none such. `cure` is told when nothing is
    written, `others` when nothing that is known comes close."""
    known = parser.dialect.parameter_types
    if node is None:
        parser.diagnostics.add(
            NO_PARAMETER_TYPE, f"parameter {key.text!r} has no {word}", key.span, hint=cure
        )
        return ""
    written = node.value if isinstance(node, ScalarNode) else None
    if isinstance(written, str) and written in known:
        return written
    parser.diagnostics.add(
        UNKNOWN_PARAMETER_TYPE,
        f"there is no parameter type {written!r}" if written else "a type is a single word",
        node.span,
        hint=did_you_mean(str(written), known) or others,
    )
    return ""


def flag(parser: Parser, node: Node | None, key: str) -> bool:
    """A switch that is off unless written; texts will do."""
    if node is None:
        return False
    text = str(node.value).lower() if isinstance(node, ScalarNode) else ""
    if text not in ("true", "false"):
        parser.wrong(node, f"{key} must be true or false")
    return text == "true"


def check_default(parser: Parser, definition: ParameterDef, node: Node) -> None:
    """Reports a default that is not of the parameter's type, or breaks a constraint."""
    path = ("parameters", definition.name, "default")
    try:
        value = convert(definition.default, definition.type)
    except ValueError as problem:
        parser.diagnostics.add(
            BAD_DEFAULT, f"the default of {definition.name!r}: {problem}", node.span, path=path
        )
        return
    for constraint in definition.constraints:
        broken = constraint.problem(value)
        if broken:
            parser.diagnostics.add(
                BAD_DEFAULT,
                f"the default of {definition.name!r} breaks a constraint: {broken}",
                node.span,
                path=path,
                hint=constraint.description,
                related=((constraint.span, "the constraint"),),
            )
            return
