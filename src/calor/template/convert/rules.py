"""What is told of a template of CloudFormation that becomes HOT."""

from __future__ import annotations

from calor.base.diagnostics import Rule, Severity

NOT_IN_HOT = Rule(
    "H701",
    "HOT can't say this",
    "The template says something in CloudFormation's language for which HOT has no words. The"
    " result has null or nothing in its place; write there what is meant.",
)
LOST = Rule(
    "H702",
    "left out in HOT",
    "The template says something that does not change what is made, and that HOT has no words for:"
    " the result goes without it.",
    Severity.WARNING,
)
