"""The composing of one definition: each of its parts is understood, and what is wrong is told.

Codes R11x.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from calor.base.diagnostics import Diagnostic, Diagnostics, Rule, merged
from calor.base.errors import ResourceFailed
from calor.base.values import Unknown, Value, is_known
from calor.model.resource_type import ResourceType
from calor.model.stack import Definition
from calor.planning.composition import Composition, Lookup, Part, WrittenSink
from calor.planning.count import Count
from calor.planning.encrypted import check_encrypted
from calor.planning.endless import TOO_DEEP, each_once, used_at
from calor.planning.event_sinks import sinks_of
from calor.planning.exports import Offered, SharedNames, check_inside
from calor.planning.facade import check_has_parent, said_of_itself
from calor.planning.identity import Identity
from calor.planning.inert import warn_of_inert
from calor.planning.lookups import of_parameters, of_properties
from calor.planning.origins import (
    Trail,
    at_its_giver,
    given_by,
    traced,
    traced_call,
    trails_of,
)
from calor.planning.properties import (
    ABOUT_NAMES,
    checked_properties,
    decided_by_others,
    place_of,
)
from calor.planning.references import (
    check_circles,
    check_references,
    refers_to,
    worked_out_needs,
)
from calor.planning.surroundings import of_heat
from calor.planning.things import asked_by_rules
from calor.planning.typing import declared, resolve_type
from calor.template.assertions import check_rules
from calor.template.check import MISSING_FILE, all_expressions, needed_resources
from calor.template.definitions import ResourceDef, Template
from calor.template.environment import Environment, merge
from calor.template.evaluation import TemplateScope, computing, is_enabled
from calor.template.expressions import EvaluationError, part, references
from calor.template.load import (
    Loaded,
)
from calor.template.parameters import Parameters, Resolved, resolve_parameters
from calor.template.registry import Registry

if TYPE_CHECKING:
    from calor.planning.compose import Composer

NO_INNER = Rule(
    "R112",
    "the stack inside can't be made",
    "The resource has a stack inside, and its properties say nothing that such a stack could be"
    " made of, for instance a group with too many members.",
)


class Composing:
    """The composing of one definition."""

    def __init__(
        self,
        composer: Composer,
        definition: Definition,
        identity: Identity,
        count: Count,
        *,
        deep: bool,
        given: Mapping[str, Trail],
        offered: Offered | None,
    ) -> None:
        self._given = given
        self._offered = offered
        self._trails: Mapping[str, Trail] = {}
        self._count = count
        self._composer = composer
        self._definition = definition
        self._identity = identity
        self._deep = deep
        self._diagnostics = Diagnostics()
        self._lookups: list[Lookup] = []
        self._children: dict[str, Composition] = {}
        self._sinks: tuple[WrittenSink, ...] = ()
        self._works_out_needs = False

    def compose(self, name: str) -> Composition:
        loaded = self._composer.load(self._definition.template, self._definition.files, name)
        environment = self._environment(loaded.template)
        if loaded.template is not None and loaded.template.loops:
            loaded = self._unrolled(loaded, loaded.template, environment, name)
        self._diagnostics.extend(loaded.diagnostics)
        if not self._identity.depth:
            check_encrypted(environment, loaded.template, self._diagnostics)
            self._sinks = sinks_of(environment, self._diagnostics)
        if loaded.template is None:
            return self._result(None, environment)
        return self._understood(loaded.template, environment)

    def _unrolled(
        self, loaded: Loaded, template: Template, environment: Environment, name: str
    ) -> Loaded:
        """The template with the names that the values of its parameters make; as it is where these
        are missing or wrong, which is told elsewhere."""
        resolved = self._resolved(template, environment)
        if any(item.path[1:2] and item.path[1] in template.loops for item in resolved.diagnostics):
            return loaded
        values = resolved.parameters.values
        return self._composer.unrolled(
            loaded,
            {parameter: values[parameter] for parameter in template.loops},
            self._definition,
            name,
        )

    def _resolved(self, template: Template, environment: Environment) -> Resolved:
        return resolve_parameters(
            template, environment, self._definition.parameters, pseudo=self._identity.pseudo
        )

    def _environment(self, template: Template | None) -> Environment:
        loaded = [of_heat(), *self._composer.around.environments]
        for number, text in enumerate(self._definition.environments, 1):
            one = self._composer.load_environment(text, f"environment {number}")
            if not self._identity.depth:
                self._diagnostics.extend(one.diagnostics)
            loaded.append(one.environment)
        parameters = template.parameters if template is not None else {}
        merged = merge(loaded, {name: item.type for name, item in parameters.items()})
        # A nested stack's parameters are its resource's properties, never its parent's.
        return replace(merged, parameters={}) if self._identity.depth else merged

    def _understood(self, template: Template, environment: Environment) -> Composition:
        resolved = self._resolved(template, environment)
        self._diagnostics.extend(resolved.diagnostics)
        parameters = resolved.parameters
        if self._composer.leniency is not None:
            parameters = _open_ended(parameters)
        self._trails = trails_of(template, parameters, self._given)
        self._lookups += of_parameters(parameters, self._trails, self._diagnostics)
        scope = TemplateScope(
            template,
            parameters.values,
            files=self._files(template),
            facade=self._definition.facade,
            exports=self._offered.values if self._offered is not None else {},
        )
        if self._definition.facade is None and self._composer.leniency is None:
            check_has_parent(template, self._diagnostics)
        check_rules(template, scope, self._diagnostics)
        asked = asked_by_rules(template, scope, self._diagnostics)
        types = self._types_of(template, environment)
        parts: dict[str, Part] = {}
        for name, resource in template.resources.items():
            enabled = name in types and self._enabled(resource, scope)
            # Where templates are only read, what may be enabled is looked at as well.
            if enabled is True or (enabled and self._composer.leniency is not None):
                parts[name] = self._part(
                    resource, types[name], scope, environment.registry, surely=enabled is True
                )
        check_references(template, types, self._children, scope, self._diagnostics)
        for name, one in parts.items():
            if any(need not in parts for need in one.needs):
                needs = tuple(need for need in one.needs if need in parts)
                parts[name] = replace(one, needs=needs)
        if self._works_out_needs:
            check_circles(parts, self._diagnostics)
        shared = SharedNames(template, scope, self._identity, self._offered, self._diagnostics)
        exports, imports = shared.exports(), shared.imports(parts)
        check_inside(template, exports, self._children, self._diagnostics)
        found = self._result(template, environment, parameters, scope, parts)
        return replace(found, exports=exports, imports=imports, asked=asked)

    def _files(self, template: Template) -> Mapping[str, Value]:
        """The files by name. One that is not there was told already, and is unknown."""
        files = self._definition.files
        if all(item.rule is not MISSING_FILE for item in self._diagnostics):
            return files
        missing = {
            reference.name: Unknown(reference.name)
            for _, expression in all_expressions(template)
            for reference in references(expression)
            if reference.kind == "file"
        }
        return {**missing, **files}

    def _result(
        self,
        template: Template | None,
        environment: Environment,
        parameters: Parameters | None = None,
        scope: TemplateScope | None = None,
        parts: Mapping[str, Part] | None = None,
    ) -> Composition:
        return Composition(
            definition=self._definition,
            template=template,
            environment=environment,
            parameters=parameters,
            scope=scope,
            parts=parts or {},
            children=self._children,
            lookups=tuple(self._lookups),
            diagnostics=Diagnostics(merged(each_once(self._diagnostics))),
            sinks=self._sinks,
        )

    def _types_of(self, template: Template, environment: Environment) -> dict[str, ResourceType]:
        types = {}
        for name, resource in template.resources.items():
            type = resolve_type(
                resource,
                environment.registry.resolve(resource.type, (*self._identity.path, name)),
                types=self._composer.types,
                files=self._definition.files,
                diagnostics=self._diagnostics,
                defaults=environment.parameter_defaults,
                leniency=self._composer.leniency,
            )
            if type is not None:
                types[name] = type
        return types

    def _enabled(self, resource: ResourceDef, scope: TemplateScope) -> bool | Unknown:
        try:
            return is_enabled(resource, scope)
        except EvaluationError as error:
            self._diagnostics.extend(
                traced_call(item, resource.condition, self._trails) for item in error.diagnostics
            )
            return False

    def _part(
        self,
        resource: ResourceDef,
        type: ResourceType,
        scope: TemplateScope,
        registry: Registry,
        *,
        surely: bool,
    ) -> Part:
        self._count.one_more()
        problems = self._diagnostics.error_count
        lenient = self._composer.leniency is not None
        declared(resource, type, scope, self._diagnostics, lenient=lenient)
        warn_of_inert(resource, self._diagnostics)
        properties = checked_properties(
            resource, type, scope, self._diagnostics, trails=self._trails, lenient=lenient
        )
        facade = said_of_itself(resource, scope, self._diagnostics, self._trails)
        computes_names = any(computing(item) for item in resource.expressions())
        worked_out = worked_out_needs(resource, scope) if computes_names else []
        self._works_out_needs = self._works_out_needs or bool(worked_out)
        named = [
            reference
            for expression in (resource.properties, resource.metadata, resource.external_id)
            for reference in references(expression)
        ]
        independent = not worked_out and not any(
            reference.kind in ("resource", "attribute") for reference in named
        )
        self._lookups += of_properties(resource, type, properties, self._trails)
        path = (*self._identity.path, resource.name)
        if self._deep and surely and self._diagnostics.error_count == problems:
            self._compose_inner(resource, type, properties, facade)
        return Part(
            definition=resource,
            type=type,
            properties=properties,
            independent=independent and is_known(properties),
            needs=tuple(dict.fromkeys([*needed_resources(resource), *worked_out])),
            refers=refers_to(resource, scope),
            reads=tuple(item for item in named if item.kind == "attribute"),
            computes_names=computes_names,
            decided=None if computes_names else decided_by_others(resource, properties),
            restricted=registry.restricted_actions(path),
            hooks=registry.hooks(path),
        )

    def _compose_inner(
        self,
        resource: ResourceDef,
        type: ResourceType,
        properties: Mapping[str, Value],
        facade: Mapping[str, Value],
    ) -> None:
        try:
            inner = type.inner(properties, self._definition)
        except ResourceFailed as error:
            self._diagnostics.add(
                NO_INNER, str(error), resource.type_span, path=("resources", resource.name)
            )
            return
        if inner is None:
            return
        allowed = self._composer.settings.max_nested_stack_depth
        if 0 <= allowed < self._identity.depth + 1:
            self._diagnostics.add(
                TOO_DEEP,
                f"stacks nest deeper than the setting max_nested_stack_depth ({allowed}) allows",
                resource.type_span,
                path=("resources", resource.name),
                hint="flatten the templates, or raise the setting",
            )
            return
        identity = replace(
            self._identity,
            stack_id=None,
            stack_name=f"{self._identity.stack_name}-{resource.name}",
            path=(*self._identity.path, resource.name),
        )
        given = given_by(resource, self._trails)
        if type.reads_facade:
            inner = replace(inner, facade=facade)
        child = self._composer.compose_counted(
            inner,
            identity,
            self._count,
            name=type.name,
            given=given,
            offered=self._offered,
        )
        self._children[resource.name] = child
        self._lookups.extend(child.lookups)
        self._diagnostics.extend(self._of_child(child, resource, type, given))

    def _of_child(
        self,
        child: Composition,
        resource: ResourceDef,
        type: ResourceType,
        given: Mapping[str, Trail],
    ) -> list[Diagnostic]:
        """What is wrong with a stack inside, placed where somebody wrote it; each but once."""
        found: dict[tuple[object, ...], Diagnostic] = {}
        lenient = self._composer.leniency is not None
        for problem in child.diagnostics if lenient else child.diagnostics.errors:
            path = type.outer_path(problem.path)
            if problem.span is None or problem.span.source.name != type.name or path is None:
                moved = at_its_giver(problem, given)
                if moved is problem:
                    moved = used_at(problem, resource.type_span)
            else:
                about_name = problem.rule in ABOUT_NAMES
                moved = replace(
                    problem,
                    span=place_of(resource, path, name=about_name),
                    path=("resources", resource.name, "properties", *path),
                    related=(),
                )
                if resource.properties is not None and not about_name:
                    moved = traced(moved, part(resource.properties, path), self._trails)
            found.setdefault((moved.code, moved.message, moved.span), moved)
        return list(found.values())


def _open_ended(parameters: Parameters) -> Parameters:
    """For readers: a map or list that is empty by default says nothing of what it will hold."""
    values = {
        name: Unknown(name)
        if parameters.origins.get(name) == "default" and value in ({}, [])
        else value
        for name, value in parameters.values.items()
    }
    return replace(parameters, values=values)
