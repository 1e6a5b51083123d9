"""Warns of what a resource says and nobody acts on: a policy that is Amazon's alone.

Code R160.
"""

from __future__ import annotations

from calor.base.diagnostics import Diagnostics, Rule, Severity
from calor.template.definitions import ResourceDef
from calor.template.expressions import Broken

NO_CREATION_POLICY = Rule(
    "R160",
    "CreationPolicy is not looked at",
    "A CreationPolicy lets a resource wait for signals. Here a wait condition does that:"
    " OS::Heat::WaitCondition with OS::Heat::WaitConditionHandle.",
    Severity.WARNING,
)


def warn_of_inert(resource: ResourceDef, diagnostics: Diagnostics) -> None:
    """One warning for a policy that has no effect."""
    path = ("resources", resource.name)
    creation = resource.creation_policy
    if creation is not None and not isinstance(creation, Broken):
        diagnostics.add(
            NO_CREATION_POLICY,
            "CreationPolicy is not looked at",
            creation.span,
            path=path,
            hint="use OS::Heat::WaitCondition",
        )
