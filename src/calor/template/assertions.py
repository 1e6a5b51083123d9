"""The rules of a template, which say what its parameters must keep together.

They are judged once the parameters have values; what depends on unknown ones is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostics, Rule
from calor.template.definitions import Assertion, RuleDef, Template
from calor.template.evaluation import Scope, evaluate
from calor.template.expressions import EvaluationError, Expression
from calor.template.marks import open_top

BROKEN_RULE = Rule(
    "H650",
    "parameters break a rule",
    "The template has rules about the values of its parameters, and an assertion of one of them "
    "does not hold for the values that were given.",
)


def rule_expressions(rule: RuleDef) -> Iterator[Expression]:
    """Its condition, and what it asserts."""
    if rule.condition is not None:
        yield rule.condition
    for assertion in rule.assertions:
        yield assertion.value


def check_rules(template: Template, scope: Scope, diagnostics: Diagnostics) -> None:
    """Adds one diagnostic for each assertion that does not hold."""
    for rule in template.rules.values():
        try:
            if (
                rule.condition is not None
                and open_top(evaluate(rule.condition, scope))[0] is not True
            ):
                continue
            for assertion in rule.assertions:
                if open_top(evaluate(assertion.value, scope))[0] is False:
                    _report(rule, assertion, diagnostics)
        except EvaluationError as problem:
            diagnostics.extend(problem.diagnostics)


def _report(rule: RuleDef, assertion: Assertion, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        BROKEN_RULE,
        assertion.description or f"the parameters break the rule {rule.name!r}",
        assertion.value.span,
        path=("rules", rule.name),
        hint="change the values of the parameters that the rule names",
        related=((rule.span, "the rule"),),
    )
