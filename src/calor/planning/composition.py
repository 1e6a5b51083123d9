"""A definition, understood: what `compose` makes, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from calor.base.diagnostics import Diagnostics
from calor.base.source import Span
from calor.base.values import Value
from calor.model.resource_type import ResourceType
from calor.model.stack import Definition, Sink
from calor.planning.origins import Trail
from calor.planning.things import Asked
from calor.template.definitions import ResourceDef, Template
from calor.template.environment import Environment
from calor.template.evaluation import TemplateScope
from calor.template.expressions import Expression, Reference
from calor.template.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Lookup:
    """A name that the cloud must know: at `path`, of a kind like `nova.flavor`. `written` tells
    its place, and the trail from there to where it was written, if that is one other place; it is
    asked only when the cloud does not know the name."""

    path: tuple[str | int, ...]
    kind: str
    value: Value
    written: Callable[[], tuple[Span | None, Trail]]


@dataclass(frozen=True, slots=True)
class WrittenSink:
    """An event sink, and where an environment names it."""

    sink: Sink
    span: Span


@dataclass(frozen=True, slots=True)
class Part:
    """One enabled resource: its definition, type, and what is known of its properties.

    `properties` are normalised and hold `Unknown` where other resources decide; `independent`
    says that none do, so that they are final. `refers` names for each top-level property the
    resources whose ids it holds; `reads` are the attributes of others that decide about it, as far
    as they are written out, and `computes_names` says that functions work out what else it refers
    to; `decided` are the top-level properties whose values others decide, None where that can't be
    told one by one. `restricted` are the actions that the environment forbids: update, replace;
    `hooks` those of the environment at which it stops.
    """

    definition: ResourceDef
    type: ResourceType
    properties: Mapping[str, Value]
    independent: bool
    needs: tuple[str, ...]
    refers: Mapping[str, tuple[str, ...]]
    reads: tuple[Reference, ...] = ()
    computes_names: bool = False
    decided: Mapping[str, Expression] | None = None
    restricted: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def declared_type(self) -> str:
        return self.definition.type


@dataclass(frozen=True, slots=True)
class Composition:
    """A definition, understood. Use it only when `diagnostics.errors` is empty, but to look."""

    definition: Definition
    template: Template | None
    environment: Environment
    parameters: Parameters | None
    scope: TemplateScope | None
    parts: Mapping[str, Part]
    children: Mapping[str, Composition]
    lookups: tuple[Lookup, ...]
    diagnostics: Diagnostics
    sinks: tuple[WrittenSink, ...] = ()
    exports: Mapping[str, str] = field(default_factory=dict)
    """Names for the whole project, each with the output that is exported under it."""
    imports: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    """What its rules ask the cloud about the things that parameters name."""
    of_anybody: bool = False
    """Whether it is the same for every stack of its project."""

    def hooks(self, name: str) -> tuple[str, ...]:
        """The hooks of a name; () for one that is not wanted."""
        part = self.parts.get(name)
        return part.hooks if part is not None else ()

    @property
    def calls_cloud(self) -> bool:
        """Whether any of its own resources does."""
        return any(part.type.calls_cloud for part in self.parts.values())

    @property
    def types(self) -> Mapping[str, ResourceType]:
        return {name: part.type for name, part in self.parts.items()}
