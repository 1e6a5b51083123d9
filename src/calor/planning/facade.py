"""What a resource says of itself beside its properties: metadata and policies, as values.

It is what the stack inside may ask for by `resource_facade`. Codes R114 and R115.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.values import Unknown, Value
from calor.model.facade import facade
from calor.model.states import DeletionPolicy
from calor.planning.origins import Trail, traced_call
from calor.template.check import facade_calls
from calor.template.definitions import ResourceDef, Template
from calor.template.evaluation import Scope, deletion_policy, evaluate
from calor.template.expressions import EvaluationError
from calor.template.marks import kind_of, open_top, seal

NO_PARENT = Rule(
    "R114",
    "no resource around the stack",
    "`resource_facade` asks what a resource says of the stack inside it, and only a template that"
    " is used as a resource type is inside one. The stacks of OS::Heat::Stack are on their own.",
)
METADATA_NOT_A_MAP = Rule(
    "R115",
    "metadata is no map",
    "What stands under `metadata`, once its functions are evaluated, is no map of names and"
    " values.",
)


def metadata_of(resource: ResourceDef, scope: Scope) -> Value:
    """A map, or `Unknown`. Raises EvaluationError for anything else."""
    if resource.metadata is None:
        return {}
    value, hidden = open_top(evaluate(resource.metadata, scope))
    if isinstance(value, dict):
        return {key: seal(item, hidden) for key, item in value.items()}
    if value is None or isinstance(value, Unknown):
        return value or {}
    raise EvaluationError(
        METADATA_NOT_A_MAP,
        f"metadata must be a map, this is {kind_of(value)}",
        resource.metadata.span,
    )


def said_of_itself(
    resource: ResourceDef, scope: Scope, diagnostics: Diagnostics, trails: Mapping[str, Trail]
) -> Mapping[str, Value]:
    """What a stack inside may ask for, as far as known; what is wrong goes to `diagnostics`."""
    metadata: Value = {}
    policy = DeletionPolicy.DELETE
    try:
        metadata = metadata_of(resource, scope)
    except EvaluationError as error:
        diagnostics.extend(
            traced_call(item, resource.metadata, trails) for item in error.diagnostics
        )
    try:
        policy = DeletionPolicy(deletion_policy(resource, scope))
    except EvaluationError as error:
        diagnostics.extend(
            traced_call(item, resource.deletion_policy, trails) for item in error.diagnostics
        )
    return facade(metadata, policy)


def check_has_parent(template: Template, diagnostics: Diagnostics) -> None:
    """One diagnostic for each question that nobody is there to answer."""
    for path, call in facade_calls(template):
        diagnostics.add(
            NO_PARENT,
            f"{call.name} asks for the resource that this stack is inside of, and there is none",
            call.name_span,
            path=path,
            hint="use the template as the type of a resource, or leave the function out",
        )
