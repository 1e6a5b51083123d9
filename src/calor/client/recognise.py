"""Tells by its content what a file is: a template, an environment, or neither.

It judges nothing: a file that is full of mistakes is still meant as what it looks like.
"""

from __future__ import annotations

import re
from enum import Enum

from calor.base.source import MappingNode, Node, ScalarNode, Source
from calor.client.files import VERSION_KEYS
from calor.template.environment import SECTIONS
from calor.template.reader import read


class Kind(Enum):
    TEMPLATE = "template"
    ENVIRONMENT = "environment"


_JINJA = re.compile(r"^\s*\{%", re.MULTILINE)
_VERSION = re.compile(rf"""^["']?({"|".join(VERSION_KEYS)})["']?\s*:""", re.MULTILINE)
_TYPE = re.compile(r"""["']?\b[Tt]ype["']?\s*:\s*["']?\w+::\w+""")
_WORDS = (*VERSION_KEYS, *SECTIONS, "resources", "Resources")
_MAYBE = re.compile(rf"""(^|[{{,\s])["']?({"|".join(_WORDS)})["']?\s*:""")


def kind_of(text: str) -> Kind | None:
    """What a text is meant as. Templates of templates (Jinja) are neither: they are rendered
    first."""
    if _JINJA.search(text) and read(Source("", text)).node is None:
        return None
    if _VERSION.search(text):
        return Kind.TEMPLATE
    if not _MAYBE.search(text):
        return None
    node = read(Source("", text)).node
    return _kind_of_broken(text) if node is None else _kind_of_node(node)


def _kind_of_broken(text: str) -> Kind | None:
    """The same of a text that can't be read, by words that nothing else has."""
    if _has_key(text, *VERSION_KEYS):
        return Kind.TEMPLATE
    if _has_key(text, "resources", "Resources") and _TYPE.search(text):
        return Kind.TEMPLATE
    return Kind.ENVIRONMENT if _has_key(text, "resource_registry", "parameter_defaults") else None


def _has_key(text: str, *words: str) -> bool:
    """Whether one of the words is a key: at the start of a line, in braces anywhere."""
    among = "|".join(words)
    if text.lstrip()[:1] == "{":
        return re.search(rf"""["']({among})["']\s*:""", text) is not None
    return re.search(rf"""^["']?({among})["']?\s*:""", text, re.MULTILINE) is not None


def _kind_of_node(node: Node) -> Kind | None:
    if not isinstance(node, MappingNode):
        return None
    keys = [key.text for key, _ in node.entries]
    if any(key in VERSION_KEYS for key in keys) or _has_resources(node):
        return Kind.TEMPLATE
    if "resource_registry" in keys or "parameter_defaults" in keys:
        return Kind.ENVIRONMENT
    return Kind.ENVIRONMENT if keys and all(key in SECTIONS for key in keys) else None


def _has_resources(node: MappingNode) -> bool:
    """Whether there is a section of resources that say their types, as Heat's or as AWS's."""
    for section, word in (("resources", "type"), ("Resources", "Type")):
        resources = node.get(section)
        if isinstance(resources, MappingNode) and any(
            isinstance(one, MappingNode) and _is_type(one.get(word)) for _, one in resources.entries
        ):
            return True
    return False


def _is_type(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and "::" in node.text
