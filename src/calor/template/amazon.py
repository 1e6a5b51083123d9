"""What pseudo parameters of CloudFormation stand for: what is the same for every stack, and how a
stack is identified.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.values import Value

PARTITION = "openstack"
"""What stands in the place of Amazon's partition in the names of things."""
URL_SUFFIX = "amazonaws.com"
"""Templates name Amazon's services by it, whatever cloud they are for."""

CONSTANTS: Mapping[str, Value] = {
    "AWS::NotificationARNs": [],
    "AWS::Partition": PARTITION,
    "AWS::URLSuffix": URL_SUFFIX,
}
ARN = (f"arn:{PARTITION}:heat::", ":stacks/", "/")
"""What stands before a stack's project, name and id in its identifier."""


def stack_arn(project_id: str, name: str, stack_id: str) -> str:
    """A stack's identifier, as Heat writes it and CloudFormation templates see it."""
    return "".join((ARN[0], project_id, ARN[1], name, ARN[2], stack_id))
