"""What stacks export and import after failures, rollbacks and kills."""

from __future__ import annotations

import pytest

from calor.base.errors import ExportConflict
from calor.model.stack import Stack
from calor.model.states import Action
from calor.service.errors import EntityNotFound
from scenarios.sharing import ALONE, LATE, NETWORK, OF_NAME, USER, exports, importers, refused
from scenarios.stage import Stage, scenario
from support.troubles import Kill, PlannedKill


@pytest.mark.parametrize("rollback", [True, False])
def test_a_value_that_is_known_late_can_not_change_either(rollback: bool) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        await stage.create(LATE, name="first")
        await stage.create(OF_NAME, name="user")
        options = {"parameters": {"Name": "blue"}, "disable_rollback": not rollback}
        stack = await stage.update(LATE, name="first", **options)
        assert (
            "The export 'name-of-net' can't be changed: the stack 'user' imports it."
            in stack.reason
        )
        assert stack.state == ("ROLLBACK_COMPLETE" if rollback else "UPDATE_FAILED")
        # The network is blue by now where nothing was rolled back, so nobody new gets "red".
        assert await exports(stage) == ({"name-of-net": "red"} if rollback else {})
        if not rollback:
            project = stage.user.project_id
            with pytest.raises(EntityNotFound, match="it belongs to the stack 'first'"):
                await stage.world.ask(
                    lambda calor: calor.service.exports.one(project, "name-of-net")
                )
        numbers = [event.number for event in await stage.events("first")]
        assert numbers == list(range(1, len(numbers) + 1))
        await stage.delete("user")
        assert (await stage.update(LATE, name="first", **options)).state == "UPDATE_COMPLETE"
        assert await exports(stage) == {"name-of-net": "blue"}

    story()


FAILING = LATE.replace(
    "Outputs:",
    "  Bad: {Type: OS::Heat::TestResource, DependsOn: Net, Properties: {fail: true}}\nOutputs:",
)


@scenario()
async def test_after_a_failed_update_an_export_says_what_there_is(stage: Stage) -> None:
    await stage.create(LATE, name="first")
    blue = {"Name": "blue"}
    assert (await stage.update(FAILING, name="first", parameters=blue)).state == "UPDATE_FAILED"
    assert await stage.output("Name", "first") == "blue"
    assert await exports(stage) == {"name-of-net": "blue"}


@scenario()
async def test_what_a_failed_update_changed_is_imported_by_nobody_new(stage: Stage) -> None:
    """Who imports it already keeps what it was given, and the exporting stack owes it that."""
    await stage.create(LATE, name="first")
    await stage.create(OF_NAME, name="user")
    blue = {"Name": "blue"}
    assert (await stage.update(FAILING, name="first", parameters=blue)).state == "UPDATE_FAILED"
    assert await exports(stage) == {}
    found = await refused(stage.begin(OF_NAME, name="other"))
    assert [item[0] for item in found] == ["R163"]
    more = OF_NAME + "  W: {Type: OS::Heat::Value, Properties: {value: 2}}\n"
    assert (await stage.update(more, name="user")).state == "UPDATE_COMPLETE"
    assert (await stage.row("V", "user")).properties["value"] == "red"
    with pytest.raises(ExportConflict):
        await stage.begin_delete("first")
    found = await refused(stage.begin_update(ALONE, name="first"))
    assert [item[0] for item in found] == ["R167"]
    found = await refused(stage.begin_update(LATE, name="first", parameters=blue))
    assert [item[0] for item in found] == ["R167"]
    assert (await stage.update(LATE, name="first")).state == "UPDATE_COMPLETE"
    assert await exports(stage) == {"name-of-net": "red"}


@scenario()
async def test_what_a_failed_update_took_away_is_exported_no_more(stage: Stage) -> None:
    more = LATE + "  Two: {Value: 2, Export: {Name: two}}\n"
    await stage.create(more, name="first")
    assert (await stage.update(FAILING, name="first")).state == "UPDATE_FAILED"
    assert await exports(stage) == {"name-of-net": "red"}
    found = await refused(stage.begin(more, name="other"))
    assert [item[0] for item in found] == ["R166", "R166"]
    assert (await stage.check("first")).action is Action.CHECK
    assert await exports(stage) == {"name-of-net": "red"}
    assert (await stage.update(more, name="first")).state == "UPDATE_COMPLETE"
    assert await exports(stage) == {"name-of-net": "red", "two": 2}


