"""What the parts of a template say about one another: references, dependencies, groups, files.

It needs no resource types; whether properties and attributes exist is not its business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import Span
from calor.base.spelling import did_you_mean, listed
from calor.template.definitions import ResourceDef, Template
from calor.template.expressions import Call, Expression, Reference, calls, references
from calor.template.functions.resource_facade import ResourceFacade

UNKNOWN_PARAMETER = Rule(
    "H401",
    "no such parameter",
    "The template uses a parameter that its section `parameters` does not define.",
)
UNKNOWN_RESOURCE = Rule(
    "H402",
    "no such resource",
    "The template refers to a resource that its section `resources` does not define.",
)
UNKNOWN_CONDITION = Rule(
    "H403",
    "no such condition",
    "The template names a condition that its section `conditions` does not define.",
)
MISSING_FILE = Rule(
    "H410",
    "file is missing",
    "`get_file` names a file that did not come with the template.",
)
CYCLE = Rule(
    "H411",
    "resources depend on one another in a circle",
    "Each resource is created after those that it refers to or depends on; here they wait for one "
    "another. Remove one of the dependencies; often a resource of its own that connects two others "
    "(a port, an association) takes it out.",
)
TWO_GROUPS = Rule(
    "H307",
    "parameter in two groups",
    "A parameter can be in one parameter group only, and once.",
)
GROUP_PARAMETER = Rule(
    "H308",
    "group or label names no parameter",
    "A parameter group or label names what the section `parameters` does not define.",
)

UNKNOWN_MAPPING = Rule(
    "H605",
    "no such mapping",
    "Fn::FindInMap names a mapping that the section Mappings does not define.",
)
CONDITION_CYCLE = Rule(
    "H412",
    "conditions depend on one another in a circle",
    "Each condition can be decided only after the conditions that it names; here they wait for one "
    "another.",
)
UNKNOWN_MAPPING_KEY = Rule(
    "H606",
    "no such key in a mapping",
    "Fn::FindInMap looks for a key that the mapping does not have, and says no DefaultValue.",
)

_KINDS = {
    "parameter": (UNKNOWN_PARAMETER, "parameter", "parameters"),
    "resource": (UNKNOWN_RESOURCE, "resource", "resources"),
    "attribute": (UNKNOWN_RESOURCE, "resource", "resources"),
    "condition": (UNKNOWN_CONDITION, "condition", "conditions"),
    "name": (UNKNOWN_PARAMETER, "parameter or resource", "parameters and resources"),
    "mapping": (UNKNOWN_MAPPING, "mapping", "mappings"),
}


def check_template(
    template: Template,
    diagnostics: Diagnostics,
    *,
    files: Collection[str] | None = None,
    unsure: Collection[str] = (),
) -> None:
    """Adds every problem to the diagnostics. Sections in `unsure` could not be read: no word
    about what refers to them."""
    known: dict[str, Collection[str]] = {
        "parameters": [*template.parameters, *template.dialect.pseudo_parameters],
        "resources": template.resources,
        "conditions": template.conditions,
        "mappings": template.mappings,
    }
    known["parameters and resources"] = [*known["parameters"], *known["resources"]]
    if "parameters" in unsure or "resources" in unsure:
        unsure = (*unsure, "parameters and resources")
    sets = {section: frozenset(names) for section, names in known.items()}
    for path, expression in all_expressions(template):
        for reference in references(expression):
            if reference.kind == "file":
                _check_file(reference, files, diagnostics, path)
                continue
            rule, what, section = _KINDS[reference.kind]
            if reference.name in sets[section] or section in unsure:
                if reference.kind == "mapping":
                    _check_keys(template, reference, diagnostics, path)
                continue
            _missing(
                diagnostics,
                rule,
                what,
                name=reference.name,
                span=reference.span,
                known=known[section],
                path=path,
            )
    if "resources" not in unsure:
        _check_depends_on(template, diagnostics)
        _check_cycles(template, diagnostics)
    _check_condition_cycles(template, diagnostics)
    _check_groups(template, diagnostics, "parameters" in unsure)


def needed_resources(resource: ResourceDef) -> dict[str, Span]:
    """The names that a resource comes after, by reference or `depends_on`, in the order written,
    with the first place that says so."""
    needed: dict[str, Span] = {}
    for expression in resource.expressions():
        for reference in references(expression):
            if reference.kind in ("resource", "attribute"):
                needed.setdefault(reference.name, reference.span)
    for name, span in zip(resource.depends_on, resource.depends_on_spans, strict=True):
        needed.setdefault(name, span)
    return needed


def all_expressions(template: Template) -> Iterator[tuple[tuple[str, ...], Expression]]:
    """Every expression of a template, with the path of what it belongs to."""
    for condition in template.conditions.values():
        yield ("conditions", condition.name), condition.value
    for resource in template.resources.values():
        path = ("resources", resource.name)
        for expression in resource.expressions():
            yield path, expression
        if resource.condition is not None:
            yield path, resource.condition
    for output in template.outputs.values():
        for part in (output.value, output.condition, output.export):
            if part is not None:
                yield ("outputs", output.name), part
    for rule in template.rules.values():
        if rule.condition is not None:
            yield ("rules", rule.name), rule.condition
        for assertion in rule.assertions:
            yield ("rules", rule.name), assertion.value


def facade_calls(template: Template) -> Iterator[tuple[tuple[str, ...], Call]]:
    """Every `resource_facade` of a template, with the path of what it belongs to."""
    for path, expression in all_expressions(template):
        for call in calls(expression):
            if isinstance(call.function, ResourceFacade):
                yield path, call


def _missing(
    diagnostics: Diagnostics,
    rule: Rule,
    what: str,
    *,
    name: str,
    span: Span,
    known: Collection[str],
    path: tuple[str, ...],
) -> None:
    diagnostics.add(
        rule,
        f"there is no {what} {name!r} in this template",
        span,
        path=path,
        hint=did_you_mean(name, known),
    )


def _check_keys(
    template: Template,
    reference: Reference,
    diagnostics: Diagnostics,
    path: tuple[str, ...],
) -> None:
    """The keys of a mapping that are written out, as far as nothing computed comes before them."""
    found = template.mappings.get(reference.name)
    values: object = None if found is None else found.values
    for step, span in zip(reference.path, reference.path_spans, strict=False):
        if not isinstance(values, Mapping) or str(step) in values:
            values = values[str(step)] if isinstance(values, Mapping) else None
            continue
        diagnostics.add(
            UNKNOWN_MAPPING_KEY,
            f"the mapping {reference.name!r} has no {step!r} here",
            span,
            path=path,
            hint=did_you_mean(str(step), values) or listed(values),
        )
        return


def _check_file(
    reference: Reference,
    files: Collection[str] | None,
    diagnostics: Diagnostics,
    path: tuple[str, ...],
) -> None:
    if files is None or reference.name in files:
        return
    diagnostics.add(
        MISSING_FILE,
        f"the file {reference.name!r} did not come with the template",
        reference.span,
        path=path,
        hint=did_you_mean(reference.name, files) or "check the path, and that it can be read",
    )


def _check_depends_on(template: Template, diagnostics: Diagnostics) -> None:
    for resource in template.resources.values():
        for name, span in zip(resource.depends_on, resource.depends_on_spans, strict=True):
            if name not in template.resources:
                _missing(
                    diagnostics,
                    UNKNOWN_RESOURCE,
                    "resource",
                    name=name,
                    span=span,
                    known=template.resources,
                    path=("resources", resource.name, "depends_on"),
                )


def _check_cycles(template: Template, diagnostics: Diagnostics) -> None:
    graph = {name: needed_resources(resource) for name, resource in template.resources.items()}
    for circle in cycles(graph):
        diagnostics.add(
            CYCLE,
            f"resources depend on one another in a circle: {' -> '.join(circle)}",
            graph[circle[0]][circle[1]],
            path=("resources", circle[0]),
            hint="remove one of these dependencies",
            related=tuple(
                (graph[one][other], f"{one!r} needs {other!r}")
                for one, other in pairwise(circle[1:])
            ),
        )


def _check_condition_cycles(template: Template, diagnostics: Diagnostics) -> None:
    graph = {
        name: {
            reference.name: reference.span
            for reference in references(definition.value)
            if reference.kind == "condition"
        }
        for name, definition in template.conditions.items()
    }
    for circle in cycles(graph):
        diagnostics.add(
            CONDITION_CYCLE,
            f"conditions depend on one another in a circle: {' -> '.join(circle)}",
            graph[circle[0]][circle[1]],
            path=("conditions", circle[0]),
        )


def cycles(graph: Mapping[str, Mapping[str, object]]) -> list[list[str]]:
    """Circles as paths that end where they begin, in the order of the graph.

    Every knot of nodes that reach one another gives one circle; names that are no node are skipped.
    """
    done: set[str] = set()
    reported: set[str] = set()
    found: list[list[str]] = []
    for start in graph:
        if start in done:
            continue
        on_path: dict[str, None] = {start: None}
        walk = [(start, iter(graph[start]))]
        while walk:
            name, rest = walk[-1]
            for other in rest:
                if other in on_path:
                    path = list(on_path)
                    circle = path[path.index(other) :]
                    if not any(seen in reported for seen in circle):
                        reported.update(circle)
                        found.append([*circle, other])
                elif other in graph and other not in done:
                    on_path[other] = None
                    walk.append((other, iter(graph[other])))
                    break
            else:
                walk.pop()
                del on_path[name]
                done.add(name)
    return found


def _check_groups(template: Template, diagnostics: Diagnostics, unsure: bool) -> None:
    seen: dict[str, Span] = {}
    for group in template.parameter_groups:
        for name, span in zip(group.parameters, group.parameter_spans, strict=True):
            if name in seen:
                diagnostics.add(
                    TWO_GROUPS,
                    f"parameter {name!r} is in a group already",
                    span,
                    path=("parameter_groups",),
                    related=((seen[name], "the first time"),),
                )
                continue
            seen[name] = span
            if not unsure:
                _check_shown(name, span, template, diagnostics)
    for name, span in template.labelled.items():
        if not unsure and name not in seen:
            _check_shown(name, span, template, diagnostics)


def _check_shown(name: str, span: Span, template: Template, diagnostics: Diagnostics) -> None:
    if name not in template.parameters:
        _missing(
            diagnostics,
            GROUP_PARAMETER,
            "parameter",
            name=name,
            span=span,
            known=template.parameters,
            path=("parameter_groups",),
        )
