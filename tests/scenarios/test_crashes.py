"""Killed processes, lost answers, and two engines on one database."""

from __future__ import annotations

import pytest

from calor.base.settings import Settings
from conformance.given import is_real
from scenarios.stage import Stage, scenario
from support.troubles import Kill, Mishap, PlannedKill, PlannedMishap

SERVER = """
    resources:
      server:
        type: OS::Nova::Server
        properties:
          name: web
          image: tiny
          flavor: m1.nano
          networks: [{network: private}]
          user_data_format: RAW
"""
GROUP = """
    resources:
      group:
        type: OS::Neutron::SecurityGroup
        properties: {name: mine, description: of mine}
"""
NET = "resources: {net: {type: OS::Neutron::Net, properties: {name: mine}}}"


BRIEF = Settings(call_timeout=10.0, lease_duration=30.0)
"""A lease that a test on a real cloud can wait for."""


def _foreign_net(stage: Stage) -> str:
    """A network like ours in every way, older."""
    body = {"network": {"name": "mine", "admin_state_up": True}}
    status, made = stage.user.ask("POST", "/network/v2.0/networks", body)
    assert status == 201
    id = str(made["network"]["id"])
    stage.world.watch.foreign[id] = "network 'mine'"
    return id


@pytest.mark.parametrize("mishap", [Mishap.LOST_AFTER, Mishap.LOST_BEFORE])
def test_a_lost_answer_makes_one_thing(mishap: Mishap) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        _foreign_net(stage)
        await stage.wait(5)
        stage.world.troubles.armed = True
        stage.world.troubles.mishaps.append(PlannedMishap(mishap, 1, "POST", "networks"))
        stack = await stage.create(NET)
        assert stack.state == "CREATE_COMPLETE"
        assert stage.things("network") == ["mine", "mine"]
        await stage.delete()
        assert stage.things("network") == ["mine"]

    story()


@pytest.mark.parametrize(
    "kind", [Kill.BEFORE_CALL, Kill.AFTER_CALL, Kill.BEFORE_ANSWER, Kill.AFTER_ANSWER]
)
def test_a_kill_around_a_create_call_makes_one_thing(kind: Kill) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        _foreign_net(stage)
        await stage.wait(5)
        stage.world.troubles.armed = True
        stage.world.troubles.kills.append(PlannedKill(kind, 1, "POST", "networks"))
        stack = await stage.create(NET)
        assert stack.state == "CREATE_COMPLETE"
        assert stage.world.troubles.counts[str(kind)] == 1
        assert stage.things("network") == ["mine", "mine"]
        await stage.delete()
        assert stage.things("network") == ["mine"]

    story()


@pytest.mark.parametrize("nth", range(1, 8, 3 if is_real() else 1))
@pytest.mark.parametrize("kind", [Kill.BEFORE_COMMIT, Kill.AFTER_COMMIT])
def test_a_kill_at_any_commit_of_an_engine_makes_one_thing(kind: Kill, nth: int) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        await stage.begin(SERVER)
        stage.world.troubles.armed = True
        stage.world.troubles.kills.append(PlannedKill(kind, nth))
        stack = await stage.end()
        stage.world.troubles.armed = False  # commits are gathered: there may have been fewer
        assert stack.state == "CREATE_COMPLETE"
        assert stage.things("server") == ["web"]
        await stage.delete()
        assert stage.things() == []

    story()


@scenario(delays={"server_build": 10.0}, restart=False, settings=BRIEF)
async def test_an_engine_of_another_name_takes_over_when_the_lease_ends(stage: Stage) -> None:
    await stage.begin(SERVER)
    await stage.made("server")
    calor = stage.world.calor
    assert calor is not None
    stage.world.kill(calor)
    await stage.wait(1)
    began = stage.world.clock.now()
    stage.world.start_calor("another")
    stack = await stage.end()
    assert stack.state == "CREATE_COMPLETE"
    waited = stage.world.clock.now() - began
    assert waited > BRIEF.lease_duration / 2
    assert stage.things("server") == ["web"]


