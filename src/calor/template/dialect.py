"""What a version of a template language is: its words and which functions it has, as data.

It parses nothing itself; the words are mapped to roles that `parser` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from calor.base.diagnostics import Diagnostics
from calor.base.source import MappingNode, Node, ScalarNode, Span
from calor.base.values import Value
from calor.template.reading import Limits

if TYPE_CHECKING:
    from calor.template.definitions import ParameterDef, ParameterGroup
    from calor.template.parser import Parser


@dataclass(frozen=True, slots=True)
class Grouping:
    """How forms show parameters: in which groups, and under which labels; `labelled` has the
    places of the names that have some."""

    groups: tuple[ParameterGroup, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    labelled: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preparing:
    """What rewriting a document may look at. `values` are those of the parameters, None while
    they are not known; what is wrong goes to the diagnostics."""

    dialect: Dialect
    values: Mapping[str, Value] | None
    limits: Limits
    diagnostics: Diagnostics


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document fit to be parsed. `loops` are parameters that decided which names there are;
    the sections (roles) in `unsure` may lack names because they are not known."""

    node: MappingNode
    loops: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    repeats: bool = False
    """Whether one place may now stand for several values."""


def _as_it_is(node: MappingNode, preparing: Preparing) -> Prepared:
    return Prepared(node)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One version. Maps of words lead from the word as written to its role:

    - `sections`: version, description, parameter_groups, parameters, resources, outputs,
      conditions, mappings, rules, metadata, transform.
    - `resource_keys`: type, properties, metadata, depends_on, deletion_policy, update_policy,
      description, external_id, condition, creation_policy, update_replace_policy.
    - `output_keys`: description, value, condition, export.
    - `parameter_types`: the types of `parameter_types`.
    - `tags`: YAML tags, to the functions that they are short for.

    `functions`, `condition_functions` and `rule_functions` give the variant that is in force where
    a value, a condition or a rule is expected. `removed` names functions that an older version
    had, and what to write instead. A word that begins with `prefix` can't be anything but a
    function. A file that says no version, but has one of the sections `implied_by`, is of this
    version. `prepare` rewrites a document before it is parsed; it may raise ReadFailure.
    """

    family: str
    version_key: str
    version: str
    aliases: tuple[str, ...]
    sections: Mapping[str, str]
    resource_keys: Mapping[str, str]
    output_keys: Mapping[str, str]
    parameter_keys: tuple[str, ...]
    parameter_types: Mapping[str, str]
    constraint_kinds: tuple[str, ...]
    deletion_policies: Mapping[str, str]
    pseudo_parameters: tuple[str, ...]
    functions: Mapping[str, int]
    condition_functions: Mapping[str, int]
    removed: Mapping[str, str]
    parse_parameter: Callable[[Parser, ScalarNode, Node], ParameterDef]
    parse_groups: Callable[[Parser, Mapping[str, Node]], Grouping]
    tags: Mapping[str, str] = field(default_factory=dict)
    rule_functions: Mapping[str, int] = field(default_factory=dict)
    prefix: str = ""
    implied_by: tuple[str, ...] = ()
    prepare: Callable[[MappingNode, Preparing], Prepared] = _as_it_is

    @property
    def name(self) -> str:
        """As the API names it: `heat_template_version.2016-10-14`."""
        return f"{self.version_key}.{self.version}"

    def word(self, role: str) -> str:
        """How this version writes the section or key of a role."""
        for words in (self.sections, self.resource_keys, self.output_keys):
            for word, meaning in words.items():
                if meaning == role:
                    return word
        return role
