"""What becomes of a thing that is replaced, or whose creation is rolled back (CloudFormation)."""

from __future__ import annotations

import pytest

from scenarios.stage import Stage, scenario

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
REPLACED = (
    HEAD
    + """Parameters: {Block: {Type: String, Default: 10.1.0.0/24}, Bad: {Type: String, Default: ''}}
Conditions: {Fails: !Not [!Equals [!Ref Bad, '']]}
Resources:
  Net: {Type: OS::Neutron::Net}
  Subnet:
    Type: OS::Neutron::Subnet
    POLICY
    Properties: {network: !Ref Net, cidr: !Ref Block}
  Late:
    Type: OS::Heat::TestResource
    Condition: Fails
    DependsOn: Subnet
    Properties: {fail: true}
"""
)
OTHER = {"Block": "10.2.0.0/24"}


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        ("UpdateReplacePolicy: Retain", 2),
        ("UpdateReplacePolicy: Delete", 1),
        ("DeletionPolicy: Retain", 2),
        ("DeletionPolicy: Retain\n    UpdateReplacePolicy: Delete", 1),
    ],
)
def test_what_is_replaced(policy: str, left: int) -> None:
    @scenario(calm=False)
    async def story(stage: Stage) -> None:
        text = REPLACED.replace("POLICY", policy)
        await stage.create(text)
        before = (await stage.row("Subnet")).physical_id
        stack = await stage.update(text, parameters=OTHER)
        assert stack.state == "UPDATE_COMPLETE", stack.reason
        assert (await stage.row("Subnet")).physical_id != before
        assert len(stage.things("subnet")) == left
        assert len(await stage.world.reads.resources(stack.id)) == 2

    story()


DRAWN = (
    HEAD
    + """Parameters: {Length: {Type: Number, Default: 8}}
Conditions: {Fails: !Not [!Equals [!Ref Length, 8]]}
Resources:
  Word:
    Type: OS::Heat::RandomString
    DeletionPolicy: Delete
    UpdateReplacePolicy: Retain
    Properties: {length: !Ref Length}
  Late:
    Type: OS::Heat::TestResource
    Properties: {fail: !If [Fails, true, false], value: !Ref Word}
"""
)


@scenario()
async def test_what_a_rollback_takes_up_again_has_its_own_policy_back(stage: Stage) -> None:
    await stage.create(DRAWN)
    before = await stage.row("Word")
    stack = await stage.update(DRAWN, parameters={"Length": 9}, disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE", stack.reason
    after = await stage.row("Word")
    assert (after.id, after.deletion_policy) == (before.id, "Delete")


OLD_FIRST = (
    HEAD
    + """Parameters: {Name: {Type: String, Default: one}}
Resources:
  Key:
    Type: OS::Nova::KeyPair
    UpdateReplacePolicy: Retain
    Properties: {name: !Sub '${Name}'}
"""
)


@scenario(calm=False)
async def test_what_is_replaced_is_kept_whatever_goes_first(stage: Stage) -> None:
    await stage.create(OLD_FIRST)
    stack = await stage.update(OLD_FIRST, parameters={"Name": "two"})
    assert stack.state == "UPDATE_COMPLETE", stack.reason
    assert sorted(stage.things("keypair")) == ["one", "two"]


EXCEPT = (
    HEAD
    + """Resources:
  Net: {Type: OS::Neutron::Net, DeletionPolicy: POLICY, Properties: {name: kept}}
MORE"""
)
FAILS = "  Late: {Type: OS::Heat::TestResource, DependsOn: Net, Properties: {fail: true}}\n"


@pytest.mark.parametrize(
    ("policy", "left"), [("RetainExceptOnCreate", []), ("Retain", ["kept"]), ("Delete", [])]
)
def test_a_creation_that_is_rolled_back(policy: str, left: list[str]) -> None:
    @scenario(calm=False)
    async def story(stage: Stage) -> None:
        text = EXCEPT.replace("POLICY", policy)
        stack = await stage.create(text.replace("MORE", FAILS), disable_rollback=False)
        assert stack.state == "ROLLBACK_COMPLETE", stack.reason
        assert stage.things("network") == left
        # The same for a thing that an update adds.
        await stage.create(HEAD + "Resources: {}\n", name="second")
        stack = await stage.update(
            text.replace("MORE", FAILS), name="second", disable_rollback=False
        )
        assert stack.state == "ROLLBACK_COMPLETE", stack.reason
        assert stage.things("network") == left * 2

    story()


@scenario(calm=False)
async def test_what_was_made_for_good_is_retained(stage: Stage) -> None:
    text = EXCEPT.replace("POLICY", "RetainExceptOnCreate")
    await stage.create(text.replace("MORE", ""))
    stack = await stage.update(text.replace("MORE", FAILS), disable_rollback=False)
    assert stack.state == "ROLLBACK_COMPLETE", stack.reason
    await stage.delete()
    assert stage.things("network") == ["kept"]
