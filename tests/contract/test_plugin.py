"""The type of examples/plugin keeps the contract, as its how-to says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from calor.resources.rest import RestType
from contract.hand import Company
from contract.saboteur import Harm, Sabotage
from contract.stage import HARMS, Stage, play

PLUGIN = Path(__file__).resolve().parents[2] / "examples" / "plugin"
FIRST = {"prefixes": ["10.64.0.0/16"], "default_prefixlen": 24}
SECOND = {"name": "changed", "prefixes": ["10.64.0.0/15"], "default_prefixlen": 26}


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[RestType]:
    monkeypatch.syspath_prepend(str(PLUGIN))
    from example_types.subnet_pool import TYPE  # noqa: PLC0415  # importable only now

    yield TYPE
    for name in [name for name in sys.modules if name.startswith("example_types")]:
        del sys.modules[name]


def test_its_life(plugin: RestType) -> None:
    async def story(stage: Stage) -> None:
        company = Company(stage, admin=False)
        await company.connect()
        hand = company.hand(plugin, FIRST)
        await hand.create()
        assert hand.row.attributes["ip_version"] == 4
        assert plugin.forces_replacement({}, {}, ["default_quota", "name"]) == ("default_quota",)
        pool = await company.cloud.show(plugin.collection, hand.id)
        assert pool is not None and pool["name"] == hand.row.physical_name
        await hand.update(SECOND)
        changed = await company.cloud.show(plugin.collection, hand.id)
        assert changed is not None and changed["name"] == "changed"
        assert changed["default_prefixlen"] == "26"
        await hand.delete()
        assert await company.cloud.show(plugin.collection, hand.id) is None

    play(story)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("name", ["", "given"])
def test_harm_at_every_call_of_its_create(plugin: RestType, harm: Harm, name: str) -> None:
    wanted = {**FIRST, "name": name} if name else FIRST

    async def story(stage: Stage, nth: int) -> bool:
        company = Company(stage, admin=False)
        await company.connect()
        stranger = await company.cloud.create(
            plugin.collection, {"name": "given", "prefixes": ["10.64.0.0/16"]}
        )
        await stage.clock.sleep(2.0)
        hand = company.hand(plugin, wanted)
        if await company.suffer(Sabotage(harm, nth), hand.create):
            await hand.create()
        struck = len(company.saboteur.calls) >= nth
        pools = [pool["id"] for pool in await company.cloud.list(plugin.collection)]
        ours = [id for id in pools if stage.ours(id)]
        assert sorted(ours) == sorted([stranger["id"], hand.id])
        await hand.delete()
        await company.cloud.delete(plugin.collection, stranger["id"])
        return struck

    for nth in range(1, 20):
        if not play(lambda stage, nth=nth: story(stage, nth)):
            return
    pytest.fail("there is no end of calls")
