"""What pseudo parameters of CloudFormation stand for where it is the same for every stack."""

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
"""A stack's id as templates see it, in the form that Heat gives it: what stands before its
project, name and id."""
