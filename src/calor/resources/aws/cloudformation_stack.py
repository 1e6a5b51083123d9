"""AWS::CloudFormation::Stack: a stack from a template among the files of the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calor.base.errors import ResourceFailed
from calor.base.values import Value
from calor.model.nested import Child
from calor.model.resource import Resource
from calor.model.stack import Definition
from calor.resources.heat.members import OUTPUT, of_output, outputs
from calor.resources.heat.own_stack import OwnStackType
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


class CloudFormationStack(OwnStackType):
    """A stack of its own; files and environments of the parent reach it. `Outputs.NAME` is an
    output of it."""

    name = "AWS::CloudFormation::Stack"
    Properties = StackProperties
    template_property = "TemplateURL"
    parameters_property = "Parameters"
    minutes_property = "TimeoutInMinutes"

    def of_template(
        self, template: str, parameters: Mapping[str, Value], outer: Definition
    ) -> Definition:
        text = outer.files.get(template)
        if text is None:
            raise ResourceFailed(
                f"the template {template!r} did not come with the request: put it among the files"
                " under that name"
            )
        return Definition(
            template=text,
            environments=outer.environments,
            files=outer.files,
            parameters=parameters,
        )

    def attribute(self, resource: Resource, path: Sequence[Value]) -> Value:
        if not path:
            return {OUTPUT + name: value for name, value in resource.attributes.items()}
        return of_output(resource.attributes, str(path[0]), path[1:])

    def told(self, child: Child) -> Mapping[str, Value]:
        return outputs(child)


TYPE = CloudFormationStack()
