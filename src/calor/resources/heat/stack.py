"""OS::Heat::Stack: a stack from a template given as text, with nothing of its parent's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from calor.base.values import Value
from calor.model.nested import Child
from calor.model.resource import Resource
from calor.model.stack import Definition
from calor.resources.heat.members import OUTPUT, of_output, outputs
from calor.resources.heat.own_stack import OwnStackType
from calor.schema import Attributes, Properties, Unavailable, attribute, prop, since
from calor.template.meaning import meaning


class ContextProperties(Properties):
    """Where the stack is made."""

    region_name: str = prop(doc="Region in which the stack is made.")
    credential_secret_id: str = prop(
        update=True,
        doc="Secret that holds the credentials of another cloud.",
        support=since("12.0.0"),
    )
    ca_cert: str = prop(
        update=True, doc="Certificate of the other cloud's authority.", support=since("12.0.0")
    )
    insecure: bool = prop(
        False,
        update=True,
        doc="Whether the other cloud's certificate goes unchecked.",
        support=since("12.0.0"),
    )


class StackProperties(Properties):
    template: str = prop(required=True, update=True, doc="The text of the template.")
    parameters: dict[str, Any] = prop({}, update=True, doc="Values of the template's parameters.")
    timeout: int = prop(update=True, doc="Minutes that an operation of the stack may take.")
    context: Annotated[
        ContextProperties, Unavailable("stacks in other regions and clouds are not available yet")
    ] = prop(update=True, doc="Region or cloud in which the stack is made.")


class StackAttributes(Attributes):
    stack_name: str = attribute(doc="Name of the stack.")
    outputs: dict[str, Any] = attribute(doc="Its outputs, by name.")


class Stack(OwnStackType):
    """A stack of its own definition; environments and files of the parent do not reach it, but
    for the files that its template may read."""

    name = "OS::Heat::Stack"
    Properties = StackProperties
    Attributes = StackAttributes
    template_property = "template"
    parameters_property = "parameters"
    minutes_property = "timeout"

    def of_template(
        self, template: str, parameters: Mapping[str, Value], outer: Definition
    ) -> Definition:
        return Definition(template=template, files=outer.files, parameters=parameters)

    def says_the_same(self, name: str, before: Value, after: Value) -> bool:
        if name != self.template_property or not (
            isinstance(before, str) and isinstance(after, str)
        ):
            return False
        return meaning(before) == meaning(after)

    def attribute(self, resource: Resource, path: Sequence[Value]) -> Value:
        name = str(path[0]) if path else ""
        if name.startswith(OUTPUT):
            return of_output(resource.attributes.get("outputs") or {}, name, path[1:])
        return super().attribute(resource, path)

    def reference(self, resource: Resource) -> Value:
        return resource.physical_id

    def told(self, child: Child) -> Mapping[str, Value]:
        return {"stack_name": child.stack.name, "outputs": outputs(child)}


TYPE = Stack()
