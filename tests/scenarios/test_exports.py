"""Stacks that share values: exports, imports, and what neither may do to the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from calor.base.errors import ExportConflict
from calor.base.values import Sensitive
from calor.model.ports import StackFilter
from calor.model.stack import Stack
from calor.model.states import Action
from calor.service.errors import StackValidationFailed
from calor.service.wanted import Wanted
from scenarios.stage import Stage, scenario
from support.troubles import Kill, PlannedKill

NETWORK = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Block: {Type: String, Default: 10.3.0.0/16}
  Name: {Type: String, Default: red}
Resources:
  Net: {Type: OS::Neutron::Net, Properties: {name: !Ref Name}}
Outputs:
  Id: {Value: !Ref Net, Export: {Name: !Sub '${AWS::StackName}-net'}}
  Block: {Value: !Ref Block, Export: {Name: net-block}}
"""
USER = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  From: {Type: String, Default: net}
Resources:
  Subnet:
    Type: OS::Neutron::Subnet
    Properties:
      network: !ImportValue {'Fn::Sub': '${From}-net'}
      cidr: !Select [1, !Cidr [!ImportValue net-block, 4, 8]]
Outputs:
  Cidr: {Value: !GetAtt Subnet.cidr}
"""
ALONE = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  V: {Type: OS::Heat::Value, Properties: {value: 1}}
"""


async def _exports(stage: Stage) -> dict[str, object]:
    project = stage.user.project_id
    return {one.name: one.value for one in await stage.world.reads.exports(project) if one.ready}


async def _importers(stage: Stage, name: str) -> list[str]:
    found = await stage.world.reads.imports(stage.user.project_id, [name])
    return [one.stack_name for one in found]


