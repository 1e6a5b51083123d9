"""What reaches a stack inside a resource beside its properties: files, types, defaults.

Pure. It knows no resource; what comes out is only good for being compared.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from calor.base.values import Sensitive, Value, reveal
from calor.model.resource_type import ResourceType
from calor.model.stack import Definition
from calor.template.environment import Environment
from calor.template.meaning import meaning

_PLAIN = re.compile(r"[\w.:/@%+~=,-]+", re.ASCII)
"""Names of files that stand in a text as they are, however it is written."""


class Inside:
    """The surroundings of the stacks inside one stack. It remembers what it worked out. Templates
    count for what they say: one client sends them as they are written, another one as JSON."""

    def __init__(self, definition: Definition, environment: Environment) -> None:
        self._files = definition.files
        defaults = environment.parameter_defaults
        self._types_and_defaults = _text([environment.registry.tree, defaults])
        self._known: dict[tuple[str, ...], str] = {}

    def context(
        self, type: ResourceType, properties: Mapping[str, Value], facade: Mapping[str, Value]
    ) -> Value:
        """A digest of all that a stack inside is made of, but its properties; '' for a type
        without one. `facade` counts where it is asked for. What the digest hides may be secret,
        and could be guessed."""
        if not type.converges:
            return ""
        start = [type.name, _text(properties), self._types_and_defaults]
        reached = tuple(self._reached(start))
        if reached not in self._known:
            self._known[reached] = self._digest(reached)
        digest = self._known[reached]
        return Sensitive(_hash([digest, facade]) if type.reads_facade else digest)

    def _reached(self, texts: list[str]) -> list[str]:
        """Files whose names stand in the texts, or in a file that is reached, in their order."""
        left = dict.fromkeys(self._files)
        texts = list(texts)
        for text in texts:
            found = [name for name in left if name in text or not _PLAIN.fullmatch(name)]
            for name in found:
                del left[name]
                texts.append(self._files[name])
        return [name for name in self._files if name not in left]

    def _digest(self, reached: tuple[str, ...]) -> str:
        files = {name: meaning(self._files[name]) for name in sorted(reached)}
        return _hash([self._types_and_defaults, files])


def _hash(value: Any) -> str:
    return hashlib.sha256(_text(value).encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: Any) -> str:
    return json.dumps(reveal(value), sort_keys=True, default=repr, ensure_ascii=False)
