"""What a resource says of itself reaches the stack inside it, where that asks for it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from calor.base.values import is_sensitive, reveal
from calor.model.plan import Verb
from calor.service.errors import StackValidationFailed
from calor.service.wanted import Wanted
from scenarios.stage import Stage, scenario
from support.troubles import Kill, PlannedKill

INNER = """
heat_template_version: 2021-04-16
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: {list_join: ['-', [{get_attr: [all, value, metadata, role]}, net]]}}
  all:
    type: OS::Heat::Value
    properties:
      value:
        metadata: {resource_facade: metadata}
        deletion: {resource_facade: deletion_policy}
        update: {resource_facade: update_policy}
outputs:
  said: {value: {get_attr: [all, value]}}
"""
OUTER = """
    parameters:
      role: {type: string, default: web}
      fail: {type: boolean, default: false}
    resources:
      inside:
        type: inner.yaml
        metadata: {role: {get_param: role}, ports: [80, {get_attr: [port, value]}]}
        deletion_policy: retain
      port: {type: OS::Heat::Value, properties: {value: 443}}
      test:
        type: OS::Heat::TestResource
        properties: {value: {get_param: role}, fail: {get_param: fail}}
        depends_on: inside
    outputs:
      said: {value: {get_attr: [inside, said]}}
"""
FILES = {"inner.yaml": INNER}


@scenario()
async def test_a_template_hears_what_its_resource_says(stage: Stage) -> None:
    assert (await stage.create(OUTER, files=FILES)).state == "CREATE_COMPLETE"
    assert await stage.output("said") == {
        "metadata": {"role": "web", "ports": [80, 443]},
        "deletion": "Retain",
        "update": {},
    }
    assert stage.things("network") == ["web-net"]


@scenario()
async def test_other_metadata_goes_inside(stage: Stage) -> None:
    await stage.create(OUTER, files=FILES)
    child = await stage.child("inside")
    net = (await stage.members(child))["net"].physical_id
    stack = await stage.update(OUTER, files=FILES, parameters={"role": "db"})
    assert stack.state == "UPDATE_COMPLETE"
    assert (await stage.output("said"))["metadata"] == {"role": "db", "ports": [80, 443]}
    assert stage.things("network") == ["db-net"]
    again = await stage.child("inside")
    assert (again.id, (await stage.members(again))["net"].physical_id) == (child.id, net)


@scenario()
async def test_another_policy_goes_inside(stage: Stage) -> None:
    await stage.create(OUTER, files=FILES)
    await stage.update(OUTER.replace("retain", "delete"), files=FILES)
    assert (await stage.output("said"))["deletion"] == "Delete"
    await stage.delete()
    assert stage.things() == []


@scenario()
async def test_who_does_not_ask_is_left_alone(stage: Stage) -> None:
    files = {"inner.yaml": "heat_template_version: 2021-04-16\noutputs: {said: {value: 1}}"}
    await stage.create(OUTER, files=files)
    child = await stage.child("inside")
    assert child.definition.facade is None
    await stage.update(OUTER, files=files, parameters={"role": "db"})
    assert (await stage.child("inside")).generation == child.generation
    assert (await stage.row("inside")).metadata["role"] == "db"


@scenario()
async def test_a_plan_tells_what_goes_inside(stage: Stage) -> None:
    template = f"heat_template_version: 2021-04-16\n{dedent(OUTER)}"
    stack = await stage.create(template, files=FILES)
    caller = await stage.world.caller(stage.user)
    told = []
    for role in ("web", "db"):
        wanted = Wanted(template=template, files=FILES, parameters={"role": role})
        preview = await stage.world.ask(
            lambda calor, wanted=wanted: calor.service.check.plan_update(caller, stack, wanted)
        )
        told.append({change.name: change.decision.verb for change in preview.plan.changes})
    assert [plan["inside"] for plan in told] == [Verb.KEEP, Verb.UPDATE]


@scenario()
async def test_members_and_their_insides_hear_their_own_resource(stage: Stage) -> None:
    group = """
        parameters: {role: {type: string, default: web}}
        resources:
          group:
            type: OS::Heat::ResourceGroup
            metadata: {role: nobody}
            properties:
              count: 2
              resource_def: {type: middle.yaml, metadata: {role: {get_param: role}}}
        outputs: {said: {value: {get_attr: [group, said]}}}
    """
    middle = """
