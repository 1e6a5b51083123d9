"""What a lint is shown of a template, and questions that several of them ask."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from calor.base.diagnostics import Diagnostic, Rule
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.planning.composition import Part
from calor.schema import PropertySpec
from calor.template.check import UNKNOWN_CONDITION, UNKNOWN_PARAMETER, all_expressions
from calor.template.definitions import ConditionDef, ParameterDef, Template
from calor.template.expressions import Literal, Reference, calls, references

_UNKNOWN = {"parameter": UNKNOWN_PARAMETER, "condition": UNKNOWN_CONDITION}


@dataclass(frozen=True, slots=True)
class Seen:
    """A template and its resources, as far as they are enabled. Where it has `errors`, a part of
    it may be missing here."""

    template: Template
    parts: Mapping[str, Part]
    errors: Sequence[Diagnostic]

    def references(self) -> Iterator[Reference]:
        """Everything that any part of the template names."""
        for _, expression in all_expressions(self.template):
            yield from references(expression)

    def unused(
        self, rule: Rule, kind: str, declared: Mapping[str, ParameterDef | ConditionDef]
    ) -> Iterator[Diagnostic]:
        """Warns of every definition of a kind that nothing refers to."""
        for name in self._unused(kind, declared):
            yield Diagnostic(
                rule,
                f"nothing uses the {kind} {name!r}",
                declared[name].span,
                (f"{kind}s", name),
                "remove it",
            )

    def _unused(self, kind: str, names: Collection[str]) -> list[str]:
        """Which of the names nothing refers to. Where the template has errors, or computes the
        names that it refers to, a name that stands anywhere is taken for used; where it refers to
        a name that there is not, any of the unused ones may be meant."""
        if any(item.rule is _UNKNOWN[kind] for item in self.errors):
            return []
        used = {item.name for item in self.references() if item.kind == kind}
        if kind == "parameter":
            used.update(self.template.loops)
        left = [name for name in names if name not in used]
        if left and (self.errors or self._computes(kind)):
            texts = {*_texts(self.template)}
            left = [name for name in left if name not in texts]
        return left

    def _computes(self, kind: str) -> bool:
        return kind == "parameter" and any(
            call.name == "get_param" and not isinstance(call.args[0], Literal)
            for _, expression in all_expressions(self.template)
            for call in calls(expression)
        )


def written(
    node: Node | None, specs: Mapping[str, PropertySpec]
) -> Iterator[tuple[ScalarNode, PropertySpec]]:
    """Every property that is written out below a node, with the node of its name."""
    if not isinstance(node, MappingNode):
        return
    for key, value in node.entries:
        spec = specs.get(key.text)
        if spec is None:
            continue
        yield key, spec
        if spec.fields is not None:
            yield from written(value, spec.fields)
        elif spec.items is not None and spec.items.fields is not None:
            for item in value.items if isinstance(value, SequenceNode) else ():
                yield from written(item, spec.items.fields)


def _texts(template: Template) -> Iterator[str]:
    """Every text of a template outside of its sections of parameters and their groups."""
    skipped = [
        word
        for word, role in template.dialect.sections.items()
        if role in ("parameters", "parameter_groups")
    ]
    left = [value for key, value in template.node.entries if key.text not in skipped]
    while left:
        node = left.pop()
        if isinstance(node, ScalarNode):
            yield node.text
        elif isinstance(node, SequenceNode):
            left.extend(node.items)
        else:
            left.extend(value for _, value in node.entries)
