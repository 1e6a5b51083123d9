"""What may stand in a value: names that functions point to, functions, and what a schema says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from calor.base.source import MappingNode, Node, ScalarNode, SequenceNode
from calor.lsp import documentation as docs
from calor.lsp.catalog import Catalog
from calor.lsp.language import Document, said
from calor.lsp.offers import Offer, Shape, Sort, plain
from calor.lsp.place import Place, Spot
from calor.schema import AllowedValues, Kind, PropertySpec
from calor.schema.show import SHOW
from calor.template.dialect import Dialect
from calor.template.functions import registry


@dataclass(frozen=True, slots=True)
class Step:
    """One key or index on the way to a place, and the map or list that it is in."""

    key: str | int
    node: Node


Steps = Sequence[Step]


def steps_of(place: Place) -> Steps:
    """The way to a place."""
    return [Step(key, node) for key, node in zip(place.path, place.nodes, strict=False)]


@dataclass(frozen=True, slots=True)
class _Call:
    """The innermost function around a place; `at` says at which of its arguments the place is."""

    name: str
    at: int
    arguments: Node | None


@dataclass(frozen=True, slots=True)
class Values:
    """Offers for one place of one document."""

    document: Document
    dialect: Dialect
    place: Place
    catalog: Catalog

    def properties(self, steps: Steps, type: str) -> list[Offer]:
        """In the properties of a resource of a type."""
        call, steps = _call(steps, self.dialect.functions, self.dialect.condition_functions)
        if call is not None:
            return self._arguments(call, self.dialect.functions)
        found = self.catalog.type(type, self.document)
        fields = found.schema.properties if found is not None else {}
        return self._by_schema(*self._schema_at(steps, fields))

    def any(self, steps: Steps) -> list[Offer]:
        """In a value of which nothing more is known."""
        call, _ = _call(steps, self.dialect.functions, self.dialect.condition_functions)
        if call is not None:
            return self._arguments(call, self.dialect.functions)
        return self._functions(self.dialect.functions)

    def conditions(self, steps: Steps) -> list[Offer]:
        """Where a condition is expected."""
        functions = self.dialect.condition_functions
        call, _ = _call(steps, functions, functions)
        if call is not None:
            return self._arguments(call, functions)
        return self._conditions() + self._functions(functions)

    def rules(self, steps: Steps) -> list[Offer]:
        """In a rule for parameters."""
        functions = self.dialect.rule_functions
        call, below = _call(steps, functions, functions)
        if call is not None:
            return self._arguments(call, functions)
        return self._functions(functions) if below else []

    # --- names ----------------------------------------------------------------------------------

    def resources(self) -> list[Offer]:
        document = self.document
        return [
            Offer(
                name,
                Sort.RESOURCE,
                partial(self._about_resource, name),
            )
            for name in document.names("resources")
        ]

    def parameters(self, *, pseudo: bool = True) -> list[Offer]:
        found = [
            Offer(
                name,
                Sort.PARAMETER,
                partial(self._about_parameter, name),
                said(self.document.entry("parameters", name), self._parameter_word("type")),
            )
            for name in self.document.names("parameters")
        ]
        return found + (plain(self.dialect.pseudo_parameters, Sort.PARAMETER) if pseudo else [])

    def _conditions(self) -> list[Offer]:
        if self.place.spot is Spot.KEY:
            return []
        return plain(self.document.names("conditions"), Sort.CONDITION) + plain(("true", "false"))

    def _attributes(self, resource: str) -> list[Offer]:
        type = self.catalog.type(self.document.type_of(resource), self.document)
        if type is None:
            return []
        return [
            Offer(
                name,
                Sort.ATTRIBUTE,
                partial(docs.of_attribute, spec),
                str(spec.kind or ""),
                deprecated=spec.support.status == "DEPRECATED",
            )
            for name, spec in {**type.attributes, "show": SHOW}.items()
            if not spec.support.hidden
        ]

    def _about_resource(self, name: str) -> str:
        type = self.catalog.type(self.document.type_of(name), self.document)
        kind = self.document.type_of(name)
        about = docs.of_type(type) if type is not None else kind
        return f"**{name}**\n\n{about}"

    def _about_parameter(self, name: str) -> str:
        node = self.document.entry("parameters", name)
        kind, description, default = map(self._parameter_word, ("type", "description", "default"))
        return docs.of_parameter(name, node, kind, description, default)

    def _parameter_word(self, role: str) -> str:
        """How the language writes a key of a parameter."""
        return next((word for word in self.dialect.parameter_keys if word.lower() == role), role)

    # --- functions ------------------------------------------------------------------------------

    def _arguments(self, call: _Call, functions: Mapping[str, int]) -> list[Offer]:
        """Inside a function's arguments."""
        function = registry().get(call.name)
        points_to = function.points_to if function is not None else ()
        if self.place.spot is Spot.KEY:
            return self._functions(functions)
        found: list[Offer] = []
        every = call.name in self.dialect.condition_functions
        for kind in points_to:
            if kind == "attribute" and call.at == 1:
                found += self._attributes(_first(call.arguments))
            elif call.at == 0 or (every and kind == "condition"):
                found += self._named(kind)
        return found or self._functions(functions)

    def _named(self, kind: str) -> list[Offer]:
        if kind in ("resource", "attribute"):
            return self.resources()
        if kind == "parameter":
            return self.parameters()
        if kind == "condition":
            return self._conditions()
        if kind == "mapping":
            return plain(self.document.names("mappings"), Sort.VALUE)
        return plain(self.catalog.files(self.document, self.place.before), Sort.FILE)

    def _functions(self, functions: Mapping[str, int]) -> list[Offer]:
        """Calls; as keys only where no other key stands."""
        place = self.place
        if place.quoted and place.spot is Spot.VALUE:
            return []
        if place.before.startswith("!"):
            return self._tags(functions)
        if place.spot is Spot.KEY and place.siblings:
            return []
        shape = Shape.CALL if place.spot is Spot.VALUE else Shape.KEY
        known = registry()
        return [
            _function(name, name, known[name].example if name in known else "", shape)
            for name in functions
        ] + (self._tags(functions) if shape is Shape.CALL else [])

    def _tags(self, functions: Mapping[str, int]) -> list[Offer]:
        """The short forms of functions."""
        return [
            _function(tag, name, name, Shape.TAG)
            for tag, name in self.dialect.tags.items()
            if name in functions
        ]

    # --- schemas --------------------------------------------------------------------------------

    def _schema_at(
        self, steps: Steps, fields: Mapping[str, PropertySpec] | None
    ) -> tuple[Mapping[str, PropertySpec] | None, PropertySpec | None]:
        """The keys that there may be, and the property whose value the place is."""
        spec: PropertySpec | None = None
        for step in steps:
            if isinstance(step.key, int):
                spec = spec.items if spec is not None else None
            else:
                spec = fields.get(step.key) if fields is not None else None
                if step.key == "properties" and (spec is None or spec.fields is None):
                    inner = self.catalog.type(said(step.node, "type"), self.document)
                    if inner is not None:
                        fields, spec = inner.schema.properties, None
                        continue
            fields = spec.fields if spec is not None else None
        return fields, spec

    def _by_schema(
        self, fields: Mapping[str, PropertySpec] | None, spec: PropertySpec | None
    ) -> list[Offer]:
        place = self.place
        found: list[Offer] = []
        if place.spot is not Spot.VALUE and fields is not None:
            found += [_property(item) for item in fields.values() if not item.support.hidden]
        if place.spot is not Spot.KEY and spec is not None:
            found += _values(spec)
            if spec.name == "type" and spec.kind is Kind.STRING and not found:
                found += plain(self.catalog.names(), Sort.TYPE)
        return found + self._functions(self.dialect.functions)


