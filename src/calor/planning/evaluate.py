"""Values over what exists: the properties that a name shall have, and a stack's outputs.

It reads rows; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from calor.base.errors import InvalidInput, ResourceFailed
from calor.base.records import record
from calor.base.values import Sensitive, Unknown, Value, is_known, reveal, unknowns
from calor.model.facade import facade
from calor.model.resource import Resource
from calor.model.resource_type import LivePart, ResourceType
from calor.model.stack import Output
from calor.model.states import DeletionPolicy
from calor.planning.composition import Composition, Part
from calor.planning.facade import metadata_of
from calor.planning.inside import Inside
from calor.planning.properties import judged_now, raw_properties
from calor.planning.references import no_attribute
from calor.template.definitions import OutputDef
from calor.template.evaluation import (
    TemplateScope,
    deletion_policy,
    evaluate,
    is_enabled,
    replace_policy,
    worked_out,
)
from calor.template.expressions import Expression, Reference, calls, references
from calor.template.functions.fn_get_azs import FnGetAZs
from calor.template.marks import Misuse, select

Asked: TypeAlias = tuple[str, LivePart]
"""A resource's name and one of the live attributes that may be asked of it, or `ZONES`."""
ZONES: Asked = "", ("availability zones",)
"""What no resource tells: the cloud does."""


@record()
class Wanted:
    """What a name shall become. `independent`: no other resource decides any of it.

    `properties` are normalised; `needs` are names; `context` is what else reaches a stack inside;
    `restricted` are the actions that the environment forbids.
    """

    name: str
    type: ResourceType
    declared_type: str
    properties: Mapping[str, Value]
    metadata: Mapping[str, Value]
    deletion_policy: DeletionPolicy
    replace_policy: DeletionPolicy | None
    external_id: Value
    needs: tuple[str, ...]
    independent: bool
    context: Value = ""
    restricted: tuple[str, ...] = ()


class RowScope(TemplateScope):
    """A template's scope in which resources are what their current rows say."""

    def __init__(self, composition: Composition, current: Mapping[str, Resource]) -> None:
        assert composition.template is not None
        assert composition.parameters is not None
        super().__init__(
            composition.template,
            composition.parameters.values,
            files=composition.definition.files,
            facade=composition.definition.facade,
            exports=composition.scope.exports if composition.scope is not None else None,
        )
        self._parts = composition.parts
        self._current = current
        self.changing: dict[str, dict[str, None] | None] = {}
        """While planning: attributes by name of a resource that will change; None for all."""
        self.live: dict[Asked, Value] = {}
        self._bare = len(self._parts) == len(composition.template.resources) and not any(
            part.type.foretold(part.properties) is not None for part in self._parts.values()
        )

    @property
    def knows_nothing(self) -> bool:
        """Whether it has no other answer about any resource than the template itself."""
        return self._bare and not self._current

    def resource_id(self, name: str) -> Value:
        self._exists(name)
        row = self.settled(name)
        if row is None:
            return self._foretold(name) if name in self._parts else None
        type = self._parts[name].type
        reference = type.reference(row)
        if self._may_change(name, None):
            bare = replace(row, attributes={})
            if reference != type.reference(bare):
                return Unknown(name)
        return reference

    def _exists(self, name: str) -> None:
        """Names that functions work out are looked at here, where they were not known before."""
        if name not in self.template.resources:
            raise Misuse(f"there is no resource {name!r}")

    def zones(self) -> Value:
        return self.live[ZONES] if ZONES in self.live else super().zones()

    def _foretold(self, name: str) -> Value:
        part = self._parts[name]
        value = part.type.foretold(part.properties)
        return Unknown(name) if value is None else value

    def attribute(self, name: str, attribute: str | None, path: Sequence[Value]) -> Value:
        self._exists(name)
        row = self.settled(name)
        part = self._parts.get(name)
        if attribute is not None and part is not None and not part.type.has_attribute(attribute):
            raise Misuse(*no_attribute(part.type, attribute))
        if row is None:
            if part is None:
                return None
            return Unknown(f"{name}.{attribute}" if attribute else name)
        if self._may_change(name, attribute):
            return Unknown(f"{name}.{attribute}" if attribute else name)
        whole = () if attribute is None else (attribute, *path)
        type = self._parts[name].type
        asked = type.live_parts(row, whole)
        for way in asked:
            if (name, way) not in self.live:
                return Unknown(".".join((name, *way)))
        if asked and len(asked[0]) == 1:
            return select(self.live[name, asked[0]], path)
        if asked:
            row = type.showing(row, {way: self.live[name, way] for way in asked})
        return type.attribute(row, whole)

    def _may_change(self, name: str, attribute: str | None) -> bool:
        """Whether an attribute, or one of them, may tell something else soon."""
        if name not in self.changing:
            return False
        affected = self.changing[name]
        return affected is None or attribute is None or attribute in affected

    def settled(self, name: str) -> Resource | None:
        """The row of a name, once it tells something."""
        row = self._current.get(name)
        return row if row is not None and row.settled and name in self._parts else None


def _evaluated(expression: Expression | None, scope: TemplateScope, default: Value) -> Value:
    """The value of an optional expression."""
    return default if expression is None else evaluate(expression, scope)