@scenario()
async def test_a_stack_uses_what_another_one_exports(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    net = (await stage.row("Net", "net")).physical_id
    assert await _exports(stage) == {"net-net": net, "net-block": "10.3.0.0/16"}

    stack = await stage.create(USER, name="user")
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert (await stage.row("Subnet", "user")).properties["network"] == net
    assert await stage.output("Cidr", "user") == "10.3.1.0/24"
    assert await _importers(stage, "net-net") == ["user"]

    await stage.delete("user")
    assert await _importers(stage, "net-net") == []
    await stage.delete("net")
    assert await _exports(stage) == {}
    assert stage.things() == []


async def _refused(asked: Awaitable[object]) -> list[tuple[str, int, str]]:
    """Code, line and message of each problem."""
    with pytest.raises(StackValidationFailed) as caught:
        await asked
    found = caught.value.diagnostics
    return [(item.code, item.span.line if item.span else 0, item.message) for item in found]


@scenario()
async def test_a_name_is_one_stacks_alone(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    assert await _refused(stage.begin(NETWORK, name="other")) == [
        ("R166", 9, "the export 'net-block' is that of the stack 'net'")
    ]
    found = await stage.world.reads.stacks(StackFilter())
    assert [one.name for one in found] == ["net"]
    await stage.delete("net")
    assert (await stage.create(NETWORK, name="other")).state == "CREATE_COMPLETE"


@scenario()
async def test_a_name_is_taken_before_the_stack_is_complete(stage: Stage) -> None:
    slow = NETWORK.replace("Type: OS::Neutron::Net,", "Type: OS::Heat::Delay,").replace(
        "{name: !Ref Name}", "{min_wait: 30}"
    )
    await stage.begin(slow, name="net")
    assert [item[0] for item in await _refused(stage.begin(NETWORK, name="other"))] == ["R166"]
    assert [item[:2] for item in await _refused(stage.begin(USER, name="user"))] == [
        ("R163", 8),
        ("R163", 9),
    ]
    assert (await stage.end("net")).state == "CREATE_COMPLETE"


@scenario()
async def test_two_at_once_want_one_name(stage: Stage) -> None:
    """Both were found right when they were looked at; the store lets one in."""
    wanted = Wanted(template=NETWORK)

    caller = await stage.world.caller(stage.user)

    async def both(calor: Any) -> list[Any]:
        create = calor.service.accept.create
        asked = [create(caller, name, wanted) for name in ("one", "two")]
        return await asyncio.gather(*asked, return_exceptions=True)

    found = await stage.world.ask(both)
    errors = [item for item in found if isinstance(item, Exception)]
    assert [type(item) for item in errors] == [ExportConflict]
    assert "'net-block' is that of the stack" in str(errors[0])


@scenario()
async def test_what_nobody_exports_is_refused_before_anything_is_made(stage: Stage) -> None:
    assert await _refused(stage.begin(USER, name="user")) == [
        ("R163", 8, "no stack of this project exports 'net-net'"),
        ("R163", 9, "no stack of this project exports 'net-block'"),
    ]
    assert stage.things() == []


@scenario()
async def test_a_side_of_an_if_that_does_not_count_imports_nothing(stage: Stage) -> None:
    text = ALONE.replace("value: 1", "value: !If [Alone, 1, !ImportValue net-block]").replace(
        "Resources:", "Conditions: {Alone: !Equals [!Ref AWS::StackName, app]}\nResources:"
    )
    stack = await stage.create(text)
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert [item[0] for item in await _refused(stage.begin(text, name="other"))] == ["R163"]


@scenario()
async def test_what_is_imported_stays_as_it_is(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    await stage.create(USER, name="user")

    removed = NETWORK.replace(", Export: {Name: net-block}", "")
    assert await _refused(stage.begin_update(removed, name="net")) == [
        ("R167", 0, "the export 'net-block' can't be removed: the stack 'user' imports it")
    ]
    changed = {"Block": "10.9.0.0/16"}
    assert await _refused(stage.begin_update(NETWORK, name="net", parameters=changed)) == [
        ("R167", 9, "the export 'net-block' can't be changed: the stack 'user' imports it")
    ]
    with pytest.raises(ExportConflict) as caught:
        await stage.begin_delete("net")
    assert "can't be deleted: the stack 'user' imports it" in str(caught.value)
    assert (await stage.stack("net")).state == "CREATE_COMPLETE"

    # What leaves the exports alone goes through.
    stack = await stage.update(NETWORK, name="net", parameters={"Name": "blue"})
    assert stack.state == "UPDATE_COMPLETE", stack.reason

    # Once nobody imports it, it may go.
    assert (await stage.update(ALONE, name="user")).state == "UPDATE_COMPLETE"
    assert (await stage.update(removed, name="net")).state == "UPDATE_COMPLETE"
    assert list(await _exports(stage)) == ["net-net"]
    assert (await stage.delete("net")).state == "DELETE_COMPLETE"


LATE = """AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Name: {Type: String, Default: red}}
Resources:
  Net: {Type: OS::Neutron::Net, Properties: {name: !Ref Name}}
Outputs:
  Name: {Value: !GetAtt Net.name, Export: {Name: name-of-net}}
"""
OF_NAME = ALONE.replace("value: 1", "value: !ImportValue name-of-net")


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
        assert await _exports(stage) == ({"name-of-net": "red"} if rollback else {})
        numbers = [event.number for event in await stage.events("first")]
        assert numbers == list(range(1, len(numbers) + 1))
        await stage.delete("user")
        assert (await stage.update(LATE, name="first", **options)).state == "UPDATE_COMPLETE"
        assert await _exports(stage) == {"name-of-net": "blue"}

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
    assert await _exports(stage) == {"name-of-net": "blue"}


@scenario()
async def test_what_a_failed_update_changed_is_imported_by_nobody_new(stage: Stage) -> None:
    """Who imports it already keeps what it was given, and the exporting stack owes it that."""
    await stage.create(LATE, name="first")
    await stage.create(OF_NAME, name="user")
    blue = {"Name": "blue"}
    assert (await stage.update(FAILING, name="first", parameters=blue)).state == "UPDATE_FAILED"
    assert await _exports(stage) == {}
    found = await _refused(stage.begin(OF_NAME, name="other"))
    assert [item[0] for item in found] == ["R163"]
    more = OF_NAME + "  W: {Type: OS::Heat::Value, Properties: {value: 2}}\n"
    assert (await stage.update(more, name="user")).state == "UPDATE_COMPLETE"
    assert (await stage.row("V", "user")).properties["value"] == "red"
    with pytest.raises(ExportConflict):
        await stage.begin_delete("first")
    found = await _refused(stage.begin_update(ALONE, name="first"))
    assert [item[0] for item in found] == ["R167"]
    found = await _refused(stage.begin_update(LATE, name="first", parameters=blue))
    assert [item[0] for item in found] == ["R167"]
    assert (await stage.update(LATE, name="first")).state == "UPDATE_COMPLETE"
    assert await _exports(stage) == {"name-of-net": "red"}


@scenario()
async def test_what_a_failed_update_took_away_is_exported_no_more(stage: Stage) -> None:
    more = LATE + "  Two: {Value: 2, Export: {Name: two}}\n"
    await stage.create(more, name="first")
    assert (await stage.update(FAILING, name="first")).state == "UPDATE_FAILED"
    assert await _exports(stage) == {"name-of-net": "red"}
    found = await _refused(stage.begin(more, name="other"))
    assert [item[0] for item in found] == ["R166", "R166"]
    assert (await stage.check("first")).action is Action.CHECK
    assert await _exports(stage) == {"name-of-net": "red"}
    assert (await stage.update(more, name="first")).state == "UPDATE_COMPLETE"
    assert await _exports(stage) == {"name-of-net": "red", "two": 2}


@scenario()
async def test_an_export_without_a_value_after_a_failure_is_not_exported(stage: Stage) -> None:
    await stage.create(LATE, name="first")
    stage.fail(method="PUT", path="networks", status=400, message="no names today")
    stack = await stage.update(LATE, name="first", parameters={"Name": "blue"})
    assert stack.state == "UPDATE_FAILED"
    assert await _exports(stage) == {"name-of-net": "red"}
    stage.fail(method="POST", path="networks", status=400, message="no networks today")
    net = (await stage.row("Net", "first")).physical_id
    stage.cloud.ask("DELETE", f"/network/v2.0/networks/{net}")
    assert (await stage.check("first")).state == "CHECK_FAILED"
    stack = await stage.update(LATE, name="first")
    assert stack.state == "UPDATE_FAILED"
    assert await _exports(stage) == {}
    assert (await stage.update(LATE, name="first")).state == "UPDATE_COMPLETE"
    assert await _exports(stage) == {"name-of-net": "red"}


@scenario()
async def test_what_is_imported_may_go_after_a_failed_create_of_the_importer(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    stage.fail(method="POST", path="subnets", status=400, message="no subnets today")
    stack = await stage.create(USER, name="user")
    assert stack.state == "CREATE_FAILED"
    assert await _importers(stage, "net-net") == ["user"]
    await stage.delete("user")
    assert (await stage.delete("net")).state == "DELETE_COMPLETE"


@scenario()
async def test_a_create_that_is_rolled_back_holds_nothing(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    stage.fail(method="POST", path="subnets", status=400, message="no subnets today")
    stack = await stage.create(USER, name="user", disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE"
    assert await _importers(stage, "net-net") == []
    assert (await stage.delete("net")).state == "DELETE_COMPLETE"


@scenario()
async def test_a_rolled_back_update_exports_and_imports_what_it_did_before(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    await stage.create(ALONE, name="user")
    before = await _exports(stage)
    stage.fail(method="POST", path="subnets", status=400, message="no subnets today")
    stack = await stage.update(USER, name="user", disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE"
    assert await _importers(stage, "net-net") == []

    stage.fail(method="PUT", path="networks", status=400, message="no names today")
    more = NETWORK.replace("net-block", "other-block")
    stack = await stage.update(
        more, name="net", parameters={"Name": "blue"}, disable_rollback=False
    )
    assert stack.state == "ROLLBACK_COMPLETE"
    assert await _exports(stage) == before
    everything = await stage.world.reads.exports(stage.user.project_id)
    assert [one.name for one in everything] == ["net-block", "net-net"]


INNER = """AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Name: {Type: String}, Value: {Type: String, Default: ''}}
Resources:
  V: {Type: OS::Heat::Value, Properties: {value: !Ref Value}}
Outputs:
  Out: {Value: !GetAtt V.value, Export: {Name: !Ref Name}}
"""
OUTER = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  First: {Type: inner.yaml, Properties: {Name: shared, Value: one}}
  Second: {Type: user.yaml, DependsOn: First}
"""
READER = ALONE.replace("value: 1", "value: !ImportValue shared")


@scenario()
async def test_nested_stacks_export_and_import(stage: Stage) -> None:
    files = {"inner.yaml": INNER, "user.yaml": READER}
    stack = await stage.create(OUTER, files=files)
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert await _exports(stage) == {"shared": "one"}
    await stage.create(READER, name="reader")
    with pytest.raises(ExportConflict) as caught:
        await stage.begin_delete()
    assert "the stack 'reader' imports it" in str(caught.value)
    gone = ALONE
    stack = await stage.update(gone, files=files)
    assert stack.state == "UPDATE_FAILED"
    assert "the stack 'reader' imports it" in stack.reason
    await stage.delete("reader")
    stack = await stage.update(gone, files=files)
    assert stack.state == "UPDATE_COMPLETE", stack.reason
    assert await _exports(stage) == {}
    await stage.delete()
    assert await stage.world.reads.exports(stage.user.project_id) == []


@scenario()
async def test_a_tree_that_shares_within_itself_is_deleted_whole(stage: Stage) -> None:
    await stage.create(OUTER, files={"inner.yaml": INNER, "user.yaml": READER})
    assert (await stage.delete()).state == "DELETE_COMPLETE"
    assert await stage.world.reads.exports(stage.user.project_id) == []


@scenario()
async def test_two_nested_stacks_of_one_name(stage: Stage) -> None:
    twice = OUTER.replace(
        "Second: {Type: user.yaml, DependsOn: First}",
        "Second: {Type: inner.yaml, Properties: {Name: shared}}",
    )
    assert await _refused(stage.begin(twice, files={"inner.yaml": INNER})) == [
        ("R165", 4, "the stack inside 'First' has the export 'shared' already")
    ]
    outside = OUTER + "Outputs: {Own: {Value: 1, Export: {Name: shared}}}\n"
    files = {"inner.yaml": INNER, "user.yaml": READER}
    found = await _refused(stage.begin(outside, files=files))
    assert found == [("R165", 3, "the output 'Own' has the export 'shared' already")]


@scenario()
async def test_an_imported_secret_is_secret(stage: Stage) -> None:
    hidden = """AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Word: {Type: String, NoEcho: true}}
Resources: {V: {Type: OS::Heat::Value, Properties: {value: 1}}}
Outputs: {Word: {Value: !Ref Word, Export: {Name: word}}}
"""
    await stage.create(hidden, name="first", parameters={"Word": "xyzzy"})
    await stage.create(ALONE.replace("value: 1", "value: !ImportValue word"), name="user")
    assert (await stage.row("V", "user")).properties["value"] == Sensitive("xyzzy")


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
        assert await _importers(stage, "net-net") == ["user"]
        await stage.begin_update(ALONE, name="user")
        assert (await _killed(stage, "user", kind, nth)).state == "UPDATE_COMPLETE"
        assert await _importers(stage, "net-net") == []
        changed = {"Block": "10.9.0.0/16"}
        await stage.begin_update(NETWORK, name="net", parameters=changed)
        assert (await _killed(stage, "net", kind, nth)).state == "UPDATE_COMPLETE"
        assert (await _exports(stage))["net-block"] == "10.9.0.0/16"
        await stage.begin_delete("net")
        assert (await _killed(stage, "net", kind, nth)).state == "DELETE_COMPLETE"
        assert await stage.world.reads.exports(stage.user.project_id) == []

    story()
