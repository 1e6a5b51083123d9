"""Availability zones: a template asks for them, and the cloud is asked when a thing is made."""

from __future__ import annotations

from scenarios.stage import Stage, scenario

ZONES = "/v2.1/os-availability-zone"
TEMPLATE = """
heat_template_version: 2013-05-23
resources:
  all: {type: OS::Heat::Value, properties: {value: {"Fn::GetAZs": ""}}}
  volume:
    type: OS::Cinder::Volume
    properties: {size: 1, availability_zone: {"Fn::Select": [0, {"Fn::GetAZs": ""}]}}
outputs:
  zones: {value: {"Fn::Join": [",", {"Fn::GetAZs": ""}]}}
"""


@scenario()
async def test_zones_come_from_the_cloud(stage: Stage) -> None:
    stack = await stage.create(TEMPLATE)
    assert (stack.state, stack.reason) == (
        "CREATE_COMPLETE",
        "Stack CREATE completed successfully",
    )
    assert stage.calls("GET", ZONES) > 0
    zones = (await stage.row("all")).properties["value"]
    assert "nova" in zones
    assert await stage.output("zones") == ",".join(zones)
    assert (await stage.row("volume")).properties["availability_zone"] == zones[0]


@scenario()
async def test_an_update_that_finds_the_same_zones_replaces_nothing(stage: Stage) -> None:
    await stage.create(TEMPLATE)
    before = (await stage.row("volume")).physical_id
    stack = await stage.update(TEMPLATE.replace("size: 1", "size: 2"))
    assert stack.state == "UPDATE_COMPLETE"
    assert (await stage.row("volume")).physical_id == before


@scenario()
async def test_who_does_not_ask_for_zones_asks_no_cloud(stage: Stage) -> None:
    await stage.create("resources: {net: {type: OS::Neutron::Net}}")
    assert stage.calls("GET", ZONES) == 0


@scenario()
async def test_a_cloud_that_does_not_tell_zones_fails_what_needs_them(stage: Stage) -> None:
    stage.fail(method="GET", path="os-availability-zone", status=403, message="no zones for you")
    stack = await stage.create(TEMPLATE)
    assert stack.state == "CREATE_FAILED"
    assert "no zones for you" in stack.reason