class Evaluator:
    """Evaluates a composition over `current`, which maps names to rows and may change between
    calls."""

    def __init__(self, composition: Composition, current: Mapping[str, Resource]) -> None:
        self._composition = composition
        self._scope = RowScope(composition, current)
        self._inside = Inside(composition.definition, composition.environment)

    def changing(self, name: str, properties: Sequence[str]) -> None:
        """While planning: these properties of a resource will change, so what it tells about them
        is not known yet."""
        type = self._composition.parts[name].type
        affected = type.affected(properties) if properties else None
        self._scope.changing[name] = None if affected is None else dict.fromkeys(affected)

    def asks(self, name: str) -> list[Asked]:
        """What the properties of a name ask for that no row tells; `learn` it first."""
        part = self._composition.parts[name]
        said = part.definition
        deciding = (said.properties, said.metadata, said.external_id)
        named = list(part.reads)
        if part.computes_names:
            named += self._worked_out(deciding)
        return [*self._live_among(named), *self._zones_in(*deciding)]

    def outputs_ask(self) -> list[Asked]:
        """The same of all outputs."""
        template = self._composition.template
        assert template is not None
        values = [output.value for output in template.outputs.values()]
        named = [reference for value in values for reference in references(value)]
        named += self._worked_out(values)
        return [*self._live_among(named), *self._zones_in(*values)]

    def _worked_out(self, expressions: Iterable[Expression | None]) -> list[Reference]:
        return [item for value in expressions for item in worked_out(value, self._scope)]

    def learn(self, asked: Asked, value: Value) -> None:
        """What something that was asked for is now."""
        self._scope.live[asked] = value

    def _live_among(self, named: Iterable[Reference]) -> list[Asked]:
        parts = self._composition.parts
        found: dict[Asked, None] = {}
        for reference in named:
            row = self._scope.settled(reference.name) if reference.kind == "attribute" else None
            if row is not None:
                asked = parts[reference.name].type.live_parts(row, reference.path)
                found.update(((reference.name, part), None) for part in asked)
        return list(found)

    def _zones_in(self, *expressions: Expression | None) -> list[Asked]:
        template = self._composition.template
        asking = FnGetAZs.names[0]
        if template is None or asking not in template.dialect.functions:
            return []
        asks = any(call.name == asking for item in expressions for call in calls(item))
        return [ZONES] if asks else []

    def tentative(self, name: str, needs: Sequence[str]) -> Wanted:
        """What a name shall become, as far as known now; may hold `Unknown`."""
        return self._wanted(self._composition.parts[name], self.known_properties(name), needs)

    def known_properties(self, name: str) -> Mapping[str, Value]:
        """The normalised properties of a name as far as they are known now."""
        part = self._composition.parts[name]
        known = part.independent or self._scope.knows_nothing
        return part.properties if known else self._properties(part)

    def wanted(self, name: str, needs: Sequence[str]) -> Wanted:
        """What a name shall become, all of it known. Raises ResourceFailed when something that
        others should have told is still unknown, or breaks a rule of the type."""
        part = self._composition.parts[name]
        try:
            problems, properties = judged_now(part, self._scope)
            if problems:
                path = ".".join(str(step) for step in problems[0].path)
                raise ResourceFailed(f"properties.{path}: {problems[0].message}")
            found = self._wanted(part, properties, needs)
        except InvalidInput as error:
            raise ResourceFailed(str(error)) from error
        told = [dict(found.properties), dict(found.metadata), found.external_id]
        if not is_known(told):
            missing = unknowns(told)
            raise ResourceFailed(f"{missing[0].source} is still unknown, which it needs")
        return found

    def replace_policy(self, name: str) -> DeletionPolicy | None:
        """What becomes of a name's thing when another one takes its place; None leaves it to the
        deletion policy that the thing has."""
        policy = replace_policy(self._composition.parts[name].definition, self._scope)
        return DeletionPolicy(policy) if policy else None

    def outputs(self) -> tuple[Output, ...]:
        """The stack's outputs; one that can't be had says why, and one whose condition is false is
        null, as Heat has it."""
        template = self._composition.template
        assert template is not None
        return tuple(self._output(output) for output in template.outputs.values())

    def _output(self, output: OutputDef) -> Output:
        said = Output(output.name, None, output.description or "")
        try:
            if is_enabled(output, self._scope) is False:
                return said
            value = _evaluated(output.value, self._scope, None)
        except InvalidInput as error:
            reasons = [problem.message for problem in error.diagnostics] or [error.message]
            return replace(said, error=reasons[0])
        if is_known(value):
            return replace(said, value=value)
        return replace(said, error=f"{unknowns(value)[0].source} is not known yet")

    def _properties(self, part: Part) -> Mapping[str, Value]:
        value = raw_properties(part.definition, self._scope)
        if isinstance(value, Unknown | Sensitive):
            return part.properties
        problems, properties = part.type.schema.judged(value or {})
        return part.properties if problems else properties

    def _wanted(self, part: Part, properties: Mapping[str, Value], needs: Sequence[str]) -> Wanted:
        definition = part.definition
        external = reveal(_evaluated(definition.external_id, self._scope, None))
        metadata = metadata_of(definition, self._scope)
        policy = DeletionPolicy(deletion_policy(definition, self._scope))
        return Wanted(
            name=definition.name,
            type=part.type,
            declared_type=part.declared_type,
            properties=properties,
            metadata=metadata if isinstance(metadata, dict) else {},
            deletion_policy=policy,
            replace_policy=self.replace_policy(part.name),
            external_id=external if external is None or not is_known(external) else str(external),
            needs=tuple(needs),
            independent=part.independent,
            context=self._inside.context(part.type, properties, facade(metadata, policy)),
            restricted=part.restricted,
        )
