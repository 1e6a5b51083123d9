"""What a definition says, as a key to remember it by: equal keys mean the same in every respect."""

from __future__ import annotations

from collections.abc import Hashable

from calor.base.values import Sensitive, Value
from calor.model.stack import Definition


def content_of(definition: Definition) -> Hashable:
    """The key of a definition."""
    return (
        definition.template,
        definition.environments,
        tuple(definition.files.items()),
        _key(dict(definition.parameters)),
        None if definition.facade is None else _key(dict(definition.facade)),
    )


def _key(value: Value) -> Hashable:
    """True is not 1 here, and what is sensitive is not what is plain."""
    if isinstance(value, dict):
        return dict, tuple((name, _key(item)) for name, item in value.items())
    if isinstance(value, list):
        return list, tuple(_key(item) for item in value)
    if isinstance(value, Sensitive):
        return Sensitive, _key(value.value)
    return type(value), value
