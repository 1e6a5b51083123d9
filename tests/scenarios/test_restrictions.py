"""What an environment restricts is not done, and is told before anything is."""

from __future__ import annotations

import pytest

from calor.base.errors import InvalidInput
from scenarios.stage import Stage, scenario

NETWORK = """
    parameters: {name: {type: string, default: one}, cidr: {type: string, default: 10.1.2.0/24}}
    resources:
      net: {type: OS::Neutron::Net, properties: {name: {get_param: name}}}
      subnet:
        type: OS::Neutron::Subnet
        properties: {network: {get_resource: net}, cidr: {get_param: cidr}}
"""


def restricted(name: str, *actions: str) -> dict[str, object]:
    return {"resource_registry": {"resources": {name: {"restricted_actions": list(actions)}}}}


@scenario()
async def test_a_restricted_update_is_refused_whole(stage: Stage) -> None:
    await stage.create(NETWORK)
    with pytest.raises(InvalidInput) as refusal:
        await stage.update(
            NETWORK, environment=restricted("net", "update"), parameters={"name": "two"}
        )
    (problem,) = refusal.value.diagnostics
    assert problem.code == "R152"
    assert "resource 'net'" in problem.message
    assert (await stage.stack()).state == "CREATE_COMPLETE"
    assert stage.things("network") == ["one"]


@scenario()
async def test_what_is_not_restricted_is_done(stage: Stage) -> None:
    await stage.create(NETWORK)
    stack = await stage.update(
        NETWORK, environment=restricted("*", "replace"), parameters={"name": "two"}
    )
    assert stack.state == "UPDATE_COMPLETE"
    assert stage.things("network") == ["two"]


@scenario()
async def test_a_restricted_replacement_is_refused(stage: Stage) -> None:
    await stage.create(NETWORK)
    with pytest.raises(InvalidInput):
        await stage.update(
            NETWORK,
            environment=restricted("sub*", "replace"),
            parameters={"cidr": "10.1.3.0/24"},
        )


LATE = """
    parameters: {word: {type: string, default: one}}
    resources:
      test: {type: OS::Heat::TestResource, properties: {value: {get_param: word}}}
      net: {type: OS::Neutron::Net, properties: {name: {get_attr: [test, output]}}}
"""


@scenario()
async def test_what_shows_only_later_is_refused_by_the_engine(stage: Stage) -> None:
    await stage.create(LATE)
    stack = await stage.update(
        LATE, environment=restricted("net", "update"), parameters={"word": "two"}
    )
    assert stack.state == "UPDATE_FAILED"
    assert "restricted_actions" in stack.reason
    assert stage.things("network") == ["one"]
    assert "net UPDATE_FAILED" in await stage.told()
    row = await stage.row("net")
    assert row.state == "CREATE_COMPLETE"
    # taken back, nothing is left to be done
    stack = await stage.update(LATE, environment=restricted("net", "update"))
    assert stack.state == "UPDATE_COMPLETE"
