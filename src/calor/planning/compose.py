"""Puts a definition together: template, environments, parameters, files and types become one.

Everything that is wrong is found here, in one go, before anything is asked of a cloud; what the
cloud must be asked is listed. Pure, so that a service, an engine and an editor share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from calor.base.diagnostics import Rule
from calor.base.errors import InvalidInput
from calor.base.settings import Settings
from calor.base.values import Value
from calor.model.ports import Types
from calor.model.resource_type import ResourceType
from calor.model.stack import Definition
from calor.planning.composing import Composing
from calor.planning.composition import Composition
from calor.planning.content import content_of
from calor.planning.count import Count
from calor.planning.exports import Offered
from calor.planning.identity import Identity, anybody
from calor.planning.origins import Trail
from calor.planning.recent import Recent
from calor.planning.surroundings import Surroundings
from calor.planning.typing import Leniency
from calor.planning.whose import asks_whose
from calor.template.collection import paused
from calor.template.environment import merge
from calor.template.load import (
    Loaded,
    LoadedEnvironment,
    load_environment,
    load_template,
    with_values,
)
from calor.template.query_limits import QueryLimits
from calor.template.reader import Limits
from calor.template.registry import Registry

REMEMBERED = 1_000_000
"""Characters of the texts that a composer keeps parsed: these take some forty times the room."""
COMPOSED = 400_000
"""Characters of the definitions whose compositions it keeps."""
EACH = 1_000
"""What a text counts at least."""

TOO_MANY = Rule(
    "R113",
    "too many resources",
    "The template, with all that nests in it, has more resources than the setting"
    " max_resources_per_stack allows. Where a template is only looked at, as by `calor lint`, that"
    " setting is taken from CALOR_MAX_RESOURCES_PER_STACK; -1 means no limit.",
)


class Composer:
    """Composes definitions, and remembers parsed texts and compositions: change nothing in one,
    for others have it too. With `leniency` what it composes is for
    reading only: types that can't be carried out are let pass."""

    def __init__(
        self,
        types: Types,
        settings: Settings,
        *,
        around: Surroundings | None = None,
        leniency: Leniency | None = None,
    ) -> None:
        self._around = around or Surroundings()
        self._types = types
        self._leniency = leniency
        self._settings = settings
        self._limits = Limits(
            queries=QueryLimits(settings.yaql_limit_iterators, settings.yaql_memory_quota)
        )
        self._templates: Recent[Loaded] = Recent(REMEMBERED)
        self._environments: Recent[LoadedEnvironment] = Recent(REMEMBERED)
        self._compositions: Recent[Composition] = Recent(COMPOSED)

    def compose(
        self,
        definition: Definition,
        identity: Identity,
        *,
        name: str = "template",
        offered: Offered | None = None,
    ) -> Composition:
        """Understands a definition, with nested stacks as far as their properties are known.
        `name` is what diagnostics call the template; without `offered`, what it imports is unknown.

        Raises LimitExceeded for more resources than a setting allows.
        """
        if offered is None:
            # What was planned before it is created, say, is the same for the stack that comes.
            known = self._compositions.known((anybody(identity), content_of(definition)))
            if known is not None:
                return known
        count = Count(self._settings.max_resources_per_stack)
        found = self.compose_counted(definition, identity, count, name=name, offered=offered)
        if offered is not None or found.diagnostics.errors:
            return found
        return self._remembered(definition, identity, found)

    def compose_counted(
        self,
        definition: Definition,
        identity: Identity,
        count: Count,
        *,
        name: str,
        deep: bool = True,
        given: Mapping[str, Trail] | None = None,
        offered: Offered | None = None,
    ) -> Composition:
        """As `compose`, for a stack inside another whose resources are counted already. `given`
        lead to where its parameters' values were written."""
        if self._around.files:
            definition = replace(definition, files={**self._around.files, **definition.files})
        composing = Composing(
            self, definition, identity, count, deep=deep, given=given or {}, offered=offered
        )
        with paused():
            return composing.compose(name)

    def compose_alone(
        self, definition: Definition, identity: Identity, offered: Offered | None = None
    ) -> Composition:
        """Understands a stack's definition without what is nested in it. Who checked it, who
        carries it out and who looks on share what is remembered: change nothing in it."""

        def make() -> Composition:
            return self.compose_counted(
                definition, identity, Count(-1), name="template", deep=False, offered=offered
            )

        if offered is not None:
            return make()
        content = content_of(definition)
        known = self._compositions.known((anybody(identity), content))
        if known is not None:
            return known
        return self._compositions.get((identity, content), make, size=_size(definition))

    def _remembered(
        self, definition: Definition, identity: Identity, found: Composition
    ) -> Composition:
        """What was found, kept for those for whom it is the same."""
        template = found.template
        if template is not None and not (found.children or identity.path or asks_whose(template)):
            kept = found = replace(found, of_anybody=True)
            whose = anybody(identity)
        elif identity.stack_id is None:
            return found
        else:
            whose, kept = identity, replace(found, children={})
        self._compositions.keep((whose, content_of(definition)), kept, size=_size(definition))
        return found

    def load(self, text: str, files: Mapping[str, str], name: str) -> Loaded:
        return self._templates.get(
            (name, text, tuple(files)),
            lambda: load_template(text, name=name, files=files, limits=self._limits),
            size=EACH + len(text),
        )

    def unrolled(
        self, loaded: Loaded, values: Mapping[str, Value], definition: Definition, name: str
    ) -> Loaded:
        """A template whose names depend on parameters, with these values."""
        text = definition.template
        return self._templates.get(
            (name, text, tuple(definition.files), repr(values)),
            lambda: with_values(loaded, values, files=definition.files, limits=self._limits),
            size=EACH + len(text),
        )

    def load_environment(self, text: str, name: str) -> LoadedEnvironment:
        return self._environments.get(
            (name, text),
            lambda: load_environment(text, name=name),
            size=EACH + len(text),
        )

    def registry_of(self, definition: Definition) -> Registry:
        """What a definition's environments say of single resources, whatever else is in it."""
        loaded = [
            self.load_environment(text, f"environment {number}").environment
            for number, text in enumerate(definition.environments, 1)
        ]
        return merge([*self._around.environments, *loaded]).registry

    def type_of(self, name: str, definition: Definition) -> ResourceType | None:
        """A type by the name that a row remembers: of the registry, or a file of a definition."""
        text = definition.files.get(name, self._around.files.get(name))
        if text is not None:
            try:
                return self._types.from_template(name, text)
            except InvalidInput:
                return None
        return self._types.get(name)

    @property
    def types(self) -> Types:
        return self._types

    @property
    def around(self) -> Surroundings:
        return self._around

    @property
    def leniency(self) -> Leniency | None:
        return self._leniency

    @property
    def settings(self) -> Settings:
        return self._settings


def _size(definition: Definition) -> int:
    texts = (definition.template, *definition.environments, *definition.files.values())
    return EACH + sum(map(len, texts))
