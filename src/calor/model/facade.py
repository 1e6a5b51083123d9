"""What a resource says of itself to the stack inside it, where that asks by `resource_facade`."""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.values import Unknown, Value
from calor.model.resource import Resource
from calor.model.states import DeletionPolicy


def facade(metadata: Value, deletion_policy: DeletionPolicy) -> Mapping[str, Value]:
    """Heat's three words. No type that a template makes takes an update policy, here or in Heat, so
    that it is always empty."""
    return {
        "metadata": metadata,
        "deletion_policy": deletion_policy.value,
        "update_policy": {},
    }


UNKNOWN_FACADE: Mapping[str, Value] = {
    key: Unknown(f"the parent's {key}") for key in facade({}, DeletionPolicy.DELETE)
}
"""Of a resource that nobody knows."""


def facade_of(resource: Resource) -> Mapping[str, Value]:
    """What the resource of a row says."""
    return facade(dict(resource.metadata), resource.deletion_policy)
