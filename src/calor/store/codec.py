"""Values to text and back: JSON in which sensitive parts are placeholders, and one seal for them.

It knows values and seals, no tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from calor.base import quick_json
from calor.base.errors import CalorError
from calor.base.records import record
from calor.base.values import MASK, Sensitive, Unknown, Value, reveal
from calor.model.ports import Sealed, Secrets

FORMAT = 1
"""The format number of all JSON that this version writes."""


@record()
class Encoded:
    """`text` without any secret; the secrets, if there are any, in `sealed` by `key_id`."""

    text: str
    sealed: str | None = None
    key_id: str | None = None


def check_format(number: int, what: str) -> None:
    """Raises CalorError for text that a newer Calor wrote."""
    if number != FORMAT:
        raise CalorError(
            f"The database holds {what} in format {number}, and this version reads format"
            f" {FORMAT}; use the newer version of Calor that wrote it."
        )


def dumps(
    value: Value, leaf: Callable[[Any], Any], *, again: Callable[[], None] = lambda: None
) -> str:
    """JSON; `leaf` says what stands for a `Sensitive` or an `Unknown`. `again` is called when it
    is asked about all of them once more."""

    def default(item: Any) -> Any:
        if isinstance(item, Sensitive | Unknown):
            return leaf(item)
        if isinstance(item, Mapping):
            return dict(item)
        raise TypeError(f"{type(item).__name__} is no JSON value")

    return quick_json.dumps(value, default, again=again)


def masked(value: Value) -> str:
    """JSON in which whatever is sensitive became `***`."""
    return dumps(value, lambda item: MASK if isinstance(item, Sensitive) else repr(item))


class Codec:
    """Encodes and decodes with one set of keys."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def encode(self, value: Value) -> Encoded:
        """All sensitive parts go into one seal. Raises TypeError for an `Unknown`."""
        text, mark, hidden = _hide(value)
        if not hidden:
            return Encoded(text)
        sealed = self._secrets.seal([mark, *hidden])
        return Encoded(text, sealed.text, sealed.key_id)

    def decode(self, text: str, sealed: str | None, key_id: str | None) -> Value:
        if sealed is None or key_id is None:
            return json.loads(text)
        mark, *hidden = self._secrets.open(Sealed(key_id, sealed))
        return _show(text, mark, hidden)

    def seal(self, value: Value) -> Sealed:
        """Seals the whole value; marks inside are kept."""
        return self._secrets.seal(_hide(value))

    def open(self, sealed: Sealed) -> Value:
        text, mark, hidden = self._secrets.open(sealed)
        return _show(text, mark, hidden)

    def digest(self, value: Value) -> str:
        """A keyed digest of the value; its marks make no difference."""
        return self._secrets.digest(value)


def _hide(value: Value) -> tuple[str, str, list[Value]]:
    """The text, the key of its placeholders, and what they stand for."""
    mark, tries = "$sealed", 0
    while True:
        hidden: list[Value] = []

        def leaf(
            item: Sensitive | Unknown, mark: str = mark, hidden: list[Value] = hidden
        ) -> Value:
            if isinstance(item, Unknown):
                raise TypeError(f"a value that is not known can't be stored: {item!r}")
            hidden.append(reveal(item.value))
            return {mark: len(hidden) - 1}

        text = dumps(value, leaf, again=hidden.clear)
        # What a user wrote may look like a placeholder: take a key that is not in the text.
        if not hidden or text.count(f'"{mark}"') == len(hidden):
            return text, mark, hidden
        tries += 1
        mark = f"$sealed{tries}"


def _show(text: str, mark: str, hidden: list[Value]) -> Value:
    if not hidden:
        return json.loads(text)

    def hook(found: dict[str, Value]) -> Value:
        return Sensitive(hidden[found[mark]]) if mark in found else found

    return json.loads(text, object_hook=hook)
