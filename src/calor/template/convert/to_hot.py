"""The door: a loaded template of CloudFormation in, the same in HOT out, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from calor.base.diagnostics import Diagnostics
from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.base.values import Value
from calor.template.convert.parameters import parameter
from calor.template.convert.rules import LOST, NOT_IN_HOT
from calor.template.convert.values import NOTHING, Values
from calor.template.definitions import OutputDef, ResourceDef, Template
from calor.template.dialects.cfn_transforms import LOOP
from calor.template.expressions import Expression
from calor.template.load import Loaded

VERSION = "2021-04-16"
EXCEPT_ON_CREATE = "RetainExceptOnCreate"

_LOST_KEYS = {
    "creation_policy": "how many signals a resource waits for",
    "update_replace_policy": "what becomes of a thing that is replaced",
}


@dataclass(frozen=True, slots=True)
class Converted:
    """`document` is the template in HOT; `diagnostics` tell what is missing in it."""

    document: Mapping[str, Any]
    diagnostics: Diagnostics


def to_hot(loaded: Loaded) -> Converted:
    """The template in the newest version of HOT. It must be free of errors."""
    assert loaded.template is not None
    conversion = _Conversion(loaded.template)
    conversion.tell_loops(loaded.reading.node)
    return conversion.converted()


class _Conversion:
    def __init__(self, template: Template) -> None:
        self._template = template
        self._diagnostics = Diagnostics()
        kinds = {name: one.type for name, one in template.parameters.items()}
        self._values = Values(kinds, self._diagnostics)

    def converted(self) -> Converted:
        template = self._template
        document: dict[str, Any] = {
            "heat_template_version": VERSION,
            "description": template.description,
            "parameter_groups": self._groups(),
            "parameters": self._parameters(),
            "conditions": {
                name: self._values.condition(one.value) for name, one in template.conditions.items()
            },
            "resources": {name: self._resource(one) for name, one in template.resources.items()},
            "outputs": {name: self._output(one) for name, one in template.outputs.items()},
        }
        for rule in template.rules.values():
            self._diagnostics.add(
                NOT_IN_HOT,
                f"HOT has no rules, so nobody checks {rule.name!r} for the result",
                rule.span,
                hint="say it in constraints of the parameters",
            )
        return Converted(
            {key: value for key, value in document.items() if value}, self._diagnostics
        )

    def tell_loops(self, written: Node | None) -> None:
        """Tells what becomes of the loops in a document as it is written."""
        for key in _loops(written):
            self._diagnostics.add(
                LOST, f"HOT has no loops: what {key.text} makes is written out", key.span
            )
        for name in self._template.loops:
            parameter = self._template.parameters.get(name)
            if parameter is None:
                continue
            if parameter.has_default:
                words = "is written out for its default, whatever is given"
                hint = "convert the template with the default that is meant"
            else:
                words = "is missing, because it has no default"
                hint = "give it a default"
            self._diagnostics.add(
                NOT_IN_HOT, f"what a loop makes of {name!r} {words}", parameter.span, hint=hint
            )

    def _groups(self) -> list[dict[str, Any]]:
        return [
            {
                **({"label": group.label} if group.label else {}),
                **({"description": group.description} if group.description else {}),
                "parameters": list(group.parameters),
            }
            for group in self._template.parameter_groups
        ]

    def _parameters(self) -> dict[str, Any]:
        """Parameters, and for each mapping one whose default is the mapping."""
        made = {
            name: parameter(one, self._diagnostics)
            for name, one in self._template.parameters.items()
        }
        for name, mapping in self._template.mappings.items():
            if name in made:
                self._diagnostics.add(
                    NOT_IN_HOT,
                    f"the mapping {name!r} becomes a parameter, and there is one of that name",
                    mapping.span,
                    hint="rename the mapping",
                )
                continue
            made[name] = {
                "type": "json",
                "description": f"The mapping {name}; not meant to be changed.",
                "default": {key: dict(values) for key, values in mapping.values.items()},
            }
        return made

    def _resource(self, resource: ResourceDef) -> dict[str, Any]:
        made: dict[str, Any] = {"type": resource.type}
        self._put(made, "condition", resource.condition, is_condition=True)
        self._put(made, "properties", resource.properties)
        self._put(made, "metadata", resource.metadata)
        if resource.depends_on:
            made["depends_on"] = list(resource.depends_on)
        self._put(made, "update_policy", resource.update_policy)
        self._put(made, "deletion_policy", resource.deletion_policy)
        if made.get("deletion_policy") == EXCEPT_ON_CREATE and resource.deletion_policy:
            made["deletion_policy"] = "Retain"
            self._diagnostics.add(
                NOT_IN_HOT,
                f"HOT has no policy {EXCEPT_ON_CREATE}; the result keeps {resource.name!r} also"
                " when its creation is rolled back",
                resource.deletion_policy.span,
                hint="write Retain or Delete",
            )
        if resource.description:
            made["description"] = resource.description
        self._tell_lost(resource)
        return made

    def _tell_lost(self, resource: ResourceDef) -> None:
        if not isinstance(resource.node, MappingNode):
            return
        for key, _ in resource.node.entries:
            words = _LOST_KEYS.get(self._template.dialect.resource_keys.get(key.text, ""))
            if words:
                self._diagnostics.add(
                    LOST, f"HOT can't say by {key.text} {words}", key.span, hint="leave it out"
                )

    def _output(self, output: OutputDef) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if output.description:
            made["description"] = output.description
        self._put(made, "condition", output.condition, is_condition=True)
        value = self._values.value(output.value)
        made["value"] = None if value is NOTHING else value
        if output.export is not None:
            self._diagnostics.add(
                NOT_IN_HOT,
                f"HOT can't export the output {output.name!r} to other stacks",
                output.export.span,
                hint="give its value to the other stack as a parameter",
            )
        return made

    def _put(
        self,
        made: dict[str, Any],
        key: str,
        expression: Expression | None,
        *,
        is_condition: bool = False,
    ) -> None:
        """Puts an optional value where it belongs."""
        if expression is None:
            return
        convert = self._values.condition if is_condition else self._values.value
        value: Value = convert(expression)
        if value is not NOTHING:
            made[key] = value


def _loops(node: Node | None) -> Iterator[ScalarNode]:
    """The keys that begin loops, in the order written."""
    if isinstance(node, MappingNode):
        for key, value in node.entries:
            if key.text.startswith(LOOP):
                yield key
            yield from _loops(value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _loops(item)
