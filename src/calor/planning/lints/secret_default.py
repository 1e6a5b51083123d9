"""A secret that stands in the template for all to read."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.planning.lints.seen import Seen

SECRET_DEFAULT = Rule(
    "L105",
    "secret with a default",
    "The parameter is hidden, so its value is a secret, but its default can be read by everybody"
    " who sees the template. Give the value when the stack is made, or let OS::Heat::RandomString"
    " make one.",
    Severity.WARNING,
)


def check(seen: Seen) -> Iterator[Diagnostic]:
    for name, parameter in seen.template.parameters.items():
        if parameter.hidden and parameter.has_default and parameter.default not in (None, ""):
            yield Diagnostic(
                SECRET_DEFAULT,
                f"the default of the hidden parameter {name!r} can be read in the template",
                parameter.default_span or parameter.span,
                ("parameters", name, "default"),
                "remove the default, and give the value with -p or in an environment",
            )
