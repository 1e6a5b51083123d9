"""What the types share whose properties give a stack of its own: a template, the values of its
parameters, and minutes. Where the template's text is, each type says itself.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from calor.base.values import Sensitive, Unknown, Value
from calor.model.stack import Definition
from calor.resources.heat.members import OUTPUT
from calor.resources.heat.nested import NestedType


class OwnStackType(NestedType):
    """Besides the attributes of its class, `Outputs.NAME` asks for an output."""

    template_property: ClassVar[str]
    parameters_property: ClassVar[str]
    minutes_property: ClassVar[str]

    @abstractmethod
    def of_template(
        self, template: str, parameters: Mapping[str, Value], outer: Definition
    ) -> Definition:
        """The stack's definition; `template` is what its property says. Raises ResourceFailed when
        that leads to no template."""

    def inner(self, properties: Mapping[str, Value], outer: Definition) -> Definition | None:
        template = properties.get(self.template_property)
        parameters = properties.get(self.parameters_property) or {}
        if isinstance(template, Sensitive):
            template = template.value
        if not isinstance(template, str) or isinstance(parameters, Unknown | Sensitive):
            return None
        return self.of_template(template, parameters, outer)

    def timeout(self, properties: Mapping[str, Value]) -> float | None:
        minutes = properties.get(self.minutes_property)
        return None if minutes is None else float(minutes) * 60

    def has_attribute(self, name: str) -> bool:
        return name.startswith(OUTPUT) or super().has_attribute(name)
