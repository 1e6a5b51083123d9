"""What `calor convert` makes of the CloudFormation examples: the planner sees no difference.

Types that only Amazon has are mapped to one that takes anything, so that their properties are
evaluated like all others.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from calor.base.settings import Settings
from calor.base.source import Source
from calor.base.values import Unknown, Value, reveal, rewrite
from calor.model.plan import Verb
from calor.model.resource import Resource
from calor.model.stack import Definition
from calor.model.states import Action, Status
from calor.planning.compose import Composer
from calor.planning.composition import Composition
from calor.planning.identity import Identity
from calor.planning.plan import plan_towards
from calor.resources.registry import Registry
from calor.template.convert.text import written
from calor.template.convert.to_hot import to_hot
from calor.template.layout.layout import lay_out
from calor.template.load import load_template

FOLDER = Path(__file__).parents[1] / "template" / "cfn_examples"
EXAMPLES = sorted(path.name for path in FOLDER.iterdir())
# What HOT has no words for, each told with its place: zones and blocks of addresses, a loop over a
# parameter, exports and imports, rules, a policy that only Amazon has.
NOT_WHOLE = {
    "cidr.yaml": 1,
    "exports.yaml": 2,
    "for_each_resources.yaml": 1,
    "heat_version.yaml": 1,
    "imports.yaml": 2,
    "policies.yaml": 2,
    "rules.yaml": 2,
    "rules_about_things.yaml": 1,
    "zones.yaml": 2,
}
# The type that stands for all others has no update policy, and can't be kept as a snapshot.
WITH_POLICY = ("policies.yaml", "update_policy.yaml")
# It asks for the resource that it is inside of.
INSIDE = ("heat_functions.yaml",)
COMPOSER = Composer(Registry(plugins=False), Settings())
PLANNED = [name for name in EXAMPLES if name not in (*NOT_WHOLE, *WITH_POLICY, *INSIDE)]
IDENTITY = Identity("id", "app", "project", "here")
ANYTHING = {"AWS::*": "OS::Heat::None", "Custom::*": "OS::Heat::None"}
GIVEN = {"string": "some", "number": 3, "comma_delimited_list": "a,b", "json": {}, "boolean": True}


def converted(name: str) -> tuple[str, str, list[str]]:
    """Original, result, and what is told: severity, code and place."""
    source = Source(name, (FOLDER / name).read_text())
    loaded = load_template(source)
    assert loaded.template is not None
    result = to_hot(loaded)
    text = written(result, loaded.template, result.diagnostics)
    return source.text, text, [str(item.span) for item in result.diagnostics.errors]


def composed(text: str) -> Composition:
    template = load_template(text).template
    assert template is not None
    parameters = {
        name: next(iter(_allowed(one.constraints)), GIVEN[one.type])
        for name, one in template.parameters.items()
        if not one.has_default
    }
    environment = json.dumps({"resource_registry": ANYTHING})
    definition = Definition(text, environments=(environment,), parameters=parameters)
    made = COMPOSER.compose(definition, IDENTITY)
    assert [item.message for item in made.diagnostics.errors] == []
    return made


def _allowed(constraints: Any) -> list[Value]:
    return [value for one in constraints for value in getattr(one, "values", ())]


def plan(composition: Composition, *rows: Resource) -> list[Any]:
    """What will become of every resource, and what it waits for; every unknown value is alike."""
    planned = plan_towards(composition, rows)
    return [
        (
            change.name,
            change.decision.verb,
            change.type,
            planned.needs.get(change.name),
            plain(dict(composition.parts[change.name].properties)),
        )
        for change in planned.plan.changes
    ]


def plain(value: Value) -> Value:
    return rewrite(reveal(value), _alike)


def _alike(value: Value) -> Value:
    """JSON says the same with spaces and without; what is missing is told."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        return json.loads(value)
    return "?" if isinstance(value, Unknown) else value


def rows(composition: Composition) -> list[Resource]:
    """What is there after the composition was carried out."""
    return [
        Resource(
            id=f"row-{name}",
            stack_id="id",
            name=name,
            incarnation=1,
            type=part.type.name,
            declared_type=part.declared_type,
            physical_name=f"app-{name}",
            action=Action.CREATE,
            status=Status.COMPLETE,
            physical_id=f"id-{name}",
            properties=part.properties,
            settled=True,
            needs=tuple(f"row-{need}" for need in part.needs),
        )
        for name, part in composition.parts.items()
    ]


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_missing_is_told_with_its_place(name: str) -> None:
    _, _, told = converted(name)
    assert len(told) == NOT_WHOLE.get(name, 0), told
    assert all(place.startswith(f"{name}:") for place in told)


@pytest.mark.parametrize("name", PLANNED)
def test_the_plan_is_the_same(name: str) -> None:
    """To create it; and from the original to the result there is nothing to do."""
    original, result, _ = converted(name)
    cfn, hot = composed(original), composed(result)
    assert plan(hot) == plan(cfn)
    if "ToJsonString" in original:  # HOT spells JSON with spaces, which is told
        return
    there = [row for row in rows(cfn) if cfn.parts[row.name].independent]
    verbs = {item[0]: item[1] for item in plan(hot, *there)}
    assert {verbs[row.name] for row in there} <= {Verb.KEEP}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_result_is_a_template_in_its_layout_with_all_comments(name: str) -> None:
    original, result, _ = converted(name)
    loaded = load_template(result)
    assert [item.message for item in loaded.diagnostics] == []
    assert lay_out(Source(name, result)).text == result
    if name not in (*WITH_POLICY, *INSIDE):
        composed(result)
    if name.endswith(".yaml"):
        assert sorted(comments(result)) == sorted(comments(original))


def comments(text: str) -> list[str]:
    return [line[line.index("# ") :] for line in text.split("\n") if "# " in line]
