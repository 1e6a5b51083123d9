"""Whether what a template says depends on the stack that it is for."""

from __future__ import annotations

from calor.planning.pseudo import OF_THE_STACK
from calor.template.check import all_expressions
from calor.template.definitions import Template
from calor.template.expressions import Literal, calls, references


def asks_whose(template: Template) -> bool:
    """Whether it asks for its stack's name or id, or might: where functions work out the name of a
    parameter, nobody knows before. What loops over them says so too, though its calls are gone."""
    if any(name in OF_THE_STACK for name in template.loops):
        return True
    for _, expression in all_expressions(template):
        if any(
            item.kind == "parameter" and item.name in OF_THE_STACK
            for item in references(expression)
        ):
            return True
        if any(
            call.function.points_to == ("parameter",)
            and call.args
            and call.args[0].__class__ is not Literal
            for call in calls(expression)
        ):
            return True
    return False
