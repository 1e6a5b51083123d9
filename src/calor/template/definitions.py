"""A template as parsed: what was written, with places, not evaluated. Nouns only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from calor.base.source import MappingNode, Node, Source, Span
from calor.base.values import Value
from calor.template.constraints import Constraint
from calor.template.expressions import Expression

if TYPE_CHECKING:
    from calor.template.dialect import Dialect


@dataclass(frozen=True, slots=True)
class ParameterDef:
    """`type` is one of `parameter_types.TYPES`. `default` is as written; see `has_default`.

    `span` is the name's place, `default_span` the default's.
    """

    name: str
    type: str
    span: Span
    node: Node
    description: str = ""
    default: Value = None
    has_default: bool = False
    default_span: Span | None = None
    label: str = ""
    hidden: bool = False
    immutable: bool = False
    tags: tuple[str, ...] = ()
    schema: Value = None
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """Parameters that forms show together, in this order."""

    label: str
    description: str
    parameters: tuple[str, ...]
    span: Span
    parameter_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceDef:
    """`span` is the name's place, `type_span` the type's. `depends_on` are written dependencies
    only; `check.needed_resources` has all."""

    name: str
    type: str
    span: Span
    type_span: Span
    node: Node
    properties: Expression | None = None
    metadata: Expression | None = None
    depends_on: tuple[str, ...] = ()
    depends_on_spans: tuple[Span, ...] = ()
    update_policy: Expression | None = None
    deletion_policy: Expression | None = None
    external_id: Expression | None = None
    condition: Expression | None = None
    description: str = ""
    creation_policy: Expression | None = None
    update_replace_policy: Expression | None = None

    def expressions(self) -> list[Expression]:
        """All its expressions but the condition, in a fixed order."""
        parts = (
            self.properties,
            self.metadata,
            self.update_policy,
            self.deletion_policy,
            self.external_id,
            self.creation_policy,
            self.update_replace_policy,
        )
        return [part for part in parts if part is not None]


@dataclass(frozen=True, slots=True)
class OutputDef:
    """`export` is the name under which other stacks of the project find the value."""

    name: str
    value: Expression
    span: Span
    node: Node
    description: str = ""
    condition: Expression | None = None
    export: Expression | None = None


@dataclass(frozen=True, slots=True)
class ConditionDef:
    name: str
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class MappingDef:
    """A table of constants: two keys lead to a value, which stands at one of the `spans`."""

    name: str
    span: Span
    values: Mapping[str, Mapping[str, Value]]
    spans: Mapping[tuple[str, str], Span]


@dataclass(frozen=True, slots=True)
class Assertion:
    """Something that must be true; `description` tells people what, '' when nobody wrote it."""

    value: Expression
    description: str


@dataclass(frozen=True, slots=True)
class RuleDef:
    """What parameters must keep together, where the condition holds or there is none."""

    name: str
    span: Span
    condition: Expression | None
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """`version` is as written, `dialect` what it means. Maps are in the order written. `labelled`
    has the names that forms have a label for, with their places.

    `loops` are the parameters that decide which names there are; see `load.with_values`.
    """

    dialect: Dialect
    version: str
    source: Source
    node: MappingNode
    description: str
    parameter_groups: tuple[ParameterGroup, ...]
    parameters: Mapping[str, ParameterDef]
    resources: Mapping[str, ResourceDef]
    outputs: Mapping[str, OutputDef]
    conditions: Mapping[str, ConditionDef]
    mappings: Mapping[str, MappingDef] = field(default_factory=dict)
    rules: Mapping[str, RuleDef] = field(default_factory=dict)
    labelled: Mapping[str, Span] = field(default_factory=dict)
    loops: tuple[str, ...] = ()
