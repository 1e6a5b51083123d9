"""Which type a resource has, after the environment's registry, and what it may not declare.

Codes R10x.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from calor.base.diagnostics import Diagnostics, Rule, Severity
from calor.base.errors import InvalidInput
from calor.base.spelling import did_you_mean
from calor.base.values import Unknown
from calor.model.ports import Types
from calor.model.resource_type import ResourceType
from calor.planning.equivalents import equivalent
from calor.template.definitions import ResourceDef
from calor.template.dialect import Dialect
from calor.template.evaluation import TemplateScope, evaluate
from calor.template.expressions import Broken, EvaluationError, Expression, Literal
from calor.template.marks import open_top
from calor.template.registry import TypeMapping

UNKNOWN_TYPE = Rule(
    "R101",
    "unknown resource type",
    "The type is none of Calor's, no plugin brings it, and the environment's resource_registry"
    " maps it to nothing. `calor types` lists all types.",
)
NO_SUCH_FILE = Rule(
    "R102",
    "a type's template is missing",
    "A resource's type names a template file, or the environment maps it to one, that did not"
    " come with the request.",
)
NO_UPDATE_POLICY = Rule(
    "R104",
    "update policy is not available",
    "Only groups have update policies, and those are not available yet. Leave update_policy (in "
    "CloudFormation: UpdatePolicy) out.",
)
LENIENT_UPDATE_POLICY = Rule(
    "R108", "update policy is not available", NO_UPDATE_POLICY.explanation, Severity.WARNING
)
NO_SNAPSHOT = Rule(
    "R105",
    "snapshots are not available",
    "The type can't make a snapshot when it is deleted or replaced. Use Delete or Retain.",
)
NOT_AVAILABLE = Rule(
    "R106",
    "type not available yet",
    "Heat has the type, and Calor can't carry it out yet. `calor lint` warns of it and checks its"
    " properties all the same; a stack with it is refused. A plug-in can bring the type, and an"
    " environment can map it to another one or to a template.",
)
FORESEEN = Rule(
    "R107",
    "type not available yet",
    NOT_AVAILABLE.explanation,
    Severity.WARNING,
)
CUSTOM = Rule(
    "R164",
    "custom resources can't be carried out",
    "A custom resource is made by a program of its author's, which Amazon finds by its"
    " ServiceToken. OpenStack has nothing that calls it. Map the type to a template in an"
    " environment, or bring it with a plug-in.",
)
_CUSTOM = ("Custom::*", "AWS::CloudFormation::CustomResource")


@dataclass(frozen=True, slots=True)
class Leniency:
    """What is let pass where templates are only read, as by lint: types that Heat has and Calor
    not yet, and those whose names match a pattern like `OS::TripleO::*`."""

    assumed: tuple[str, ...] = ()


def resolve_type(
    resource: ResourceDef,
    mapped: TypeMapping,
    *,
    types: Types,
    files: Mapping[str, str],
    diagnostics: Diagnostics,
    defaults: Collection[str] = (),
    leniency: Leniency | None = None,
) -> ResourceType | None:
    """The type that carries a resource out; None, with a diagnostic, when there is none. Without
    `leniency` a type that can't be carried out yet is an error; it is returned all the same, so
    that its properties are checked. `defaults` are the parameters for which an environment has a
    default."""
    target = mapped.target
    if not target:
        return None  # that it is missing was told with the template
    if mapped.is_template:
        if target in files:
            return _of_file(
                resource,
                target,
                files[target],
                types=types,
                defaults=defaults,
                diagnostics=diagnostics,
            )
        diagnostics.add(
            NO_SUCH_FILE,
            f"the template {target!r} of this type is not there",
            resource.type_span,
            path=("resources", resource.name, "type"),
            hint="check the file's name; it is looked for beside the file that names it",
        )
        return None
    type = types.get(target)
    if type is not None:
        return type
    if leniency is not None and any(fnmatchcase(target, one) for one in leniency.assumed):
        return types.assumed(target)
    via = "" if target == resource.type else f" (for {resource.type!r}, by the environment)"
    path = ("resources", resource.name, "type")
    nearest = equivalent(target)
    instead = f"its nearest equivalent is {nearest}" if nearest else ""
    type = types.foreseen(target)
    if type is not None:
        diagnostics.add(
            NOT_AVAILABLE if leniency is None else FORESEEN,
            f"the resource type {target!r} is not available yet{via}",
            resource.type_span,
            path=path,
            hint=instead or "map it to another type or to a template in an environment",
        )
        return type
    if any(fnmatchcase(target, one) for one in _CUSTOM):
        diagnostics.add(
            CUSTOM,
            f"{target!r} is a custom resource, which nobody here can make{via}",
            resource.type_span,
            path=path,
            hint="map it to a template in an environment",
        )
        return None
    known = [*types.names(), *types.foreseen_names()]
    diagnostics.add(
        UNKNOWN_TYPE,
        f"there is no resource type {target!r}{via}",
        resource.type_span,
        path=path,
        hint=instead or did_you_mean(target, known) or "`calor types` lists all types",
    )
    return None


def _of_file(
    resource: ResourceDef,
    name: str,
    text: str,
    *,
    types: Types,
    defaults: Collection[str],
    diagnostics: Diagnostics,
) -> ResourceType | None:
    try:
        return types.from_template(name, text, defaults)
    except InvalidInput as error:
        used = (resource.type_span, "used here")
        told = {(item.code, item.message, item.span) for item in diagnostics}
        diagnostics.extend(
            replace(item, related=(*item.related, used))
            for item in error.diagnostics
            if (item.code, item.message, item.span) not in told
        )
        return None


def _says_something(policy: Expression, scope: TemplateScope, diagnostics: Diagnostics) -> bool:
    """Whether there is a policy, after the functions that decide."""
    if isinstance(policy, Broken):
        return False
    try:
        value, _ = open_top(evaluate(policy, scope))
    except EvaluationError as error:
        diagnostics.extend(error.diagnostics)
        return False
    return isinstance(value, Unknown) or bool(value)


def _kept_or_not(dialect: Dialect) -> list[str]:
    """The words for what every type can do, as the version writes them now."""
    words = dialect.deletion_policies
    return [word for word in words if word.lower() in ("delete", "retain")][-2:]


def declared(
    resource: ResourceDef,
    type: ResourceType,
    scope: TemplateScope,
    diagnostics: Diagnostics,
    *,
    lenient: bool = False,
) -> None:
    """Refuses what a resource declares and its type can't do; `lenient`, only warns of what Heat
    can do."""
    dialect = scope.template.dialect
    policy = resource.update_policy
    if policy is not None and _says_something(policy, scope, diagnostics):
        diagnostics.add(
            LENIENT_UPDATE_POLICY if lenient else NO_UPDATE_POLICY,
            f"{dialect.word('update_policy')} is not available for {type.name}",
            policy.span,
            path=("resources", resource.name, "update_policy"),
            hint=f"leave {dialect.word('update_policy')} out",
        )
    policies = {
        "deletion_policy": (resource.deletion_policy, "deleted"),
        "update_replace_policy": (resource.update_replace_policy, "replaced"),
    }
    for key, (policy, verb) in policies.items():
        if isinstance(policy, Literal) and str(policy.value).lower() == "snapshot":
            diagnostics.add(
                NO_SNAPSHOT,
                f"{type.name} can't be kept as a snapshot when it is {verb}",
                policy.span,
                path=("resources", resource.name, key),
                hint=f"use {' or '.join(_kept_or_not(dialect))}",
            )
