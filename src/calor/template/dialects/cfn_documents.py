"""What is rewritten in a CloudFormation document before it is parsed: macros, then loops."""

from __future__ import annotations

from calor.base.source import MappingNode
from calor.template.dialect import Prepared, Preparing
from calor.template.dialects.cfn_loops import Loops
from calor.template.dialects.cfn_transforms import Transforms


def prepare(node: MappingNode, preparing: Preparing) -> Prepared:
    """The document without macros and loops. Raises ReadFailure where loops make too much."""
    transforms = Transforms(preparing)
    node = transforms.without_macros(node)
    loops = Loops(preparing, node)
    return loops.unrolled(node)
