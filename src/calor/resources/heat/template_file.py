"""A template file used as a type: its parameters are the properties, its outputs the attributes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from calor.base.errors import InvalidInput
from calor.base.values import Value
from calor.model.nested import Child
from calor.model.resource import Resource
from calor.model.stack import Definition
from calor.resources.heat.members import (
    INSIDE,
    MEMBER,
    OUTPUT,
    asks_member,
    of_member,
    of_output,
    outputs,
    told_members,
)
from calor.resources.heat.nested import NestedType
from calor.schema import AttributeSpec, Kind, PropertySpec, Schema
from calor.template.check import facade_calls
from calor.template.definitions import ParameterDef, Template
from calor.template.load import load_template
from calor.template.marks import select

STACK_ID_OUTPUT = "OS::stack_id"
"""An output of this name is what get_resource gives."""

KINDS = {"string": Kind.STRING, "number": Kind.NUMBER, "boolean": Kind.BOOLEAN}


class TemplateFile(NestedType):
    """The type that one file is. `name` is the file's key among the stack's files. What an
    environment has a default for need not be given."""

    def __init__(
        self, name: str, text: str, template: Template, defaults: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self._text = text
        self._schema = Schema(
            {
                key: _property(parameter, required=key not in defaults)
                for key, parameter in template.parameters.items()
            }
        )
        self._attributes = {
            key: AttributeSpec(key, doc=output.description or "")
            for key, output in template.outputs.items()
        }
        self._inside = tuple(template.resources)
        # Which resources a template with loops has is only known with its parameters.
        self.reads_facade = bool(template.loops) or any(facade_calls(template))

    @property
    def schema(self) -> Schema:
        return self._schema

    @property
    def attributes(self) -> Mapping[str, AttributeSpec]:
        return self._attributes

    def has_attribute(self, name: str) -> bool:
        """Outputs, also as `Outputs.NAME`, and `resource.NAME` for what is inside."""
        if name.startswith(MEMBER) and name not in self._attributes:
            return name.removeprefix(MEMBER).partition(".")[0] in self._inside
        if name.startswith(OUTPUT) and name.removeprefix(OUTPUT) in self._attributes:
            return True
        return super().has_attribute(name)

    def asks_inside(self, path: Sequence[Value]) -> tuple[str | None, Sequence[Value]] | None:
        return None if path[0] in self._attributes else asks_member(path)

    def inner(self, properties: Mapping[str, Value], outer: Definition) -> Definition | None:
        return Definition(
            template=self._text,
            environments=outer.environments,
            files=outer.files,
            parameters=properties,
        )

    def reference(self, resource: Resource) -> Value:
        return resource.attributes.get(STACK_ID_OUTPUT) or super().reference(resource)

    def attribute(self, resource: Resource, path: Sequence[Value]) -> Value:
        shown = {
            name: value
            for name, value in resource.attributes.items()
            if name not in (STACK_ID_OUTPUT, INSIDE)
        }
        name = str(path[0]) if path else ""
        if name.startswith(MEMBER) and name not in shown:
            return of_member(resource.attributes.get(INSIDE) or {}, name, path[1:])
        if name.startswith(OUTPUT) and name not in shown:
            return of_output(shown, name, path[1:])
        return select(shown, path)

    def told(self, child: Child) -> Mapping[str, Value]:
        return {**outputs(child), INSIDE: told_members(child)}


def template_file(name: str, text: str, defaults: Collection[str] = ()) -> TemplateFile:
    """The type that a file is; `defaults` are the parameters for which an environment has one.
    Raises InvalidInput when it can't be read as a template."""
    template = _parsed(name, text)
    return _type(
        name,
        text,
        tuple(
            key
            for key, parameter in template.parameters.items()
            if key in defaults and not parameter.has_default
        ),
    )


@lru_cache(maxsize=256)
def _type(name: str, text: str, defaults: tuple[str, ...]) -> TemplateFile:
    return TemplateFile(name, text, _parsed(name, text), defaults)


@lru_cache(maxsize=256)
def _parsed(name: str, text: str) -> Template:
    loaded = load_template(text, name=name)
    if loaded.template is None or loaded.diagnostics.errors:
        raise InvalidInput(f"{name} has errors", loaded.diagnostics.errors)
    return loaded.template


def _property(parameter: ParameterDef, *, required: bool) -> PropertySpec:
    """A parameter as a property. Lists and maps stay as given: the stack inside reads them."""
    return PropertySpec(
        parameter.name,
        KINDS.get(parameter.type, Kind.ANY),
        required=required and not parameter.has_default,
        update=not parameter.immutable,
        sensitive=parameter.hidden,
        converts=True,
        doc=parameter.description or "",
    )
