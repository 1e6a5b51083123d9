"""Texts of templates that say the same."""

from __future__ import annotations

import pytest

from calor.template.meaning import meaning

HOT = """heat_template_version: 2021-04-16
# what it is
resources:
  a: {type: OS::Heat::Value, properties: {value: 010}}
  b: {type: OS::Heat::Value, properties: {value: yes}}
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            HOT,
            '{"resources": {"b": {"properties": {"value": true}, "type": "OS::Heat::Value"}, "a":'
            ' {"type": "OS::Heat::Value", "properties": {"value": 8}}}, "heat_template_version":'
            ' "2021-04-16"}',
        ),
        (
            "AWSTemplateFormatVersion: 2010-09-09\nOutputs: {a: {Value: !Ref b}}\n",
            '{"AWSTemplateFormatVersion": "2010-09-09", "Outputs": {"a": {"Value": {"Ref": "b"}}}}',
        ),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert meaning(one) == meaning(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HOT, HOT.replace("010", "8.5")),
        (HOT, HOT.replace("yes", "'yes'")),
        ("a: 1\n", '{"a": 1}'),
        ("heat_template_version: [\n", "heat_template_version: [ \n"),
        ("# heat_template_version\na: 1\n", "# heat_template_version\na:  1\n"),
        ("heat_template_version: 1\nx: [1, 2]\n", "heat_template_version: 1\nx: [2, 1]\n"),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    assert meaning(one) != meaning(other)
