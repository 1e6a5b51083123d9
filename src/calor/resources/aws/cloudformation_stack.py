"""AWS::CloudFormation::Stack: a stack from a template among the files of the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calor.base.errors import ResourceFailed
from calor.base.values import Sensitive, Unknown, Value
from calor.model.nested import Child
from calor.model.resource import Resource
from calor.model.stack import Definition
from calor.resources.heat.nested import OUTPUT, NestedType, of_output, outputs
from calor.schema import Properties, prop


class StackProperties(Properties):
    TemplateURL: str = prop(
        required=True,
        update=True,
        doc="The template's name among the files of the request. `calor` takes a file on disk in"
        " by itself.",
    )
    Parameters: dict[str, Any] = prop(update=True, doc="Values of the template's parameters.")
    TimeoutInMinutes: int = prop(
        update=True, doc="Minutes that an operation of the stack may take."
    )


class CloudFormationStack(NestedType):
    """A stack of its own; files and environments of the parent reach it. `Outputs.NAME` is an
    output of it."""

    name = "AWS::CloudFormation::Stack"
    Properties = StackProperties

    def has_attribute(self, name: str) -> bool:
        return name.startswith(OUTPUT) or super().has_attribute(name)

    def inner(self, properties: Mapping[str, Value], outer: Definition) -> Definition | None:
        url = properties.get("TemplateURL")
        parameters = properties.get("Parameters") or {}
        if isinstance(url, Sensitive):
            url = url.value
        if not isinstance(url, str) or isinstance(parameters, Unknown | Sensitive):
            return None
        text = outer.files.get(url)
        if text is None:
            raise ResourceFailed(
                f"the template {url!r} did not come with the request: put it among the files"
                " under that name"
            )
        return Definition(
            template=text,
            environments=outer.environments,
            files=outer.files,
            parameters=parameters,
        )

    def timeout(self, properties: Mapping[str, Value]) -> float | None:
        minutes = properties.get("TimeoutInMinutes")
        return None if minutes is None else float(minutes) * 60

    def attribute(self, resource: Resource, path: Sequence[Value]) -> Value:
        if not path:
            return {OUTPUT + name: value for name, value in resource.attributes.items()}
        return of_output(resource.attributes, str(path[0]), path[1:])

    def told(self, child: Child) -> Mapping[str, Value]:
        return outputs(child)


TYPE = CloudFormationStack()
