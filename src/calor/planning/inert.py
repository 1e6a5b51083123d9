"""Warns of what a resource says and nobody acts on: policies that are Amazon's alone.

Codes R16x.
"""

from __future__ import annotations

from calor.base.diagnostics import Diagnostics, Rule, Severity
from calor.base.source import ScalarNode
from calor.template.definitions import ResourceDef
from calor.template.expressions import Expression, Literal

NO_CREATION_POLICY = Rule(
    "R160",
    "CreationPolicy is not looked at",
    "A CreationPolicy lets a resource wait for signals. Here a wait condition does that:"
    " OS::Heat::WaitCondition with OS::Heat::WaitConditionHandle.",
    Severity.WARNING,
)
NO_REPLACE_POLICY = Rule(
    "R161",
    "UpdateReplacePolicy is not looked at",
    "What becomes of a thing that an update replaces is decided by its DeletionPolicy, as in Heat."
    " The two say different things here.",
    Severity.WARNING,
)
RETAINED_ALWAYS = Rule(
    "R162",
    "RetainExceptOnCreate is taken for Retain",
    "A resource with this policy is kept when its stack is deleted, and also when its creation is"
    " rolled back; Amazon deletes it in the second case. Remove what was left by hand.",
    Severity.WARNING,
)


def warn_of_inert(resource: ResourceDef, diagnostics: Diagnostics) -> None:
    """One warning for each policy that has no effect, or another one than it says."""
    path = ("resources", resource.name)
    creation = resource.creation_policy
    if creation is not None:
        diagnostics.add(
            NO_CREATION_POLICY,
            "CreationPolicy is not looked at",
            creation.span,
            path=path,
            hint="use OS::Heat::WaitCondition",
        )
    deletion, replace = _word(resource.deletion_policy), _word(resource.update_replace_policy)
    acted_on = {None: "Delete", "RetainExceptOnCreate": "Retain"}.get(deletion, deletion)
    if replace is not None and replace != acted_on:
        assert resource.update_replace_policy is not None
        diagnostics.add(
            NO_REPLACE_POLICY,
            f"what is replaced is treated as DeletionPolicy says, not by {replace}",
            resource.update_replace_policy.span,
            path=path,
            hint=f"write DeletionPolicy: {replace}, or leave this out",
        )
    if deletion == "RetainExceptOnCreate":
        assert resource.deletion_policy is not None
        diagnostics.add(
            RETAINED_ALWAYS,
            "the resource is kept also when its creation is rolled back",
            resource.deletion_policy.span,
            path=path,
            hint="write Retain to say so, or Delete",
        )


def _word(policy: Expression | None) -> str | None:
    """The policy as written, where it is written out."""
    if isinstance(policy, Literal) and isinstance(policy.node, ScalarNode):
        return policy.node.text
    return None
