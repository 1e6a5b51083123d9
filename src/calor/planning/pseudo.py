"""The parameters that the service gives to every template, in the words of each language. Pure."""

from __future__ import annotations

from calor.base.values import Value
from calor.template.amazon import CONSTANTS, stack_arn

OF_THE_STACK = frozenset(("OS::stack_name", "OS::stack_id", "AWS::StackName", "AWS::StackId"))
"""Those that tell stacks of one project apart."""


def pseudo_parameters(
    *, stack_id: str | None, stack_name: str, project_id: str, region: str
) -> dict[str, Value]:
    """Name -> value; those that need the stack's id are missing where there is none yet."""
    values: dict[str, Value] = {
        "OS::stack_name": stack_name,
        "OS::project_id": project_id,
        "OS::region": region,
        "AWS::StackName": stack_name,
        "AWS::AccountId": project_id,
        "AWS::Region": region,
        "AWS::NoValue": None,
        **CONSTANTS,
    }
    if stack_id is not None:
        values["OS::stack_id"] = stack_id
        values["AWS::StackId"] = stack_arn(project_id, stack_name, stack_id)
    return values
