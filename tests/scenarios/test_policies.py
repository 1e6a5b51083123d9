"""What a template says about a resource beside its properties."""

from __future__ import annotations

from scenarios.stage import Stage, scenario


@scenario()
async def test_what_is_retained_stays_in_the_cloud(stage: Stage) -> None:
    await stage.create(
        """
        resources:
          kept:
            type: OS::Neutron::Net
            properties: {name: kept}
            deletion_policy: Retain
          gone: {type: OS::Neutron::Net, properties: {name: gone}}
        """
    )
    stack = await stage.delete()
    assert stack.state == "DELETE_COMPLETE"
    assert stage.things() == ["kept"]


@scenario()
async def test_an_external_thing_is_used_and_never_touched(stage: Stage) -> None:
    status, made = stage.user.ask(
        "POST", "/network/v2.0/networks", {"network": {"name": "theirs", "admin_state_up": True}}
    )
    assert status == 201
    id = made["network"]["id"]
    stage.world.watch.foreign[id] = "network 'theirs'"
    template = f"""
        resources:
          net: {{type: OS::Neutron::Net, external_id: {id}}}
          subnet:
            type: OS::Neutron::Subnet
            properties: {{network: {{get_resource: net}}, cidr: 10.3.0.0/24}}
    """
    stack = await stage.create(template)
    assert stack.state == "CREATE_COMPLETE"
    assert (await stage.row("net")).physical_id == id
    await stage.delete()
    assert stage.things() == ["theirs"]


@scenario()
async def test_a_thing_can_be_given_away_and_another_taken(stage: Stage) -> None:
    """Whatever becomes external is never deleted, not even when another takes its place."""
    own = "resources: {net: {type: OS::Neutron::Net, properties: {name: ours}}}"
    await stage.create(own)
    row = await stage.row("net")
    external = "resources: {net: {type: OS::Neutron::Net, external_id: ID}}"
    await stage.update(external.replace("ID", row.physical_id or ""))
    assert (await stage.row("net")).external
    _, made = stage.user.ask("POST", "/network/v2.0/networks", {"network": {"name": "theirs"}})
    other = made["network"]["id"]
    await stage.update(external.replace("ID", other))
    assert (await stage.row("net")).physical_id == other
    await stage.update(own.replace("ours", "new"))
    assert not (await stage.row("net")).external
    assert sorted(stage.things("network")) == ["new", "ours", "theirs"]
    await stage.delete()
    assert sorted(stage.things("network")) == ["ours", "theirs"]


@scenario()
async def test_an_external_id_leads_to_something(stage: Stage) -> None:
    stack = await stage.create("resources: {net: {type: OS::Neutron::Net, external_id: private}}")
    assert stack.state == "CREATE_FAILED"
    assert "there is no network with the id 'private'; external_id takes an id" in stack.reason


@scenario()
async def test_conditions_decide_what_there_is(stage: Stage) -> None:
    template = """
        parameters: {env: {type: string, default: test}}
        conditions:
          production: {equals: [{get_param: env}, production]}
        resources:
          net: {type: OS::Neutron::Net}
          backup:
            type: OS::Cinder::Volume
            properties: {size: 1}
            condition: production
        outputs:
          size:
            value: {if: [production, {get_attr: [backup, size]}, none]}
    """
    await stage.create(template)
    assert sorted(await stage.states()) == ["net"]
    await stage.update(template, parameters={"env": "production"})
    assert sorted(await stage.states()) == ["backup", "net"]
    await stage.update(template, parameters={"env": "test"})
    assert sorted(await stage.states()) == ["net"]
    assert stage.things("volume") == []


@scenario()
async def test_metadata_and_policies_change_without_a_call(stage: Stage) -> None:
    template = """
        resources:
          net:
            type: OS::Neutron::Net
            metadata: {color: COLOR}
            deletion_policy: POLICY
    """
    await stage.create(template.replace("COLOR", "red").replace("POLICY", "Delete"))
    stage.world.forget_calls()
    await stage.update(template.replace("COLOR", "blue").replace("POLICY", "Retain"))
    assert (await stage.row("net")).metadata == {"color": "blue"}
    assert [call for call in stage.world.calls() if call[0] in ("PUT", "POST")] == []
    await stage.delete()
    assert len(stage.things("network")) == 1


@scenario()
async def test_a_check_finds_what_is_gone(stage: Stage) -> None:
    template = "resources: {net: {type: OS::Neutron::Net}, two: {type: OS::Neutron::Net}}"
    await stage.create(template)
    assert (await stage.check()).state == "CHECK_COMPLETE"
    lost = await stage.row("net")
    stage.cloud.ask("DELETE", f"/network/v2.0/networks/{lost.physical_id}")
    stack = await stage.check()
    assert stack.state == "CHECK_FAILED"
    states = await stage.states()
    assert states == {"net": "CHECK_FAILED", "two": "CHECK_COMPLETE"}
    stack = await stage.update(template)
    assert stack.state == "UPDATE_COMPLETE"
    assert (await stage.row("net")).physical_id != lost.physical_id
    assert len(stage.things("network")) == 2


@scenario()
async def test_what_somebody_deleted_is_no_trouble_for_a_delete(stage: Stage) -> None:
    await stage.create("resources: {net: {type: OS::Neutron::Net}}")
    row = await stage.row("net")
    stage.cloud.ask("DELETE", f"/network/v2.0/networks/{row.physical_id}")
    assert (await stage.delete()).state == "DELETE_COMPLETE"
