"""Functions whose values can't be had when a stack is carried out; looking on is another matter.

Code R163.
"""

from __future__ import annotations

from calor.base.diagnostics import Diagnostics, Rule
from calor.template.check import all_expressions
from calor.template.definitions import Template
from calor.template.expressions import calls

NOT_TO_BE_HAD = Rule(
    "R163",
    "value can't be had yet",
    "The function is read and checked, but its value can't be had yet when a stack is deployed:"
    " what other stacks export. Give the value as a parameter.",
)
_FUNCTIONS = {
    "Fn::ImportValue": "what other stacks export",
}


def check_values_can_be_had(template: Template, diagnostics: Diagnostics) -> None:
    """One diagnostic for each such call."""
    for path, expression in all_expressions(template):
        for call in calls(expression):
            if call.name in _FUNCTIONS:
                diagnostics.add(
                    NOT_TO_BE_HAD,
                    f"{_FUNCTIONS[call.name]} can't be had yet",
                    call.name_span,
                    path=path,
                    hint="give the value as a parameter",
                )
