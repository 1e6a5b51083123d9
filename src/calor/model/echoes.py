"""Secrets that come back: a thing tells what it was made of.

What a cloud tells of a thing is plain. Where it repeats what is secret in the thing's properties,
it is secret again.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.base.values import Sensitive, Value, is_sensitive, reveal, rewrite, walk

SHORTEST = 4
"""Characters of a secret that is known again inside a longer text; shorter ones are in too many."""


def without_echoes(
    properties: Mapping[str, Value], told: Mapping[str, Value]
) -> Mapping[str, Value]:
    """What is told, with each text `Sensitive` that is, or holds, a secret of the properties."""
    if not is_sensitive(properties):
        return told
    secrets = _secrets(properties)

    def leaf(item: Value) -> Value:
        if not isinstance(item, str) or not any(_is_in(secret, item) for secret in secrets):
            return item
        return Sensitive(item)

    return {name: rewrite(value, leaf) for name, value in told.items()}


def _is_in(secret: str, text: str) -> bool:
    return secret == text or (len(secret) >= SHORTEST and secret in text)


def _secrets(properties: Mapping[str, Value]) -> list[str]:
    found = [
        leaf
        for value in walk(dict(properties))
        if isinstance(value, Sensitive)
        for leaf in walk(reveal(value))
        if isinstance(leaf, str) and leaf
    ]
    return list(dict.fromkeys(found))
