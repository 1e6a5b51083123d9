"""What may be written at a place of a document, by its language's own tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from calor.base.source import MappingNode, Node, ScalarNode
from calor.lsp import documentation as docs
from calor.lsp.catalog import Catalog
from calor.lsp.language import Document
from calor.lsp.offers import Offer, Shape, Sort, plain, words
from calor.lsp.place import Place, Spot
from calor.lsp.values import Steps, Values, steps_of
from calor.template.dialect import Dialect
from calor.template.dialects import by_key
from calor.template.environment import STRATEGIES
from calor.template.registry import HOOKS, RESTRICTED_ACTIONS
from calor.template.words import (
    CONSTRAINTS,
    ENVIRONMENT,
    GROUP_KEYS,
    OUTPUT_KEYS,
    PARAMETER_KEYS,
    REGISTRY_KEYS,
    RESOURCE_KEYS,
    SECTIONS,
)

_LONG = ("properties", "metadata", "constraints", "update_policy", "parameters", "creation_policy")
"""Roles of keys whose values are maps or lists."""


def offers_at(document: Document, place: Place, catalog: Catalog) -> list[Offer]:
    """What may be written there, whatever is written already."""
    if document.dialect is not None:
        return _Template(Values(document, document.dialect, place, catalog)).offers()
    if document.is_environment or place.path:
        return _in_environment(document, place, catalog)
    return [] if place.path else _first_words(place)


def _first_words(place: Place) -> list[Offer]:
    """The beginning of a document that does not say yet what it is."""
    if place.spot is Spot.VALUE:
        return []
    found = words(by_key(), lambda word: docs.of_word(word, SECTIONS, "version"))
    return found + words(
        ENVIRONMENT, lambda word: docs.of_word(word, ENVIRONMENT), parents=ENVIRONMENT
    )


@dataclass(frozen=True, slots=True)
class _Template:
    """The menu of one place in a template."""

    values: Values

    @property
    def place(self) -> Place:
        return self.values.place

    @property
    def dialect(self) -> Dialect:
        return self.values.dialect

    def offers(self) -> list[Offer]:
        path = self.place.path
        if not path:
            return self._keys(self.dialect.sections, SECTIONS, parents=SECTIONS)
        role = self.dialect.sections.get(str(path[0]), "")
        rest = steps_of(self.place)[1:]
        if role == "version":
            return plain(by_key()[str(path[0])]) if self.place.spot is not Spot.KEY else []
        handlers = {
            "resources": self._resource,
            "outputs": self._output,
            "parameters": self._parameter,
            "conditions": self._condition,
            "parameter_groups": self._group,
            "rules": self._rule,
        }
        handler = handlers.get(role)
        return handler(rest) if handler is not None else []

    def _keys(
        self,
        known: Mapping[str, str],
        sentences: Mapping[str, str],
        *,
        parents: Iterable[str] = _LONG,
    ) -> list[Offer]:
        """Words of the language, with the sentences of their roles."""
        if self.place.spot is Spot.VALUE:
            return []
        long = [word for word, role in known.items() if role in parents]
        short = ("version", "description")
        return words(
            known,
            lambda word: docs.of_word(word, sentences, known[word]),
            parents=[word for word in long if known[word] not in short],
        )

    def _resource(self, steps: Steps) -> list[Offer]:
        if len(steps) < 2:
            return self._keys(self.dialect.resource_keys, RESOURCE_KEYS) if steps else []
        role = self.dialect.resource_keys.get(str(steps[1].key), "")
        below = steps[2:]
        if role == "type":
            if below or self.place.spot is Spot.KEY:
                return []
            return types_offered(self.values.document, self.place, self.values.catalog)
        if role == "properties":
            return self.values.properties(below, _type_said(self.dialect, steps[1].node))
        if role == "depends_on":
            own = str(steps[0].key)
            found = [offer for offer in self.values.resources() if offer.label != own]
            return found if self.place.spot is not Spot.KEY and len(below) < 2 else []
        if role in ("deletion_policy", "update_replace_policy"):
            found = plain(self.dialect.deletion_policies) if not below else []
            return found + self.values.any(below)
        if role == "condition":
            return self.values.conditions(below)
        return self.values.any(below) if role not in ("description", "") else []

    def _output(self, steps: Steps) -> list[Offer]:
        if len(steps) < 2:
            return self._keys(self.dialect.output_keys, OUTPUT_KEYS) if steps else []
        role = self.dialect.output_keys.get(str(steps[1].key), "")
        if role == "condition":
            return self.values.conditions(steps[2:])
        return self.values.any(steps[2:]) if role in ("value", "export") else []

    def _parameter(self, steps: Steps) -> list[Offer]:
        keys = {word: word for word in self.dialect.parameter_keys}
        if len(steps) < 2:
            return self._keys(keys, PARAMETER_KEYS) if steps else []
        word, below = str(steps[1].key).lower(), steps[2:]
        if word == "constraints" and len(below) == 1:
            kinds = {word: word for word in (*self.dialect.constraint_kinds, "description")}
            return self._keys(kinds, CONSTRAINTS)
        if self.place.spot is Spot.KEY or below:
            return []
        if word == "type":
            return plain(self.dialect.parameter_types)
        if word in ("hidden", "immutable", "noecho"):
            return plain(("true", "false"))
        return []

    def _condition(self, steps: Steps) -> list[Offer]:
        return self.values.conditions(steps[1:]) if steps else []

    def _rule(self, steps: Steps) -> list[Offer]:
        return self.values.rules(steps[1:]) if steps else []

    def _group(self, steps: Steps) -> list[Offer]:
        if len(steps) == 1:
            return self._keys({word: word for word in GROUP_KEYS}, GROUP_KEYS)
        if len(steps) > 1 and steps[1].key == "parameters" and self.place.spot is not Spot.KEY:
            return self.values.parameters(pseudo=False)
        return []


def _type_said(dialect: Dialect, resource: Node) -> str:
    """The type that stands beside a resource's other keys."""
    if isinstance(resource, MappingNode):
        for key, value in resource.entries:
            if dialect.resource_keys.get(key.text) == "type" and isinstance(value, ScalarNode):
                return value.text
    return ""


