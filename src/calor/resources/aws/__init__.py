"""Types of CloudFormation that Heat has. `TYPES` says which file holds which."""

TYPES = {
    "AWS::CloudFormation::Stack": "cloudformation_stack",
}
