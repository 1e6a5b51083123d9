"""What single types do beyond what all do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from calor.base.errors import ResourceFailed
from calor.base.values import Sensitive
from calor.resources.neutron.base import PORTS, SECURITY_GROUPS
from calor.resources.neutron.rules import key
from contract.hand import Company, Hand
from contract.saboteur import Harm, Sabotage
from contract.scene import bring, type_of
from contract.stage import REAL, Stage, play


async def company(stage: Stage) -> Company:
    made = Company(stage, admin=False)
    await made.connect()
    return made


async def net_and_port(made: Company) -> tuple[Hand, Hand]:
    net = made.hand(type_of("OS::Neutron::Net"), {}, "net")
    await net.create()
    port = made.hand(type_of("OS::Neutron::Port"), {"network": net.id}, "port")
    await port.create()
    return net, port


def test_a_delete_waits_until_the_thing_is_let_go() -> None:
    async def story(stage: Stage) -> None:
        made = await company(stage)
        net, port = await net_and_port(made)

        async def later() -> None:
            await stage.clock.sleep(5.0)
            await port.delete()

        await asyncio.gather(net.delete(), later())
        assert await made.cloud.show(net.type.collection, net.id) is None  # type: ignore[attr-defined]  # a RestType

    play(story)


def test_a_delete_of_what_stays_in_use_says_so() -> None:
    async def story(stage: Stage) -> None:
        made = await company(stage)
        net, port = await net_and_port(made)
        made.timeout = 3.0
        with pytest.raises(ResourceFailed, match="in use"):
            await net.delete()
        await port.delete()
        await net.delete()

    play(story)


def test_what_somebody_else_deleted_is_noticed() -> None:
    async def story(stage: Stage) -> None:
        made = await company(stage)
        net, port = await net_and_port(made)
        await made.cloud.delete(PORTS, port.id)
        for step in (port.type.check, port.type.read):
            with pytest.raises(ResourceFailed, match="not there any more"):
                await step(port.work())
        await port.delete()
        await net.delete()

    play(story)


async def rules_of(made: Company, group: Hand) -> list[tuple[str, ...]]:
    thing = await made.cloud.show(SECURITY_GROUPS, group.id) or {}
    return sorted(key(rule) for rule in thing["security_group_rules"])


def as_keys(*rules: dict[str, Any]) -> list[tuple[str, ...]]:
    return sorted(key(rule) for rule in rules)


EGRESS = [{"direction": "egress", "ethertype": version} for version in ("IPv4", "IPv6")]
SSH = {"protocol": "tcp", "port_range_min": 22, "port_range_max": 22}
OUT = {"direction": "egress", "protocol": "udp", "ethertype": "IPv4"}


def test_rules_become_what_is_wanted() -> None:
    async def story(stage: Stage) -> None:
        made = await company(stage)
        group = made.hand(type_of("OS::Neutron::SecurityGroup"), {"rules": [SSH]}, "group")
        await group.create()
        ssh = {**SSH, "direction": "ingress", "ethertype": "IPv4"}
        assert await rules_of(made, group) == as_keys(ssh, *EGRESS)
        rule = made.hand(
            type_of("OS::Neutron::SecurityGroupRule"),
            {"security_group": group.id, "port_range_min": 80, "port_range_max": 80},
            "rule",
        )
        await rule.create()
        http = {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp"}
        http |= {"port_range_min": 80, "port_range_max": 80}
        await group.update({"rules": [OUT]})
        assert await rules_of(made, group) == as_keys(http, OUT)
        await group.update({})
        assert await rules_of(made, group) == as_keys(http, *EGRESS)
        own = {"protocol": "tcp", "remote_mode": "remote_group_id"}
        await group.update({"rules": [own]})
        itself = {**ssh, "remote_group_id": group.id}
        itself["port_range_min"] = itself["port_range_max"] = None
        assert await rules_of(made, group) == as_keys(http, itself, *EGRESS)
        await made.clear()

    play(story)


def test_a_port_gets_the_default_group_and_addresses_back() -> None:
    async def story(stage: Stage) -> None:
        scene = await bring(stage, "OS::Neutron::Port")
        port = scene.hand(
            scene.properties(no_fixed_ips=True, security_groups=[scene.things["group"]])
        )
        await port.create()
        assert port.row.attributes["fixed_ips"] == []
        assert port.row.attributes["security_groups"] == [scene.things["group"]]
        await port.update(scene.properties())
        assert len(port.row.attributes["fixed_ips"]) == 1
        (group,) = port.row.attributes["security_groups"]
        default = await scene.company.cloud.show(SECURITY_GROUPS, group) or {}
        assert default["name"] == "default"
        network = await port.type.live(port.work(), "network")
        assert network["id"] == scene.things["net"]
        (subnet,) = await port.type.live(port.work(), "subnets")
        assert subnet["id"] == scene.things["subnet"]
        assert (await port.type.live(port.work(), "show"))["id"] == port.id
        await scene.company.clear()

    play(story)


def test_a_random_string_is_kept_and_hidden() -> None:
    async def story(stage: Stage) -> None:
        made = await company(stage)
        hand = made.hand(type_of("OS::Heat::RandomString"), {"length": 9}, "secret")
        await hand.create()
        value = hand.type.reference(hand.row)
        assert isinstance(value, Sensitive)
        assert len(value.value) == 9
        assert hand.type.attribute(hand.row, ["value"]) == value
        assert await hand.type.read(hand.work()) == {"value": value}
        assert value.value not in repr(hand.row)

    play(story)


def test_values_become_their_type() -> None:
    async def told(stage: Stage, **properties: Any) -> Any:
        made = await company(stage)
        hand = made.hand(type_of("OS::Heat::Value"), properties, "value")
        await hand.create()
        return hand.type.attribute(hand.row, ["value"])

    async def story(stage: Stage) -> None:
        assert await told(stage, value="1") == "1"
        assert await told(stage, value="1", type="number") == 1
        assert await told(stage, value="a, b", type="comma_delimited_list") == ["a", "b"]
        assert await told(stage, value='{"a": 1}', type="json") == {"a": 1}
        assert await told(stage, value="on", type="boolean") is True
        assert await told(stage, value=Sensitive("on"), type="boolean") == Sensitive(True)

    play(story)


@pytest.mark.skipif(REAL, reason="it calls no cloud, and its moments are exact ones")
def test_delays_and_test_resources_take_their_time() -> None:
    async def story(stage: Stage) -> None:
        made = await company(stage)
        began = stage.clock.now()
        delay = made.hand(
            type_of("OS::Heat::Delay"),
            {"min_wait": 5, "max_jitter": 2, "actions": ["CREATE", "DELETE"]},
        )
        await delay.create()
        assert 5 <= stage.clock.now() - began <= 7
        began = stage.clock.now()
        await delay.delete()
        assert 5 <= stage.clock.now() - began <= 7
        failing = made.hand(type_of("OS::Heat::TestResource"), {"fail": True, "wait_secs": 3})
        began = stage.clock.now()
        with pytest.raises(ResourceFailed):
            await failing.create()
        assert stage.clock.now() - began == 3

    play(story)


def test_two_things_that_could_be_ours_are_both_told() -> None:
    async def story(stage: Stage) -> None:
        made = await company(stage)
        named = {"name": "contract-given", "description": "given too"}
        hand = made.hand(type_of("OS::Neutron::SecurityGroup"), named)
        hand.row = replace(hand.row, calling=True, intent_at=stage.clock.now())
        others = [await made.cloud.create(SECURITY_GROUPS, named) for _ in range(2)]
        ids = sorted(item["id"] for item in others)
        found = await hand.type.find(hand.work())
        assert sorted(item.physical_id for item in found) == ids
        for id in ids:
            await made.cloud.delete(SECURITY_GROUPS, id)

    play(story)


def test_two_alike_that_were_lost_are_told_apart() -> None:
    async def story(stage: Stage) -> None:
        scene = await bring(stage, "OS::Neutron::FloatingIP")
        for _ in range(2):
            hand = scene.hand()
            plan = Sabotage(Harm.CRASH_AFTER, 1 if REAL else 2)  # the look-up, then the create
            assert await scene.company.suffer(plan, hand.create)
        first, second = scene.company.hands[-2:]
        await first.create()
        await second.create()
        assert first.id != second.id
        await scene.company.clear()

    play(story)
