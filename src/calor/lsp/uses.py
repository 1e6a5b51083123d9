"""Where a template declares names, and where it uses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calor.base.source import Source, Span
from calor.lsp.language import Document
from calor.template.definitions import OutputDef, ResourceDef, Template
from calor.template.expressions import Expression, references

KINDS = {
    "attribute": "resource",
    "condition": "condition",
    "mapping": "mapping",
    "parameter": "parameter",
    "resource": "resource",
}
"""What a reference of a kind names."""


@dataclass(frozen=True, slots=True)
class Use:
    """A name from `start` to `end`, quotes left out. `declares` tells whether it stands where the
    name is declared."""

    kind: str
    name: str
    start: int
    end: int
    declares: bool = False


def uses_of(document: Document) -> list[Use]:
    """All of a template's, in the order of the text, each place once. A name that does not stand
    in the text as it is, as one that a loop makes, is left out."""
    template = document.template
    if template is None:
        return []
    found: dict[tuple[int, int], Use] = {}
    for kind, name, span, declares in _all(template):
        use = _use(document.source, kind, name, span, declares)
        if use is not None:
            found.setdefault((use.start, use.end), use)
    return sorted(found.values(), key=lambda use: use.start)


def use_at(uses: list[Use], offset: int) -> Use | None:
    """The one that an offset is in, or right behind."""
    return next((use for use in uses if use.start <= offset <= use.end), None)


def _use(source: Source, kind: str, name: str, span: Span, declares: bool) -> Use | None:
    start, end = span.start, span.end
    text = source.text[start:end]
    if text[:1] in ("'", '"') and text[:1] == text[-1:] and len(text) > 1:
        start, end = start + 1, end - 1
    return Use(kind, name, start, end, declares) if source.text[start:end] == name else None


def _all(template: Template) -> Iterator[tuple[str, str, Span, bool]]:
    """Kind, name, place, and whether it is declared there."""
    for kind, names in (
        ("parameter", template.parameters),
        ("resource", template.resources),
        ("condition", template.conditions),
        ("mapping", template.mappings),
    ):
        for name, definition in names.items():
            yield kind, name, definition.span, True
    for group in template.parameter_groups:
        for name, span in zip(group.parameters, group.parameter_spans, strict=True):
            yield "parameter", name, span, False
    for resource in template.resources.values():
        for name, span in zip(resource.depends_on, resource.depends_on_spans, strict=True):
            yield "resource", name, span, False
    for expression in _expressions(template):
        for reference in references(expression):
            if reference.kind in KINDS:
                yield KINDS[reference.kind], reference.name, reference.span, False


def _expressions(template: Template) -> Iterator[Expression]:
    parts: list[ResourceDef | OutputDef] = [
        *template.resources.values(),
        *template.outputs.values(),
    ]
    for part in parts:
        if isinstance(part, ResourceDef):
            yield from part.expressions()
        else:
            yield part.value
            if part.export is not None:
                yield part.export
        if part.condition is not None:
            yield part.condition
    for condition in template.conditions.values():
        yield condition.value
    for rule in template.rules.values():
        if rule.condition is not None:
            yield rule.condition
        for assertion in rule.assertions:
            yield assertion.value
