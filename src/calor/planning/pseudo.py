"""The parameters that the service gives to every template, in the words of each language. Pure."""

from __future__ import annotations

from calor.base.values import Value
from calor.template.amazon import ARN, CONSTANTS


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
        values["AWS::StackId"] = stack_arn(stack_id, stack_name, project_id)
    return values


def stack_arn(stack_id: str, stack_name: str, project_id: str) -> str:
    """A stack's id as CloudFormation templates see it."""
    return "".join((ARN[0], project_id, ARN[1], stack_name, ARN[2], stack_id))
