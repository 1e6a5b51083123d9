"""Stacks that share values: exports, imports, and what neither may do to the other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from calor.base.errors import ExportConflict
from calor.base.values import Sensitive
from calor.model.ports import StackFilter
from calor.service.wanted import Wanted
from scenarios.sharing import ALONE, NETWORK, USER, exports, importers, refused
from scenarios.stage import Stage, scenario


@scenario()
async def test_a_stack_uses_what_another_one_exports(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    net = (await stage.row("Net", "net")).physical_id
    assert await exports(stage) == {"net-net": net, "net-block": "10.3.0.0/16"}

    stack = await stage.create(USER, name="user")
    assert stack.state == "CREATE_COMPLETE", stack.reason
    assert (await stage.row("Subnet", "user")).properties["network"] == net
    assert await stage.output("Cidr", "user") == "10.3.1.0/24"
    assert await importers(stage, "net-net") == ["user"]

    await stage.delete("user")
    assert await importers(stage, "net-net") == []
    await stage.delete("net")
    assert await exports(stage) == {}
    assert stage.things() == []


@scenario()
async def test_a_name_is_one_stacks_alone(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    assert await refused(stage.begin(NETWORK, name="other")) == [
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
    assert [item[0] for item in await refused(stage.begin(NETWORK, name="other"))] == ["R166"]
    assert [item[:2] for item in await refused(stage.begin(USER, name="user"))] == [
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
    assert await refused(stage.begin(USER, name="user")) == [
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
    assert [item[0] for item in await refused(stage.begin(text, name="other"))] == ["R163"]


@scenario()
async def test_what_is_imported_stays_as_it_is(stage: Stage) -> None:
    await stage.create(NETWORK, name="net")
    await stage.create(USER, name="user")

    removed = NETWORK.replace(", Export: {Name: net-block}", "")
    assert await refused(stage.begin_update(removed, name="net")) == [
        ("R167", 0, "the export 'net-block' can't be removed: the stack 'user' imports it")
    ]
    changed = {"Block": "10.9.0.0/16"}
    assert await refused(stage.begin_update(NETWORK, name="net", parameters=changed)) == [
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
    assert list(await exports(stage)) == ["net-net"]
    assert (await stage.delete("net")).state == "DELETE_COMPLETE"


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
    assert await exports(stage) == {"shared": "one"}
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
    assert await exports(stage) == {}
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
    assert await refused(stage.begin(twice, files={"inner.yaml": INNER})) == [
        ("R165", 4, "the stack inside 'First' has the export 'shared' already")
    ]
    outside = OUTER + "Outputs: {Own: {Value: 1, Export: {Name: shared}}}\n"
    files = {"inner.yaml": INNER, "user.yaml": READER}
    found = await refused(stage.begin(outside, files=files))
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
