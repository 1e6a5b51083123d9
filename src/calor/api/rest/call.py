"""One call of the API as handlers see it: who asks, where, and what came with it.

It reads the request and judges only its form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request

from calor.base import strict_json
from calor.base.errors import InvalidInput, LimitExceeded
from calor.model.ports import Caller
from calor.model.stack import Stack
from calor.service.service import Service

AT_ONCE = 200_000
"""Bytes of a body that are parsed on the event loop; more goes to the executor."""
LONGEST_WAIT = 30.0
"""Seconds for which an answer may be kept back, whatever the caller would like."""

_TRUE = ("true", "1", "yes", "on", "t", "y")
_FALSE = ("false", "0", "no", "off", "f", "n", "")


@dataclass(frozen=True, slots=True)
class Call:
    """A request of an authenticated caller to a project's part of the API."""

    service: Service
    caller: Caller
    project: str
    request: Request
    base: str
    """The URL below which the API lies, as the caller sees it."""

    def path(self, key: str) -> str:
        value: str = self.request.path_params[key]
        return value

    async def stack(self) -> Stack:
        """The stack that the path names."""
        return await self.service.read.exactly(
            self.project, self.path("stack_name"), self.path("stack_id")
        )

    # --- the query --------------------------------------------------------------------------------

    def text(self, key: str, default: str = "") -> str:
        return self.request.query_params.get(key, default)

    def texts(self, key: str) -> tuple[str, ...]:
        """All values of a key that may be given several times."""
        return tuple(self.request.query_params.getlist(key))

    def listed(self, key: str) -> tuple[str, ...]:
        """A value with commas, as its parts."""
        return tuple(part for part in self.text(key).split(",") if part)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.request.query_params.get(key)
        return default if value is None else as_bool(key, value)

    def number(self, key: str) -> int | None:
        """A whole number that is not negative; None when it is not given."""
        value = self.request.query_params.get(key)
        return None if value is None else as_count(key, value)

    def wait(self) -> float:
        """Seconds for which the answer may be kept back until there is something to tell."""
        value = self.text("wait", "0")
        if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", value):
            raise InvalidInput(f"'wait' must be a number of seconds, not {value!r}.")
        return min(float(value), LONGEST_WAIT)

    def filters(self, *keys: str) -> dict[str, tuple[str, ...]]:
        """The equalities that the query asks for, out of these keys."""
        found = {key: self.texts(key) for key in keys}
        return {key: values for key, values in found.items() if any(values)}

    def is_newest_first(self) -> bool:
        """Out of `sort_dir`."""
        direction = self.text("sort_dir", "asc")
        if direction not in ("asc", "desc"):
            raise InvalidInput(f"'sort_dir' must be 'asc' or 'desc', not {direction!r}.")
        return direction == "desc"

    # --- the body ---------------------------------------------------------------------------------

    async def body(self, *, optional: bool = False) -> dict[str, Any]:
        """The body as a JSON object; one that is `optional` may also be missing or null, and is {}
        then. Raises `InvalidInput` or `LimitExceeded`."""
        content = await self._content()
        if not content.strip() and optional:
            return {}
        kind = self.request.headers.get("content-type", "application/json").partition(";")[0]
        if kind.strip().lower() not in ("application/json", ""):
            raise UnsupportedMediaType(f"The body is {kind!r}; send it as application/json.")
        document = await self._parsed(content)
        if document is None and optional:
            return {}
        if not isinstance(document, dict):
            raise InvalidInput("The body must be a JSON object.")
        return document

    async def _content(self) -> bytes:
        limit = self.service.settings.max_json_body_size
        declared = self.request.headers.get("content-length", "")
        if declared.isdecimal() and 0 <= limit < int(declared):
            raise _too_large(int(declared), limit)
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in self.request.stream():
                size += len(chunk)
                if 0 <= limit < size:
                    raise _too_large(size, limit)
                chunks.append(chunk)
        except ClientDisconnect:
            raise InvalidInput("The body ended before it was whole.") from None
        return b"".join(chunks)

    async def _parsed(self, content: bytes) -> Any:
        try:
            if len(content) <= AT_ONCE:
                return strict_json.parse(content, depth=None)
            return await self.service.compute(lambda: strict_json.parse(content, depth=None))
        except ValueError as error:
            raise InvalidInput(f"The body is not valid JSON: {error}.") from None


class UnsupportedMediaType(InvalidInput):
    """A body of a type that the API does not read."""


def as_bool(key: str, value: object) -> bool:
    """A flag as JSON, or as the texts that Heat takes."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise InvalidInput(f"{key!r} must be true or false, not {value!r}.")


def as_count(key: str, value: object) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,18}", text):
        raise InvalidInput(f"{key!r} must be a whole number that is not negative, not {value!r}.")
    return int(text)


def as_texts(key: str, value: object) -> dict[str, str]:
    """A JSON object of texts."""
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{key!r} must be a JSON object.")
    for name, text in value.items():
        if not isinstance(text, str):
            raise InvalidInput(f"{key!r} must hold texts, but {name!r} is none.")
    return dict(value)


def _too_large(size: int, limit: int) -> LimitExceeded:
    return LimitExceeded(
        f"The body has {size} bytes or more; at most {limit} are allowed.", "max_json_body_size"
    )
