"""Which siblings of a template mean the same thing in the cloud. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calor.base.values import Value, revealed
from calor.model.resource_type import Sibling, Siblings


def same(own: Sibling, key: str, other: Sibling, other_key: str) -> bool:
    """Whether two properties name the same thing: by get_resource, or by equal text."""
    mine, theirs = own.refers.get(key, ()), other.refers.get(other_key, ())
    if any(name in theirs for name in mine):
        return True
    return same_value(own.properties.get(key), other.properties.get(other_key))


def same_value(value: Value, other: Value) -> bool:
    """Whether both are known, and one text."""
    return _plain(value) is not None and _plain(value) == _plain(other)


def refers(own: Sibling, key: str, other: Sibling) -> bool:
    """Whether a property refers to a sibling by get_resource."""
    return other.name in own.refers.get(key, ())


def _plain(value: Value) -> Value:
    value = revealed(value)
    return value if isinstance(value, str) and value else None


def of_type(siblings: Mapping[str, Sibling], name: str) -> Sequence[Sibling]:
    """The siblings of a type, in the template's order."""
    known = siblings if isinstance(siblings, Siblings) else Siblings(siblings)
    return known.of_type(name)