heat_template_version: 2021-04-16
resources:
  deep:
    type: inner.yaml
    metadata:
      role:
        yaql: {expression: "concat('deep-', $.data.role)", data: {resource_facade: metadata}}
outputs: {said: {value: {get_attr: [deep, said, metadata]}}}
"""
    files = {**FILES, "middle.yaml": middle}
    assert (await stage.create(group, files=files)).state == "CREATE_COMPLETE"
    assert await stage.output("said") == [{"role": "deep-web"}] * 2
    await stage.update(group, files=files, parameters={"role": "db"})
    assert await stage.output("said") == [{"role": "deep-db"}] * 2
    assert stage.things("network") == ["deep-db-net"] * 2


@scenario()
async def test_a_rollback_says_inside_what_was_said_before(stage: Stage) -> None:
    await stage.create(OUTER, files=FILES)
    stack = await stage.update(
        OUTER, files=FILES, parameters={"role": "db", "fail": True}, disable_rollback=False
    )
    assert stack.state == "ROLLBACK_COMPLETE"
    assert (await stage.output("said"))["metadata"]["role"] == "web"
    assert stage.things("network") == ["web-net"]


@pytest.mark.parametrize("nth", [1, 3, 5, 8])
def test_a_killed_engine_says_it_again(nth: int) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        await stage.create(OUTER, files=FILES)
        await stage.begin_update(OUTER, files=FILES, parameters={"role": "db"})
        stage.world.troubles.armed = True
        stage.world.troubles.kills.append(PlannedKill(Kill.AFTER_COMMIT, nth))
        assert (await stage.end()).state == "UPDATE_COMPLETE"
        assert (await stage.output("said"))["metadata"]["role"] == "db"
        assert stage.things("network") == ["db-net"]

    story()


@scenario()
async def test_what_is_secret_outside_is_secret_inside(stage: Stage) -> None:
    template = OUTER.replace("role: {type: string,", "role: {type: string, hidden: true,")
    await stage.create(template, files=FILES)
    output = next(item for item in (await stage.stack()).outputs if item.name == "said")
    assert is_sensitive(output.value)
    assert reveal(output.value)["metadata"]["role"] == "web"
    facade = (await stage.child("inside")).definition.facade
    assert facade is not None
    assert is_sensitive(facade["metadata"]["role"])


@scenario()
async def test_outside_of_a_resource_there_is_nobody_to_ask(stage: Stage) -> None:
    with pytest.raises(StackValidationFailed) as refused:
        await stage.create(INNER)
    places = [
        (one.code, one.span.line, one.span.column)
        for one in refused.value.diagnostics
        if one.span is not None
    ]
    assert places == [("R114", 11, 20), ("R114", 12, 20), ("R114", 13, 18)]
    caller = await stage.world.caller(stage.user)
    validated = await stage.world.ask(
        lambda calor: calor.service.check.validate(caller, Wanted(template=INNER))
    )
    assert not validated.composition.diagnostics.errors


@scenario()
async def test_a_stack_of_its_own_has_nobody_to_ask(stage: Stage) -> None:
    outer = """
        resources:
          alone:
            type: OS::Heat::Stack
            metadata: {role: web}
            properties: {template: {get_file: inner.yaml}}
    """
    with pytest.raises(StackValidationFailed, match="there is none"):
        await stage.create(outer, files=FILES)


@scenario()
async def test_members_have_no_index_in_their_metadata(stage: Stage) -> None:
    """As in Heat, which fills it into properties alone."""
    group = """
        resources:
          group:
            type: OS::Heat::ResourceGroup
            properties:
              count: 2
              resource_def: {type: inner.yaml, metadata: {number: '%index%'}}
        outputs: {said: {value: {get_attr: [group, said]}}}
    """
    inner = (
        "heat_template_version: 2021-04-16\noutputs: {said: {value: {resource_facade: metadata}}}"
    )
    await stage.create(group, files={"inner.yaml": inner})
    assert await stage.output("said") == [{"number": "%index%"}] * 2
