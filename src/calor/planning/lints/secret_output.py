"""An output that tells a secret."""

from __future__ import annotations

from collections.abc import Iterator

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.base.source import Span
from calor.planning.lints.seen import Seen
from calor.template.expressions import Expression, MapExpr, Reference, references

SECRET_OUTPUT = Rule(
    "L107",
    "output of a secret",
    "The output's value is made of a hidden parameter or of an attribute that is a secret. Lists"
    " show a mask in its place, but whoever may read the stack and asks for this output is told."
    " Where that is what the output is for, the warning can be left alone.",
    Severity.WARNING,
)


def check(seen: Seen) -> Iterator[Diagnostic]:
    for name, output in seen.template.outputs.items():
        for span, what, related in _secrets(seen, output.value):
            yield Diagnostic(
                SECRET_OUTPUT,
                f"the output {name!r} tells {what}, which is a secret",
                span,
                ("outputs", name),
                "leave the output out, unless its readers may know the secret",
                related,
            )


def _secrets(
    seen: Seen, expression: Expression
) -> Iterator[tuple[Span, str, tuple[tuple[Span, str], ...]]]:
    """Each secret that an expression names: where, in words, and what that is made of."""
    for reference in references(expression):
        if _is_hidden(seen, reference):
            parameter = seen.template.parameters[reference.name]
            related = ((parameter.span, "hidden here"),)
            yield reference.span, f"the parameter {reference.name!r}", related
        elif reference.kind == "attribute" and reference.path:
            what = f"{reference.path[0]!r} of {reference.name!r}"
            source = _source(seen, reference)
            if source is not None:
                yield reference.span, what, source


def _source(seen: Seen, reference: Reference) -> tuple[tuple[Span, str], ...] | None:
    """What makes an attribute secret, () where it is so by itself; None where it is none."""
    part = seen.parts.get(reference.name)
    if part is None:
        return None
    name = str(reference.path[0])
    spec = part.type.attributes.get(name)
    if spec is not None and spec.sensitive:
        return ()
    properties = part.definition.properties
    # A type may show what it was given, as OS::Heat::Value does.
    given = properties.get(name) if isinstance(properties, MapExpr) else None
    hidden = [item.span for item in references(given) if _is_hidden(seen, item)]
    return tuple((span, "the secret comes in here") for span in hidden) or None


def _is_hidden(seen: Seen, reference: Reference) -> bool:
    parameter = seen.template.parameters.get(reference.name)
    return reference.kind == "parameter" and parameter is not None and parameter.hidden
