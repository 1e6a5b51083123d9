"""A tree of nodes to a `Template`: sections, keys and their shapes, in the words of one dialect.

It looks at what each part says by itself; what parts say about one another is `check`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import MappingNode, Node, ScalarNode, Source
from calor.base.spelling import did_you_mean, listed, nearest
from calor.template.definitions import (
    ConditionDef,
    OutputDef,
    ParameterDef,
    ResourceDef,
    Template,
)
from calor.template.dialect import Dialect, Grouping
from calor.template.dialects import comes_later, resource_keys_of, since
from calor.template.expressions import Broken, Expression
from calor.template.query_limits import QueryLimits
from calor.template.resource_parts import parse_resource
from calor.template.sections import parse_export, parse_mappings, parse_rules
from calor.template.value_parser import ValueParser

UNKNOWN_SECTION = Rule(
    "H205",
    "unknown section",
    "The top level of a template has only the sections that its language defines.",
)
UNKNOWN_KEY = Rule(
    "H206",
    "unknown key",
    "A parameter, resource, output or group has only the keys that the language defines.",
)
WRONG_VALUE = Rule(
    "H212",
    "wrong kind of value",
    "A list, map or text stands where the language wants another kind of value.",
)
BAD_NAME = Rule(
    "H209",
    "name can't be used",
    "The name of a resource must not be empty, has no '/', and at most 255 characters.",
)
LONGEST_NAME = 255
NO_VALUE = Rule(
    "H213",
    "output without a value",
    "Every output says its value, under the key `value`; null counts as one.",
)
LATER_KEY = Rule(
    "H215",
    "key of a later version",
    "The section or key exists only in a later version of the language than the template names.",
)


class Parser:
    """Parses one template. What it finds wrong is in `diagnostics`.

    `unsure` holds the sections that could not be read; references into them are not judged.
    """

    def __init__(
        self,
        dialect: Dialect,
        source: Source,
        diagnostics: Diagnostics,
        queries: QueryLimits | None = None,
    ) -> None:
        self.dialect = dialect
        self.source = source
        self.diagnostics = diagnostics
        self.values = ValueParser(dialect, diagnostics, queries)
        self.unsure: list[str] = []

    def template(self, node: MappingNode, version: str, loops: tuple[str, ...] = ()) -> Template:
        """The whole document. `loops` as in `Template`."""
        sections = self._sections(node)
        self.values.parameters.update(_names(sections.get("parameters")))
        self.values.resources.update(_names(sections.get("resources")))
        grouping = self.dialect.parse_groups(self, sections)
        parameters = {
            key.text: self._labelled(self.dialect.parse_parameter(self, key, value), grouping)
            for key, value in self.entries(sections, "parameters")
        }
        conditions = {
            key.text: ConditionDef(key.text, self.values.condition(value), key.span)
            for key, value in self.entries(sections, "conditions")
        }
        resources: dict[str, ResourceDef] = {}
        for key, value in self.entries(sections, "resources"):
            self._check_name(key, "resource")
            resources[key.text] = parse_resource(self, key, value)
        outputs = {
            key.text: self._output(key, value) for key, value in self.entries(sections, "outputs")
        }
        return Template(
            dialect=self.dialect,
            version=version,
            source=self.source,
            node=node,
            description=self.text(sections.get("description"), "description"),
            parameter_groups=grouping.groups,
            labelled=grouping.labelled,
            parameters=parameters,
            resources=resources,
            outputs=outputs,
            conditions=conditions,
            mappings=parse_mappings(self, sections),
            rules=parse_rules(self, sections),
            loops=loops,
        )

    def _labelled(self, parameter: ParameterDef, grouping: Grouping) -> ParameterDef:
        label = grouping.labels.get(parameter.name)
        return replace(parameter, label=label) if label else parameter

    def wrong(self, node: Node, message: str, hint: str = "") -> None:
        """Reports a value of the wrong kind."""
        self.diagnostics.add(WRONG_VALUE, message, node.span, hint=hint)

    def no_map(self, key: ScalarNode, node: Node, message: str) -> None:
        """Reports what should be a map under a key; at the key, when nothing was written."""
        self.wrong(node if node.end > node.start else key, message)

    def text(self, node: Node | None, key: str) -> str:
        """A text that people read; numbers and dates will do."""
        if node is None:
            return ""
        if isinstance(node, ScalarNode):
            return "" if node.value is None else node.text
        self.wrong(node, f"{key} must be a text")
        return ""

    def keys(
        self,
        node: MappingNode,
        known: Collection[str],
        what: str,
        rule: Rule = UNKNOWN_KEY,
        *,
        extra: Collection[str] = (),
    ) -> dict[str, Node]:
        """The values of a map by key. A misspelt key is reported and taken for what was meant.

        `extra` are words that some version knows here; of a later one, the version is named.
        """
        found: dict[str, Node] = {}
        for key, value in node.entries:
            if key.text in known:
                found[key.text] = value
                continue
            meant = self._unknown_key(key, known, what, rule, extra)
            if meant and node.get(meant) is None:
                found[meant] = value
        return found

    def _unknown_key(
        self,
        key: ScalarNode,
        known: Collection[str],
        what: str,
        rule: Rule,
        extra: Collection[str],
    ) -> str:
        if (key.text in _LATER_KEYS or key.text in extra) and self._comes_later(key):
            return ""
        self.diagnostics.add(
            rule,
            f"{what} has no key {key.text!r}",
            key.span,
            hint=did_you_mean(key.text, known) or listed(known),
        )
        return nearest(key.text, known)

    def _comes_later(self, key: ScalarNode) -> bool:
        """Reports a key or section that only a later version has."""
        first = resource_keys_of(self.dialect.family).get(key.text)
        if first is None or not comes_later(first, self.dialect):
            return False
        self.diagnostics.add(
            LATER_KEY,
            f"{key.text!r} exists {since(first, self.dialect)}",
            key.span,
            hint=f"write {first.version_key}: {first.version}",
        )
        return True

    def _sections(self, node: MappingNode) -> dict[str, Node]:
        """Role -> value."""
        words = self.dialect.sections
        found: dict[str, Node] = {}
        for key, value in node.entries:
            role = words.get(key.text)
            if role is None:
                role = words.get(self._unknown_section(key))
                if role is None or any(words.get(other.text) == role for other, _ in node.entries):
                    continue
            found[role] = value
        return found

    def _unknown_section(self, key: ScalarNode) -> str:
        words = self.dialect.sections
        first = resource_keys_of(self.dialect.family).get(key.text)
        role = first.sections.get(key.text) if first is not None else None
        if role is not None and self._comes_later(key):
            self.unsure.append(role)
            return ""
        self.diagnostics.add(
            UNKNOWN_SECTION,
            f"a template has no section {key.text!r}",
            key.span,
            hint=did_you_mean(key.text, words) or listed(words),
        )
        return nearest(key.text, words)

    def entries(self, sections: Mapping[str, Node], role: str) -> list[tuple[ScalarNode, Node]]:
        """The names of a section with what stands under them."""
        node = sections.get(role)
        if node is None or (isinstance(node, ScalarNode) and node.value is None):
            return []
        if not isinstance(node, MappingNode):
            self.wrong(node, f"the section {self.dialect.word(role)} must be a map of names")
            self.unsure.append(role)
            return []
        return node.entries

    def _check_name(self, key: ScalarNode, what: str) -> None:
        if not key.text:
            self.diagnostics.add(BAD_NAME, f"the name of a {what} can't be empty", key.span)
        elif "/" in key.text:
            self.diagnostics.add(
                BAD_NAME,
                f"the name {key.text!r} has a '/', which the name of a {what} can't have",
                key.span,
                hint="use '-' or '_'",
            )
        elif len(key.text) > LONGEST_NAME:
            self.diagnostics.add(
                BAD_NAME,
                f"the name of a {what} can have {LONGEST_NAME} characters, not {len(key.text)}",
                key.span,
                hint="shorten it",
            )

    def condition(self, node: Node | None) -> Expression | None:
        """What stands under the key `condition`, if anything does."""
        if node is None or (isinstance(node, ScalarNode) and node.value is None):
            return None
        return self.values.condition(node)

    def _output(self, key: ScalarNode, node: Node) -> OutputDef:
        if not isinstance(node, MappingNode):
            self.no_map(key, node, f"output {key.text!r} must be a map with a value")
            return OutputDef(key.text, Broken(node), key.span, node)
        words = self.dialect.output_keys
        found = {
            words[word]: value
            for word, value in self.keys(node, words, f"output {key.text!r}").items()
        }
        if "value" in found:
            value = self.values.value(found["value"])
        else:
            self.diagnostics.add(
                NO_VALUE,
                f"output {key.text!r} has no value",
                key.span,
                hint=f"add '{self.dialect.word('value')}:'",
            )
            value = Broken(node)
        return OutputDef(
            key.text,
            value,
            key.span,
            node,
            self.text(found.get("description"), "description"),
            self.condition(found.get("condition")),
            parse_export(self, found.get("export")),
        )


_LATER_KEYS = ("condition", "Condition", "external_id", "tags", "modulo")


def _names(section: Node | None) -> list[str]:
    return [key.text for key, _ in section.entries] if isinstance(section, MappingNode) else []
