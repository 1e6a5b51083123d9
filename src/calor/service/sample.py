"""Sample templates: one resource of a type, its properties as parameters, its attributes as
outputs. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HOT_VERSION = "2016-10-14"

_HOT_KINDS = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "list": "comma_delimited_list",
    "map": "json",
    "any": "string",
}
_CFN_KINDS = {
    "string": "String",
    "number": "Number",
    "boolean": "Boolean",
    "comma_delimited_list": "CommaDelimitedList",
    "json": "Json",
}


def hot_sample(
    name: str, properties: Mapping[str, Any], attributes: Mapping[str, Any]
) -> dict[str, Any]:
    """In HOT. `properties` and `attributes` are as the API shows them."""
    parameters: dict[str, Any] = {}
    for key, schema in _wanted(properties):
        parameter = {"type": _HOT_KINDS[schema["type"]], **_described(schema, "description")}
        if "default" in schema:
            parameter["default"] = schema["default"]
        elif not schema.get("required"):
            parameter["default"] = _EMPTY[parameter["type"]]
        if "constraints" in schema and (schema.get("required") or "default" in schema):
            parameter["constraints"] = schema["constraints"]
        parameters[key] = parameter
    label = _label(name)
    return {
        "heat_template_version": HOT_VERSION,
        "description": f"A sample of {name}",
        "parameters": parameters,
        "resources": {
            label: {
                "type": name,
                "properties": {key: {"get_param": key} for key in parameters},
            }
        },
        "outputs": {
            key: {**_described(schema, "description"), "value": {"get_attr": [label, key]}}
            for key, schema in attributes.items()
            if key != "show"
        },
    }


def cfn_sample(
    name: str, properties: Mapping[str, Any], attributes: Mapping[str, Any]
) -> dict[str, Any]:
    """In the CloudFormation-like dialect."""
    parameters: dict[str, Any] = {}
    for key, schema in _wanted(properties):
        kind = _CFN_KINDS[_HOT_KINDS[schema["type"]]]
        parameter = {"Type": kind, **_described(schema, "Description")}
        if "default" in schema:
            parameter["Default"] = schema["default"]
        elif not schema.get("required"):
            parameter["Default"] = _EMPTY[_HOT_KINDS[schema["type"]]]
        parameters[key] = parameter
    label = _label(name)
    return {
        "HeatTemplateFormatVersion": "2012-12-12",
        "Description": f"A sample of {name}",
        "Parameters": parameters,
        "Resources": {
            label: {"Type": name, "Properties": {key: {"Ref": key} for key in parameters}}
        },
        "Outputs": {
            key: {
                **_described(schema, "Description"),
                "Value": {"Fn::GetAtt": [label, key]},
            }
            for key, schema in attributes.items()
            if key != "show"
        },
    }


_EMPTY: dict[str, Any] = {
    "string": "",
    "number": 0,
    "boolean": False,
    "comma_delimited_list": [],
    "json": {},
}


def _wanted(properties: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(key, schema) for key, schema in properties.items() if schema["type"] in _HOT_KINDS]


def _described(schema: Mapping[str, Any], key: str) -> dict[str, str]:
    return {key: schema["description"]} if schema.get("description") else {}


def _label(name: str) -> str:
    return name.rpartition("::")[2] or name
