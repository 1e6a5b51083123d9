"""What a `yaql` expression may use; Heat's settings of the group `yaql` and their defaults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """`iterators` are the items of one collection, `memory` the bytes of one result.

    `steps` is ours: how often functions and operators are called, about five for an item that is
    looked at; as many take a few seconds.
    """

    iterators: int = 200
    memory: int = 10_000
    steps: int = 100_000
