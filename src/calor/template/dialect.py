"""What a version of a template language is: its words and which functions it has, as data.

It parses nothing itself; the words are mapped to roles that `parser` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from calor.base.source import Node, ScalarNode

if TYPE_CHECKING:
    from calor.template.definitions import ParameterDef
    from calor.template.parser import Parser


@dataclass(frozen=True, slots=True)
class Dialect:
    """One version. Maps of words lead from the word as written to its role:

    - `sections`: version, description, parameter_groups, parameters, resources, outputs,
      conditions.
    - `resource_keys`: type, properties, metadata, depends_on, deletion_policy, update_policy,
      description, external_id, condition.
    - `output_keys`: description, value, condition.
    - `parameter_types`: the types of `parameter_types`.

    `functions` and `condition_functions` give the variant that is in force. `removed` names
    functions that an older version had, and what to write instead.
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

    @property
    def name(self) -> str:
        """As the API names it: `heat_template_version.2016-10-14`."""
        return f"{self.version_key}.{self.version}"
