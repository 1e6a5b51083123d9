"""What may be written at a place: the data that completion lists and hover looks up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial


class Sort(Enum):
    """What an offer is; editors draw each in their own way."""

    WORD = "word"
    TYPE = "type"
    PROPERTY = "property"
    FUNCTION = "function"
    PARAMETER = "parameter"
    RESOURCE = "resource"
    CONDITION = "condition"
    ATTRIBUTE = "attribute"
    VALUE = "value"
    FILE = "file"


class Shape(Enum):
    """What follows when an offer is taken."""

    PLAIN = "plain"
    KEY = "key"
    """A colon, and a value in the same line."""
    PARENT = "parent"
    """A colon, and more in the lines below."""
    CALL = "call"
    """A map with this one key."""
    TAG = "tag"
    """A space, and the argument."""


@dataclass(frozen=True, slots=True)
class Offer:
    """`documentation` makes Markdown when somebody looks."""

    label: str
    sort: Sort
    documentation: Callable[[], str]
    detail: str = ""
    shape: Shape = Shape.PLAIN
    deprecated: bool = False
    needed: bool = False


def plain(labels: Iterable[object], sort: Sort = Sort.VALUE, detail: str = "") -> list[Offer]:
    """Values without documentation."""
    return [Offer(str(label), sort, lambda: "", detail) for label in labels]


def words(
    known: Iterable[str] | Mapping[str, str],
    describe: Callable[[str], str],
    *,
    parents: Iterable[str] = (),
    detail: str = "",
) -> list[Offer]:
    """Keys of the language; those among `parents` hold maps or lists."""
    return [
        Offer(
            word,
            Sort.WORD,
            partial(describe, word),
            detail,
            Shape.PARENT if word in parents else Shape.KEY,
        )
        for word in known
    ]
