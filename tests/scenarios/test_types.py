"""Every type through templates: made, told about, changed in place, replaced, deleted.

What is made of each stands in the contract's examples.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from calor.resources.registry import Registry
from conformance.given import is_real
from contract.examples import Example, examples, filled
from scenarios.stage import Stage, scenario

EXAMPLES = examples()
NAMES = [name for name, item in EXAMPLES.items() if item.real or not is_real()]
POLICY = "_update_policy"
"""The end of properties that say only how others change."""
REPLACING: dict[str, dict[str, Any]] = {
    "OS::Cinder::Volume": {"availability_zone": "nova"},
    "OS::Heat::RandomString": {"length": 9},
    "OS::Neutron::Subnet": {"cidr": "192.0.0.0/16"},
    "OS::Neutron::Port": {"mac_address": "fa:16:3e:ca:10:01"},
    "OS::Neutron::SecurityGroupRule": {"protocol": "udp"},
    "OS::Nova::Flavor": {"ram": 96},
    "OS::Nova::KeyPair": {"name": "calor-other"},
    "OS::Nova::Server": {"config_drive": True},
    "OS::Nova::ServerGroup": {"policies": ["affinity"]},
}
"""Properties that force a replacement, by type."""


def template(example: Example, changes: dict[str, Any]) -> str:
    """A template with an example, what it needs, and an output for each attribute."""
    references = {key: {"get_resource": key} for key in example.beside}
    resources = {
        key: {"type": item["type"], "properties": filled(item.get("properties", {}), references)}
        for key, item in example.beside.items()
    }
    wanted = filled({**example.create, **changes}, references)
    resources["thing"] = {"type": example.type, "properties": wanted}
    type = Registry(plugins=False).get(example.type)
    assert type is not None
    outputs = {name: {"value": {"get_attr": ["thing", name]}} for name in type.attributes}
    return json.dumps(
        {"heat_template_version": "2021-04-16", "resources": resources, "outputs": outputs}
    )


def updates(example: Example) -> dict[str, Any]:
    """All updates that change in place by themselves, or the first where they don't go together."""
    type = Registry(plugins=False).get(example.type)
    assert type is not None
    changes = {}
    for key, item in example.updates.items():
        after = {**example.create, key: item}
        normal = type.schema.normalise(filled(after, dict.fromkeys(example.beside, "x")))
        if not key.endswith(POLICY) and not type.forces_replacement(normal, normal, [key]):
            changes[key] = item
    wanted = filled({**example.create, **changes}, dict.fromkeys(example.beside, "x"))
    if type.schema.check(wanted):
        return dict([next(iter(changes.items()))])
    return changes


@pytest.mark.parametrize("name", NAMES)
def test_a_type_in_templates(name: str) -> None:
    example = EXAMPLES[name]

    @scenario(admin=example.admin)
    async def story(stage: Stage) -> None:
        stack = await stage.create(template(example, {}))
        assert stack.state == "CREATE_COMPLETE", stack.reason
        assert [item.error for item in stack.outputs if item.error] == []
        made = (await stage.row("thing")).physical_id
        if example.updates:
            stack = await stage.update(template(example, updates(example)))
            assert stack.state == "UPDATE_COMPLETE", stack.reason
            row = await stage.row("thing")
            assert row.state == "UPDATE_COMPLETE"
            assert row.physical_id == made or example.moves
            stack = await stage.update(template(example, {}))
            assert stack.state == "UPDATE_COMPLETE", stack.reason
        if name in REPLACING:
            stack = await stage.update(template(example, REPLACING[name]))
            assert stack.state == "UPDATE_COMPLETE", stack.reason
            row = await stage.row("thing")
            assert row.physical_id != made
            assert row.state == "CREATE_COMPLETE"
        stack = await stage.delete()
        assert stack.state == "DELETE_COMPLETE", stack.reason
        assert stage.things() == []

    story()
