"""HOT, the Heat Orchestration Template language, in all its dated versions: words and tables.

Each version is told by what it adds to or takes from the one before.
"""

from __future__ import annotations

from collections.abc import Mapping

from calor.template.dialect import Dialect
from calor.template.dialects.hot_groups import parse_groups
from calor.template.dialects.hot_parameters import parse_parameter
from calor.template.parameter_types import TYPES

_SECTIONS = {
    "heat_template_version": "version",
    "description": "description",
    "parameter_groups": "parameter_groups",
    "parameters": "parameters",
    "resources": "resources",
    "outputs": "outputs",
}
_RESOURCE_KEYS = (
    "type",
    "properties",
    "metadata",
    "depends_on",
    "deletion_policy",
    "update_policy",
    "description",
)
_PARAMETER_KEYS = (
    "type",
    "description",
    "default",
    "schema",
    "constraints",
    "hidden",
    "label",
    "immutable",
)
_CONSTRAINTS = ("length", "range", "allowed_values", "allowed_pattern", "custom_constraint")
_POLICIES = {"Delete": "Delete", "Retain": "Retain", "Snapshot": "Snapshot"}
_LOWER_POLICIES = {word.lower(): policy for word, policy in _POLICIES.items()}
_PSEUDO = ("OS::stack_id", "OS::stack_name", "OS::region", "OS::project_id")

# A function of CloudFormation that the first versions had -> what to write in later ones.
_CFN = {
    "Fn::Base64": "the text as it is",
    "Fn::GetAZs": "a parameter with the list of zones",
    "Fn::Join": "list_join",
    "Fn::MemberListToMap": "a map",
    "Fn::Replace": "str_replace",
    "Fn::ResourceFacade": "resource_facade",
    "Fn::Select": "get_param or get_attr with a path",
    "Fn::Split": "str_split",
    "Ref": "get_resource or get_param",
}
_FIRST = {
    "get_attr": 1,
    "get_file": 1,
    "get_param": 1,
    "get_resource": 1,
    "list_join": 1,
    "resource_facade": 1,
    "str_replace": 1,
}
_LOGIC = {"and": 1, "equals": 1, "get_param": 1, "not": 1, "or": 1}

# Version, alias, functions that are new or changed, and functions of CFN that are still there.
_VERSIONS: tuple[tuple[str, str, Mapping[str, int], tuple[str, ...]], ...] = (
    ("2013-05-23", "", _FIRST, tuple(_CFN)),
    ("2014-10-16", "", {"get_attr": 2}, ("Fn::Select",)),
    ("2015-04-30", "", {"digest": 1, "repeat": 1}, ("Fn::Select",)),
    ("2015-10-15", "", {"get_attr": 3, "list_join": 2, "str_replace": 2, "str_split": 1}, ()),
    ("2016-04-08", "", {"map_merge": 1}, ()),
    ("2016-10-14", "newton", {"if": 1, "map_replace": 1, "repeat": 2, "yaql": 1}, ()),
    ("2017-02-24", "ocata", {"filter": 1, "str_replace_strict": 1}, ()),
    (
        "2017-09-01",
        "pike",
        {
            "contains": 1,
            "list_concat": 1,
            "list_concat_unique": 1,
            "make_url": 1,
            "repeat": 3,
            "str_replace_vstrict": 1,
        },
        (),
    ),
    ("2018-03-02", "queens", {}, ()),
    ("2018-08-31", "rocky", {}, ()),
    ("2021-04-16", "wallaby", {"if": 2}, ()),
)


def _dialects() -> tuple[Dialect, ...]:
    functions: dict[str, int] = {}
    made: list[Dialect] = []
    for version, alias, added, cfn in _VERSIONS:
        functions = {**functions, **added}
        made.append(_dialect(version, alias, {**dict.fromkeys(cfn, 1), **functions}))
    return tuple(made)


def _dialect(version: str, alias: str, functions: Mapping[str, int]) -> Dialect:
    conditions = version >= "2016-10-14"
    resource_keys = _RESOURCE_KEYS + (("external_id", "condition") if conditions else ())
    logic = {**_LOGIC, "contains": 1, "yaql": 1} if version >= "2017-09-01" else _LOGIC
    return Dialect(
        family="hot",
        version_key="heat_template_version",
        version=version,
        aliases=(alias,) if alias else (),
        sections={**_SECTIONS, "conditions": "conditions"} if conditions else _SECTIONS,
        resource_keys={key: key for key in resource_keys},
        output_keys={
            key: key for key in ("description", "value", *(("condition",) if conditions else ()))
        },
        parameter_keys=_PARAMETER_KEYS + (("tags",) if version >= "2018-03-02" else ()),
        parameter_types={kind: kind for kind in TYPES},
        constraint_kinds=_CONSTRAINTS + (("modulo",) if version >= "2017-02-24" else ()),
        deletion_policies={**_POLICIES, **(_LOWER_POLICIES if conditions else {})},
        pseudo_parameters=_PSEUDO,
        functions=functions,
        condition_functions=logic if conditions else {},
        removed={name: cure for name, cure in _CFN.items() if name not in functions},
        parse_parameter=parse_parameter,
        parse_groups=parse_groups,
    )


DIALECTS = _dialects()
