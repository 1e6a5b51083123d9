"""Event sinks: what arrives in a Zaqar queue, in which order, whatever goes wrong meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from calor.base.errors import InvalidInput
from calor.base.settings import Settings
from scenarios.stage import Stage, scenario
from support import queues
from support.troubles import Kill, PlannedKill

KEPT = Settings().trust_kept
ZAQAR = "a cloud need not have a Zaqar"
NET = "resources: {net: {type: OS::Neutron::Net, properties: {name: mine}}}"
TWO = """
    resources:
      net: {type: OS::Neutron::Net, properties: {name: mine}}
      value: {type: OS::Heat::Value, properties: {value: 1}}
"""
MESSAGES = "/v2/queues/{queue}/messages"


def sinks(*queues: str, ttl: int = 1200) -> dict[str, Any]:
    return {"event_sinks": [{"type": "zaqar-queue", "target": q, "ttl": ttl} for q in queues]}


def bodies(stage: Stage, queue: str = "events") -> list[dict[str, Any]]:
    return queues.bodies(stage.user, queue)


def states(told: list[dict[str, Any]]) -> list[str]:
    payloads = [body["payload"] for body in told]
    return [
        f"{item['resource_name']} {item['resource_action']}_{item['resource_status']}"
        for item in payloads
    ]


async def ids(stage: Stage, name: str = "app", *, id: str = "") -> list[str]:
    return [event.id for event in await stage.events(name, id=id)]


@scenario(only_sandbox=ZAQAR)
async def test_every_event_of_a_life_arrives_as_heat_tells_it(stage: Stage) -> None:
    stack = await stage.create(NET, environment=sinks("events"))
    await stage.wait(5)
    told = bodies(stage)
    assert states(told) == [
        "app CREATE_IN_PROGRESS",
        "net CREATE_IN_PROGRESS",
        "net CREATE_COMPLETE",
        "app CREATE_COMPLETE",
    ]
    events = await stage.events()
    row = await stage.row("net")
    assert told[2] == {
        "timestamp": told[2]["timestamp"],
        "version": "0.1",
        "type": "os.heat.event",
        "id": events[2].id,
        "payload": {
            "resource_name": "net",
            "physical_resource_id": row.physical_id,
            "stack_id": stack.id,
            "resource_action": "CREATE",
            "resource_status": "COMPLETE",
            "resource_status_reason": "state changed",
            "resource_type": "OS::Neutron::Net",
            "resource_properties": dict(events[2].properties),
            "version": "0.1",
        },
    }
    assert told[2]["timestamp"].endswith("+00:00")
    await stage.update(TWO, environment=sinks("events"))
    await stage.delete()
    await stage.wait(5)
    assert [body["id"] for body in bodies(stage)] == await ids(stage)
    assert states(bodies(stage))[-1] == "app DELETE_COMPLETE"
    await stage.wait(KEPT)
    assert stage.trusts() == 0


@scenario(only_sandbox=ZAQAR)
async def test_messages_live_as_long_as_the_sink_says(stage: Stage) -> None:
    await stage.create(NET, environment=sinks("events", ttl=100))
    await stage.wait(5)
    assert len(bodies(stage)) == 4
    await stage.wait(100)
    assert bodies(stage) == []


@scenario(only_sandbox=ZAQAR)
async def test_events_of_stacks_inside_arrive_too(stage: Stage) -> None:
    template = """
        resources:
          group:
            type: OS::Heat::ResourceGroup
            properties:
              count: 2
              resource_def: {type: OS::Neutron::Net, properties: {name: mine}}
    """
    await stage.create(template, environment=sinks("events"))
    inside = (await stage.child("group")).id
    await stage.delete()
    await stage.wait(5)
    told = bodies(stage)
    for stack_id in ((await stage.stack()).id, inside):
        mine = [body["id"] for body in told if body["payload"]["stack_id"] == stack_id]
        assert mine == await ids(stage, id=stack_id)
    assert len(told) == len(await ids(stage)) + len(await ids(stage, id=inside))
    await stage.wait(KEPT)
    assert stage.trusts() == 0


@scenario(only_sandbox=ZAQAR)
async def test_a_zaqar_that_is_down_holds_nothing_up(stage: Stage) -> None:
    stage.fail(service="zaqar", status=503, count=0)
    await stage.create(NET, environment=sinks("events"))
    began = stage.world.clock.now()
    await stage.delete()
    assert stage.world.clock.now() - began < 5
    await stage.wait(3600)  # unused trusts are swept meanwhile
    assert stage.trusts() == 1
    stage.world.sandbox.faults.clear()
    await stage.wait(120)
    assert [body["id"] for body in bodies(stage)] == await ids(stage)
    await stage.wait(KEPT)
    assert stage.trusts() == 0
    warned = [line for line in stage.world.logged if "takes no events" in line]
    assert warned and len(warned) < 10


@scenario(only_sandbox=ZAQAR, calm=False)
async def test_what_is_offered_for_too_long_is_given_up(stage: Stage) -> None:
    stage.fail(service="zaqar", status=403, count=0)
    await stage.create(NET, environment=sinks("events"))
    await stage.wait(86_400 + 600)
    assert any("events were given up" in problem for problem in stage.world.watch.problems)
    stage.world.sandbox.faults.clear()
    await stage.delete()
    await stage.wait(120)
    assert states(bodies(stage)) == [
        "app DELETE_IN_PROGRESS",
        "net DELETE_IN_PROGRESS",
        "net DELETE_COMPLETE",
        "app DELETE_COMPLETE",
    ]
    await stage.wait(KEPT)
    assert stage.trusts() == 0


@scenario(only_sandbox=ZAQAR, calm=False)
async def test_an_event_that_zaqar_never_takes_blocks_no_other(stage: Stage) -> None:
    stage.fail(service="zaqar", body="CREATE_COMPLETE|net.*COMPLETE", status=400, count=0)
    await stage.create(NET, environment=sinks("events"))
    await stage.wait(5)
    assert states(bodies(stage)) == [
        "app CREATE_IN_PROGRESS",
        "net CREATE_IN_PROGRESS",
        "app CREATE_COMPLETE",
    ]


@pytest.mark.parametrize(
    "kill",
    [
        PlannedKill(Kill.BEFORE_CALL, 1, "POST", "messages"),
        PlannedKill(Kill.AFTER_CALL, 1, "POST", "messages"),
        PlannedKill(Kill.AFTER_ANSWER, 2, "POST", "messages"),
        *(PlannedKill(Kill.BEFORE_COMMIT, nth) for nth in range(1, 12)),
        *(PlannedKill(Kill.AFTER_COMMIT, nth) for nth in range(1, 12)),
    ],
    ids=lambda kill: f"{kill.kind} {kill.nth}",
)
def test_a_killed_engine_loses_no_event(kill: PlannedKill) -> None:
    @scenario(only_sandbox=ZAQAR)
    async def story(stage: Stage) -> None:
        await stage.begin(NET, environment=sinks("events"))
        stage.world.troubles.armed = True
        stage.world.troubles.kills.append(kill)
        await stage.end()
        stage.world.troubles.armed = False
        await stage.delete()
        await stage.wait(300)
        arrived = list(dict.fromkeys(body["id"] for body in bodies(stage)))
        assert arrived == await ids(stage)

    story()


@scenario(only_sandbox=ZAQAR)
async def test_an_update_changes_sinks_for_what_follows(stage: Stage) -> None:
    await stage.create(NET, environment=sinks("old"))
    await stage.wait(5)
    await stage.update(TWO, environment=sinks("old", "new"))
    await stage.wait(5)
    await stage.update(TWO, environment=sinks("new"))
    await stage.wait(5)
    created, added, left = 4, 4, 2
    events = await ids(stage)
    assert [body["id"] for body in bodies(stage, "old")] == events[: created + added]
    assert [body["id"] for body in bodies(stage, "new")] == events[created:]
    assert len(events) == created + added + left
    await stage.update(TWO)
    await stage.delete()
    await stage.wait(5)
    assert [body["id"] for body in bodies(stage, "new")] == events[created:]
    await stage.wait(KEPT)
    assert stage.trusts() == 0


@scenario(only_sandbox=ZAQAR)
async def test_what_a_sink_missed_still_arrives_after_it_was_left_out(stage: Stage) -> None:
    stage.fail(service="zaqar", status=503, count=0)
    await stage.create(NET, environment=sinks("events"))
    created = await ids(stage)
    await stage.update(TWO)
    await stage.delete()
    await stage.wait(30)
    assert stage.trusts() == 1
    stage.world.sandbox.faults.clear()
    await stage.wait(120)
    assert [body["id"] for body in bodies(stage)] == created
    await stage.wait(KEPT)
    assert stage.trusts() == 0


@scenario(only_sandbox=ZAQAR)
async def test_a_rollback_goes_back_to_the_sinks_that_were(stage: Stage) -> None:
    await stage.create(NET, environment=sinks("events"))
    await stage.wait(5)
    stage.fail(method="POST", service="neutron", path="networks", status=400, count=1)
    more = NET.replace("mine}}", "mine}}, b: {type: OS::Neutron::Net}")
    stack = await stage.update(more, environment=sinks("other"), disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE"
    await stage.wait(5)
    assert states(bodies(stage, "other"))[-1] == "app ROLLBACK_COMPLETE"
    assert states(bodies(stage))[-1] == "app CREATE_COMPLETE"
    await stage.delete()
    await stage.wait(5)
    assert states(bodies(stage))[-1] == "app DELETE_COMPLETE"
    assert states(bodies(stage, "other"))[-1] == "app ROLLBACK_COMPLETE"


@scenario(only_sandbox=ZAQAR)
async def test_an_update_of_the_sinks_alone_reaches_stacks_inside(stage: Stage) -> None:
    template = """
        resources:
          group:
            type: OS::Heat::ResourceGroup
            properties: {count: 1, resource_def: {type: OS::Heat::RandomString}}
    """
    await stage.create(template)
    await stage.update(template, environment=sinks("events"))
    await stage.delete()
    await stage.wait(5)
    told = states(bodies(stage))
    assert told[0] == "app UPDATE_IN_PROGRESS"
    assert "0 DELETE_COMPLETE" in told
    assert "app DELETE_COMPLETE" in told


@scenario(only_sandbox=ZAQAR)
async def test_an_engine_that_ends_brings_what_it_can(stage: Stage) -> None:
    stage.fail(service="zaqar", delay=3.0)
    await stage.create(NET, environment=sinks("events"))
    assert len(bodies(stage)) < len(await ids(stage))
    calor = await stage.world.alive()
    calor.engine.close()
    await stage.wait(10)
    assert [body["id"] for body in bodies(stage)] == await ids(stage)


@scenario(only_sandbox=ZAQAR)
async def test_an_engine_ends_though_zaqar_does_not_answer(stage: Stage) -> None:
    stage.fail(service="zaqar", lost="before", count=0)
    await stage.create(NET, environment=sinks("events"))
    calor = await stage.world.alive()
    calor.engine.close()
    await stage.wait(10)
    stage.world.sandbox.faults.clear()
    stage.world.start_calor()
    await stage.wait(10)
    assert [body["id"] for body in bodies(stage)] == await ids(stage)


@scenario(only_sandbox=ZAQAR)
async def test_many_events_arrive_in_order(stage: Stage) -> None:
    resources = "\n".join(
        f"      r{n}: {{type: OS::Heat::RandomString, properties: {{length: 5}}}}"
        for n in range(100)
    )
    await stage.create(f"    resources:\n{resources}\n", environment=sinks("events"))
    await stage.wait(5)
    assert [body["id"] for body in bodies(stage)] == await ids(stage)
    posts = stage.calls("POST", MESSAGES)
    assert 10 <= posts < 60


@scenario(only_sandbox=ZAQAR)
async def test_a_cloud_without_zaqar_says_so_before_anything_is_made(stage: Stage) -> None:
    status, found = stage.cloud.ask("GET", "/identity/v3/services?type=messaging")
    assert status == 200
    service = found["services"][0]["id"]
    assert stage.cloud.ask("DELETE", f"/identity/v3/services/{service}")[0] == 204
    with pytest.raises(InvalidInput) as refused:
        await stage.begin(NET, environment=sinks("events"))
    (problem,) = refused.value.diagnostics
    assert problem.code == "C103"
    assert problem.span is not None
    assert problem.span.text.startswith('{"type": "zaqar-queue"')


@scenario(only_sandbox=ZAQAR)
async def test_a_stack_without_sinks_asks_nothing_of_anybody(stage: Stage) -> None:
    await stage.wait(1)  # what the engine asks once, when it starts, is asked
    texts: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        texts.append(statement)

    sa.event.listen(stage.world.database.engine, "before_cursor_execute", hear)
    await stage.create(NET)
    await stage.update(TWO)
    await stage.delete()
    assert texts
    assert [text for text in texts if "deliveries" in text] == []
    assert stage.calls("POST", MESSAGES) == 0