def types_offered(
    document: Document, place: Place, catalog: Catalog, shape: Shape = Shape.PLAIN
) -> list[Offer]:
    """All types, and the templates beside the document."""

    def describe(name: str) -> str:
        type = catalog.type(name, document)
        return "" if type is None else docs.of_type(type)

    found = [
        Offer(
            name,
            Sort.TYPE,
            partial(describe, name),
            "" if there else "not available yet",
            shape,
        )
        for name, there in catalog.names().items()
    ]
    return found + plain(catalog.files(document, place.before, templates=True), Sort.FILE)


def _in_environment(document: Document, place: Place, catalog: Catalog) -> list[Offer]:
    path = place.path
    if not path:
        return (
            words(ENVIRONMENT, lambda word: docs.of_word(word, ENVIRONMENT), parents=ENVIRONMENT)
            if place.spot is not Spot.VALUE
            else []
        )
    if path[0] == "parameter_merge_strategies" and len(path) == 2 and place.spot is not Spot.KEY:
        return plain(STRATEGIES)
    if path[0] != "resource_registry":
        return []
    last = path[-1] if len(path) > 1 else ""
    lists = {"hooks": HOOKS, "restricted_actions": RESTRICTED_ACTIONS}
    for step in path[-2:]:
        if step in lists and place.spot is not Spot.KEY:
            return plain(lists[str(step)])
    found: list[Offer] = []
    if place.spot is not Spot.VALUE and last != "resources":
        keys = REGISTRY_KEYS if len(path) > 1 else ("base_url", "resources")
        found = words(keys, lambda word: docs.of_word(word, REGISTRY_KEYS), parents=("resources",))
        found += types_offered(document, place, catalog, Shape.KEY)
    if place.spot is not Spot.KEY and last not in ("resources", "base_url", ""):
        found += types_offered(document, place, catalog)
    return found
