"""Keeps secrets out of what Nova says: it likes to quote the whole request that it refuses."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from calor.base.errors import HttpFault
from calor.base.values import MASK, Sensitive, reveal, walk
from calor.model.resource_type import Work

T = TypeVar("T")

QUOTED = ("adminPass", "user_data")
"""Fields of a request that are secret, or may hold secrets in another form."""

_VALUE = re.compile(r"Value: .*(?=\. )|Value: .*", re.DOTALL)


async def discreet(work: Work, body: Mapping[str, Any], asked: Awaitable[T]) -> T:
    """What was asked for; a refusal quotes no secret of the resource or of the body sent."""
    try:
        return await asked
    except HttpFault as error:
        secrets = _secrets(work, body)
        if not any(secrets):
            raise
        raise HttpFault(
            error.status,
            _without(error.message, secrets),
            method=error.method,
            url=error.url,
            retry_after=error.retry_after,
        ) from None


def _secrets(work: Work, body: Mapping[str, Any]) -> list[str]:
    marked = [
        leaf
        for value in walk(dict(work.resource.properties))
        if isinstance(value, Sensitive)
        for leaf in walk(reveal(value))
        if isinstance(leaf, str)
    ]
    sent = [body[key] for key in QUOTED if isinstance(body.get(key), str)]
    return sorted({text: None for text in (*marked, *sent) if text}, key=len, reverse=True)


def _without(message: str, secrets: list[str]) -> str:
    for secret in secrets:
        message = message.replace(secret, MASK)
    # What is quoted may be cut anywhere, or written in another way.
    return _VALUE.sub(f"Value: {MASK}", message)
