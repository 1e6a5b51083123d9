"""`digest`: the hash of a text, in hexadecimal."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode, SequenceNode
from calor.base.values import Value
from calor.template.expressions import Call
from calor.template.function import BadArguments, ListFunction
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

_COMMON = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


class Digest(ListFunction):
    names = ("digest",)
    example = "digest: [sha512, text]"
    what = "an algorithm and a text"

    def check(self, items: Sequence[Node]) -> None:
        algorithm = items[0]
        if isinstance(algorithm, SequenceNode) or (
            isinstance(algorithm, ScalarNode) and not _is_algorithm(algorithm.value)
        ):
            raise BadArguments("does not know this algorithm", algorithm, _hint())

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(_digest, *call.values(scope))


def _is_algorithm(name: object) -> bool:
    return isinstance(name, str) and name.lower() in hashlib.algorithms_available


def _hint() -> str:
    return "one of " + ", ".join(_COMMON)


def _digest(algorithm: Value, text: Value) -> str:
    if not _is_algorithm(algorithm):
        raise Misuse("does not know this algorithm", _hint())
    if not isinstance(text, str):
        raise Misuse(f"takes a text, not {kind_of(text)}")
    # Heat hashes the bytes of Latin-1; where that has none for a character, it fails.
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    try:
        return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
    except (TypeError, ValueError):
        raise Misuse("can't use this algorithm here", _hint()) from None


FUNCTIONS = (Digest(),)