def _function(label: str, name: str, detail: str, shape: Shape) -> Offer:
    about = partial(docs.of_function, name, registry().get(name))
    return Offer(label, Sort.FUNCTION, about, detail or "not available yet", shape)


def _property(spec: PropertySpec) -> Offer:
    long = spec.kind in (Kind.MAP, Kind.LIST)
    return Offer(
        spec.name,
        Sort.PROPERTY,
        lambda: docs.of_property(spec),
        str(spec.kind),
        Shape.PARENT if long else Shape.KEY,
        deprecated=spec.support.status == "DEPRECATED",
        needed=spec.required,
    )


def _values(spec: PropertySpec) -> list[Offer]:
    """The values that a property lists, if it does."""
    for constraint in spec.constraints:
        if isinstance(constraint, AllowedValues):
            return plain(constraint.values, detail=spec.name)
    return plain(("true", "false")) if spec.kind is Kind.BOOLEAN else []


def _call(
    steps: Steps, functions: Mapping[str, int], conditions: Mapping[str, int]
) -> tuple[_Call | None, Steps]:
    """The innermost call around a place, if the place is one of its arguments. The branches of a
    choice are as if the choice were not there."""
    kept = list(steps)
    index = len(kept)
    while index > 0:
        index -= 1
        step = kept[index]
        if step.key not in functions or not _alone(step.node):
            continue
        below = kept[index + 1 :]
        arguments = step.node.get(str(step.key)) if isinstance(step.node, MappingNode) else None
        at = below[0].key if below else 0
        function = registry().get(str(step.key))
        chooses = function is not None and function.points_to == ("condition",)
        if chooses and isinstance(at, int) and at > 0 and step.key not in conditions:
            del kept[index : index + 2]
            continue
        if len(below) > 1 or not isinstance(at, int):
            at = -1
        return _Call(str(step.key), at, arguments), kept
    return None, kept


def _alone(node: Node) -> bool:
    return isinstance(node, MappingNode) and len(node.entries) == 1


def _first(arguments: Node | None) -> str:
    """The first argument, where it is written out."""
    if isinstance(arguments, SequenceNode) and arguments.items:
        arguments = arguments.items[0]
    return arguments.text if isinstance(arguments, ScalarNode) else ""