@scenario(delays={"server_build": 400.0}, settings=BRIEF)
async def test_two_engines_never_hold_one_stack(stage: Stage) -> None:
    """The second one waits beside the first for longer than a lease lasts."""
    await stage.begin(SERVER)
    await stage.wait(5)
    stage.world.start_calor("another")
    stack = await stage.end()
    assert stack.state == "CREATE_COMPLETE"
    assert stage.things("server") == ["web"]


@scenario(calm=False)
async def test_a_create_that_could_be_two_things_fails_and_lists_them(stage: Stage) -> None:
    sort = "security_group"
    path = "/network/v2.0/security-groups"
    stage.world.troubles.armed = True
    stage.world.troubles.mishaps.append(
        PlannedMishap(Mishap.LOST_AFTER, 1, "POST", "security-groups")
    )
    later = {"Retry-After": "5"}  # the stranger comes before anybody looks
    stage.fail(method="GET", path="security-groups", status=503, headers=later)
    await stage.begin(GROUP)
    for _ in range(30):
        await stage.wait(0.01)
        if stage.things(sort):
            break
    stage.user.ask("POST", path, {sort: {"name": "mine", "description": "of mine"}})
    stack = await stage.end()
    assert stack.state == "CREATE_FAILED"
    found = [thing.id for thing in stage.world.things() if thing.kind == sort]
    assert len(found) == 2
    for id in found:
        assert id in stack.reason


@scenario()
async def test_twins_of_one_stack_are_told_apart_by_nobody_and_made_once(stage: Stage) -> None:
    """All answers are lost with the process; what is there is shared out among the rows."""
    names = [f"n{number}" for number in range(5)]
    template = "resources:\n" + "\n".join(
        f"  {name}: {{type: OS::Neutron::SecurityGroup, properties: {{name: t, description: d}}}}"
        for name in names
    )
    stage.world.troubles.armed = True
    stage.world.troubles.kills.append(PlannedKill(Kill.BEFORE_ANSWER, 1, "POST", "security-groups"))
    stack = await stage.create(template)
    assert stack.state == "CREATE_COMPLETE"
    assert stage.things("security_group") == ["t"] * 5
    assert len({row.physical_id for row in (await stage.rows()).values()}) == 5
    await stage.delete()
    assert stage.things() == []


@scenario(restart=False, settings=BRIEF)
async def test_a_process_that_stood_still_deletes_its_own_twin(stage: Stage) -> None:
    """Its call leaves after the successor looked, found nothing, and made the thing itself."""
    world = stage.world
    await stage.create(NET, name="first")
    world.troubles.armed = True
    world.troubles.mishaps.append(PlannedMishap(Mishap.HELD, 1, "POST", "networks"))
    await stage.begin(NET)
    while not any(row.calling for row in (await stage.rows()).values()):
        await stage.wait(0.001)
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE leases SET expires_at = 0 WHERE expires_at > 0")
    world.start_calor("another")
    stack = await stage.end()
    assert stack.state == "CREATE_COMPLETE"
    for _ in range(60):
        if any("twin is deleted" in line for line in world.logged):
            break
        await stage.wait(10)
    else:
        raise AssertionError("the twin was not deleted")
    await stage.wait(10)
    assert stage.things("network") == ["mine", "mine"]
    row = await stage.row("net")
    assert stage.show(f"/network/v2.0/networks/{row.physical_id}")["name"] == "mine"


@scenario()
async def test_a_lost_volume_is_found_where_lists_take_no_filter(stage: Stage) -> None:
    stage.world.troubles.armed = True
    stage.world.troubles.mishaps.append(PlannedMishap(Mishap.LOST_AFTER, 1, "POST", "volumes"))
    refusal = "Invalid filters name are found in query options."
    stage.fail(method="GET", path="volumes/detail", status=400, message=refusal)
    stack = await stage.create(
        "resources: {volume: {type: OS::Cinder::Volume, properties: {size: 1}}}"
    )
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert len(stage.things("volume")) == 1
