"""CloudFormation's language in both versions that Heat takes: words and tables.

Heat's own version has what Heat gives it; Amazon's has also what Amazon added since.
"""

from __future__ import annotations

from calor.template.dialect import Dialect
from calor.template.dialects.cfn_documents import prepare
from calor.template.dialects.cfn_interface import parse_groups
from calor.template.dialects.cfn_parameters import HEATS_TYPES, TYPES, parse_parameter

_SECTIONS = {
    "AWSTemplateFormatVersion": "version",
    "HeatTemplateFormatVersion": "version",
    "Description": "description",
    "Mappings": "mappings",
    "Parameters": "parameters",
    "Resources": "resources",
    "Outputs": "outputs",
}
_AMAZON_SECTIONS = {
    **_SECTIONS,
    "Conditions": "conditions",
    "Rules": "rules",
    "Metadata": "metadata",
    "Transform": "transform",
    "Hooks": "hooks",
}
_RESOURCE_KEYS = {
    "Type": "type",
    "Properties": "properties",
    "Metadata": "metadata",
    "DependsOn": "depends_on",
    "DeletionPolicy": "deletion_policy",
    "UpdatePolicy": "update_policy",
    "Description": "description",
}
_AMAZON_RESOURCE_KEYS = {
    **_RESOURCE_KEYS,
    "Condition": "condition",
    "CreationPolicy": "creation_policy",
    "UpdateReplacePolicy": "update_replace_policy",
}
_OUTPUT_KEYS = {"Description": "description", "Value": "value"}
_PARAMETER_KEYS = (
    "Type",
    "Default",
    "NoEcho",
    "AllowedValues",
    "AllowedPattern",
    "MaxLength",
    "MinLength",
    "MaxValue",
    "MinValue",
    "Description",
    "ConstraintDescription",
    "Label",
)
_CONSTRAINTS = (
    "AllowedValues",
    "AllowedPattern",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
)
_POLICIES = {policy: policy for policy in ("Delete", "Retain", "Snapshot")}
_PSEUDO = ("AWS::StackId", "AWS::StackName", "AWS::Region")
_AMAZON_PSEUDO = (
    *_PSEUDO,
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::URLSuffix",
)
_FUNCTIONS = {
    "Fn::Base64": 1,
    "Fn::FindInMap": 1,
    "Fn::GetAZs": 1,
    "Fn::GetAtt": 1,
    "Fn::Join": 1,
    "Fn::MemberListToMap": 1,
    "Fn::Replace": 1,
    "Fn::ResourceFacade": 1,
    "Fn::Select": 1,
    "Fn::Split": 1,
    "Ref": 1,
}
_AMAZON_FUNCTIONS = {
    **_FUNCTIONS,
    "Fn::FindInMap": 2,
    "Fn::Cidr": 1,
    "Fn::If": 1,
    "Fn::ImportValue": 1,
    "Fn::Length": 1,
    "Fn::Sub": 1,
    "Fn::ToJsonString": 1,
    "Fn::Transform": 1,
}
_LOGIC = {
    "Condition": 1,
    "Fn::And": 1,
    "Fn::Equals": 1,
    "Fn::Not": 1,
    "Fn::Or": 1,
}
# What may stand inside conditions: all that parameters suffice for.
_IN_CONDITIONS = {
    **_LOGIC,
    "Fn::FindInMap": 2,
    "Fn::Join": 1,
    "Fn::Length": 1,
    "Fn::Select": 1,
    "Fn::Split": 1,
    "Fn::Sub": 2,
    "Fn::ToJsonString": 1,
    "Ref": 2,
}
_IN_RULES = {
    "Fn::And": 1,
    "Fn::Contains": 1,
    "Fn::EachMemberEquals": 1,
    "Fn::EachMemberIn": 1,
    "Fn::Equals": 1,
    "Fn::Not": 1,
    "Fn::Or": 1,
    "Fn::RefAll": 1,
    "Fn::ValueOf": 1,
    "Fn::ValueOfAll": 1,
    "Ref": 2,
}
# Names of functions that a tag is short for; those of rules have none.
_TAGS = {
    **{
        "!" + name.removeprefix("Fn::"): name
        for name in (*_AMAZON_FUNCTIONS, *_LOGIC)
        if name not in ("Fn::MemberListToMap", "Fn::Replace", "Fn::ResourceFacade")
    },
}

_HEAT = Dialect(
    family="cfn",
    version_key="HeatTemplateFormatVersion",
    version="2012-12-12",
    aliases=(),
    sections=_SECTIONS,
    resource_keys=_RESOURCE_KEYS,
    output_keys=_OUTPUT_KEYS,
    parameter_keys=_PARAMETER_KEYS,
    parameter_types={name: TYPES[name] for name in HEATS_TYPES},
    constraint_kinds=_CONSTRAINTS,
    deletion_policies=_POLICIES,
    pseudo_parameters=_PSEUDO,
    functions=_FUNCTIONS,
    condition_functions={},
    removed={},
    parse_parameter=parse_parameter,
    parse_groups=parse_groups,
    tags=_TAGS,
    prefix="Fn::",
    prepare=prepare,
)
_AMAZON = Dialect(
    family="cfn",
    version_key="AWSTemplateFormatVersion",
    version="2010-09-09",
    aliases=(),
    sections=_AMAZON_SECTIONS,
    resource_keys=_AMAZON_RESOURCE_KEYS,
    output_keys={**_OUTPUT_KEYS, "Condition": "condition", "Export": "export"},
    parameter_keys=_PARAMETER_KEYS,
    parameter_types=TYPES,
    constraint_kinds=_CONSTRAINTS,
    deletion_policies={**_POLICIES, "RetainExceptOnCreate": "RetainExceptOnCreate"},
    pseudo_parameters=_AMAZON_PSEUDO,
    functions=_AMAZON_FUNCTIONS,
    condition_functions=_IN_CONDITIONS,
    removed={},
    parse_parameter=parse_parameter,
    parse_groups=parse_groups,
    tags=_TAGS,
    rule_functions=_IN_RULES,
    prefix="Fn::",
    implied_by=("Resources",),
    prepare=prepare,
)

DIALECTS = (_HEAT, _AMAZON)
