"""What a template shares with other stacks: the exports of its outputs, and what it imports.

Which stacks there are, and what they export, is not its business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.values import Unknown, Value
from calor.template.definitions import Template
from calor.template.evaluation import Scope, evaluate
from calor.template.expressions import Call, EvaluationError, Expression, calls, references
from calor.template.functions.fn_import_value import FnImportValue
from calor.template.functions.if_ import If
from calor.template.marks import open_top

NAME_OF_A_RESOURCE = Rule(
    "H613",
    "name of an export that depends on a resource",
    "Which names a stack exports and imports must be known before anything is made, so that it can"
    " be refused. A name may come from parameters, pseudo parameters, mappings and conditions, but"
    " not from a resource.",
)


def check_names(template: Template, diagnostics: Diagnostics) -> None:
    """One diagnostic for each name of an export that only a resource can tell."""
    for output in template.outputs.values():
        if output.export is not None:
            _check_name(output.export, ("outputs", output.name), diagnostics)
    if not may_import(template):
        return
    for resource in template.resources.values():
        for expression in resource.expressions():
            _check_imports(expression, ("resources", resource.name), diagnostics)
    for output in template.outputs.values():
        _check_imports(output.value, ("outputs", output.name), diagnostics)


def may_import(template: Template) -> bool:
    """Whether the template's language has imports."""
    return FnImportValue.names[0] in template.dialect.functions


def imports_in(expression: Expression | None, scope: Scope) -> Iterator[tuple[Call, str]]:
    """Each import with its name, where that is known. Of an `if` that is decided, only the side
    that counts is looked at."""
    if expression is None:
        return
    children = expression.children()
    if isinstance(expression, Call):
        if isinstance(expression.function, If):
            children = _sides(expression, scope)
        elif expression.name in FnImportValue.names:
            name = known(expression.args[0], scope)
            if isinstance(name, str):
                yield expression, name
    for child in children:
        yield from imports_in(child, scope)


def known(expression: Expression, scope: Scope) -> Value:
    """The value; Unknown where it can't be had, which is told elsewhere."""
    try:
        return open_top(evaluate(expression, scope))[0]
    except EvaluationError:
        return Unknown("a mistake in the template")


def _sides(call: Call, scope: Scope) -> Sequence[Expression]:
    holds = known(call.args[0], scope)
    if isinstance(holds, bool):
        return call.args[1:2] if holds else call.args[2:]
    return call.args[1:]


def _check_imports(expression: Expression, path: tuple[str, ...], diagnostics: Diagnostics) -> None:
    for call in calls(expression):
        if call.name in FnImportValue.names:
            _check_name(call.args[0], path, diagnostics)


def _check_name(name: Expression, path: tuple[str, ...], diagnostics: Diagnostics) -> None:
    for reference in references(name):
        if reference.kind in ("resource", "attribute"):
            diagnostics.add(
                NAME_OF_A_RESOURCE,
                f"the name of an export can't depend on the resource {reference.name!r}",
                reference.span,
                path=path,
                hint="use a parameter, or AWS::StackName",
            )
            return
