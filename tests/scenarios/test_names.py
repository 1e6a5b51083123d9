"""Names that the cloud does not know: each mistake is told once, where it was made."""

from __future__ import annotations

import pytest

from calor.base.diagnostics import Diagnostic
from calor.service.errors import StackValidationFailed
from scenarios.stage import Stage, scenario

INNER = """\
heat_template_version: 2021-04-16
parameters:
  flavor: {type: string}
resources:
  one: {type: OS::Nova::Server, properties: {flavor: {get_param: flavor}, image: tiny}}
  two: {type: OS::Nova::Server, properties: {flavor: {get_param: flavor}, image: tiny}}
"""
TEMPLATE = """\
heat_template_version: 2021-04-16
parameters:
  flavor: {type: string, default: m0.none, constraints: [{custom_constraint: nova.flavor}]}
  image: {type: string}
resources:
  in: {type: inner.yaml, properties: {flavor: {get_param: flavor}}}
  server: {type: OS::Nova::Server, properties: {flavor: {get_param: flavor}, image: no-image}}
  other: {type: OS::Nova::Server, properties: {flavor: m1.nano, image: {get_param: image}}}
  another: {type: OS::Nova::Server, properties: {flavor: m1.nano, image: {get_param: image}}}
"""


async def refused(stage: Stage, **options: object) -> tuple[Diagnostic, ...]:
    with pytest.raises(StackValidationFailed) as caught:
        await stage.begin(TEMPLATE, files={"inner.yaml": INNER}, **options)
    return tuple(caught.value.diagnostics)


@scenario()
async def test_one_mistake_is_told_once(stage: Stage) -> None:
    found = await refused(stage, parameters={"image": "no-such"})
    assert [(item.code, item.span and item.span.line, item.message) for item in found] == [
        ("C101", 3, "there is no flavor 'm0.none' in this cloud, or the project can't see it"),
        ("C101", 7, "there is no image 'no-image' in this cloud, or the project can't see it"),
        ("C101", 8, "there is no image 'no-such' in this cloud, or the project can't see it"),
    ]
    flavor, _, image = found
    places = [(span.source.name, span.line) for span, _ in flavor.related]
    assert ("inner.yaml", 5) in places and ("inner.yaml", 6) in places and ("template", 7) in places
    assert [(span.line, words) for span, words in image.related] == [
        (4, "the value given for the parameter 'image'"),
        (9, "here too"),
    ]