@scenario()
async def test_an_export_without_a_value_after_a_failure_is_not_exported(stage: Stage) -> None:
    await stage.create(LATE, name="first")
    stage.fail(method="PUT", path="networks", status=400, message="no names today")
    stack = await stage.update(LATE, name="first", parameters={"Name": "blue"})
    assert stack.state == "UPDATE_FAILED"
    assert await exports(stage) == {"name-of-net": "red"}
    stage.fail(method="POST", path="networks", status=400, message="no networks today")
    net = (await stage.row("Net", "first")).physical_id
    stage.cloud.ask("DELETE", f"/network/v2.0/networks/{net}")
    assert (await stage.check("first")).state == "CHECK_FAILED"
    stack = await stage.update(LATE, name="first")
    assert stack.state == "UPDATE_FAILED"
    assert await exports(stage) == {}
    assert (await stage.update(LATE, name="first")).state == "UPDATE_COMPLETE"
    assert await exports(stage) == {"name-of-net": "red"}


@scenario()
async def test_what_is_imported_may_go_after_a_failed_create_of_the_importer(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    stage.fail(method="POST", path="subnets", status=400, message="no subnets today")
    stack = await stage.create(USER, name="user")
    assert stack.state == "CREATE_FAILED"
    assert await importers(stage, "net-net") == ["user"]
    await stage.delete("user")
    assert (await stage.delete("net")).state == "DELETE_COMPLETE"


@scenario()
async def test_a_create_that_is_rolled_back_holds_nothing(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    stage.fail(method="POST", path="subnets", status=400, message="no subnets today")
    stack = await stage.create(USER, name="user", disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE"
    assert await importers(stage, "net-net") == []
    assert (await stage.delete("net")).state == "DELETE_COMPLETE"


@scenario()
async def test_a_rolled_back_update_exports_and_imports_what_it_did_before(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    await stage.create(ALONE, name="user")
    before = await exports(stage)
    stage.fail(method="POST", path="subnets", status=400, message="no subnets today")
    stack = await stage.update(USER, name="user", disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE"
    assert await importers(stage, "net-net") == []

    stage.fail(method="PUT", path="networks", status=400, message="no names today")
    more = NETWORK.replace("net-block", "other-block")
    stack = await stage.update(
        more, name="net", parameters={"Name": "blue"}, disable_rollback=False
    )
    assert stack.state == "ROLLBACK_COMPLETE"
    assert await exports(stage) == before
    everything = await stage.world.reads.exports(stage.user.project_id)
    assert [one.name for one in everything] == ["net-block", "net-net"]


async def _killed(stage: Stage, name: str, kind: Kill, nth: int) -> Stack:
    """The end of what was begun, by an engine that is killed at its nth commit, if it has it."""
    troubles = stage.world.troubles
    troubles.counts.clear()
    troubles.kills[:] = [PlannedKill(kind, nth)]
    troubles.armed = True
    try:
        return await stage.end(name)
    finally:
        troubles.armed = False


@pytest.mark.parametrize("nth", range(1, 6))
@pytest.mark.parametrize("kind", [Kill.BEFORE_COMMIT, Kill.AFTER_COMMIT])
def test_a_kill_at_any_commit_leaves_exports_and_imports_whole(kind: Kill, nth: int) -> None:
    @scenario()
    async def story(stage: Stage) -> None:
        await stage.create(NETWORK, name="net")
        await stage.begin(USER, name="user")
        assert (await _killed(stage, "user", kind, nth)).state == "CREATE_COMPLETE"
        assert await importers(stage, "net-net") == ["user"]
        await stage.begin_update(ALONE, name="user")
        assert (await _killed(stage, "user", kind, nth)).state == "UPDATE_COMPLETE"
        assert await importers(stage, "net-net") == []
        changed = {"Block": "10.9.0.0/16"}
        await stage.begin_update(NETWORK, name="net", parameters=changed)
        assert (await _killed(stage, "net", kind, nth)).state == "UPDATE_COMPLETE"
        assert (await exports(stage))["net-block"] == "10.9.0.0/16"
        await stage.begin_delete("net")
        assert (await _killed(stage, "net", kind, nth)).state == "DELETE_COMPLETE"
        assert await stage.world.reads.exports(stage.user.project_id) == []

    story()
