"""Nothing secret is seen where it should not be."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from calor.service.read import Read
from scenarios.stage import Stage, scenario

CANARY = "canary-7f3a91"
TEMPLATE = """
    parameters:
      token: {type: string, hidden: true}
    resources:
      value:
        type: OS::Heat::Value
        properties: {value: {str_replace: {template: "x-T-y", params: {T: {get_param: token}}}}}
      user:
        type: OS::Keystone::User
        properties: {password: canary-7f3a91-password}
      random: {type: OS::Heat::RandomString, properties: {length: 24}}
      test:
        type: OS::Heat::TestResource
        properties: {value: {get_attr: [random, value]}}
      net: {type: OS::Neutron::Net, properties: {tags: [{get_param: token}]}}
      subnet:
        type: OS::Neutron::Subnet
        properties: {network: {get_resource: net}, cidr: 10.0.0.0/24}
      server:
        type: OS::Nova::Server
        depends_on: [subnet]
        properties:
          image: tiny
          flavor: m1.nano
          networks: [{network: {get_resource: net}}]
          user_data: {str_replace: {template: "#!/bin/sh T", params: {T: {get_param: token}}}}
          metadata: {token: {get_param: token}}
    outputs:
      server: {value: {get_attr: [server, show]}}
      net: {value: {get_attr: [net, show]}}
      token: {value: {get_param: token}}
      random: {value: {get_attr: [random, value]}}
"""


def test_a_canary_is_found_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "calor.sqlite"

    @scenario(admin=True, database=f"sqlite:///{file}")
    async def story(stage: Stage) -> None:
        template = TEMPLATE.replace("canary-7f3a91-password", "{get_param: token}")
        stack = await stage.create(template, parameters={"token": CANARY})
        assert (stack.state, stack.reason) == (
            "CREATE_COMPLETE",
            "Stack CREATE completed successfully",
        )
        random = await stage.output("random")
        await stage.update(template, parameters={"token": CANARY + "-2"})
        answers = await _answers(stage)
        for secret in (CANARY, str(random)):
            assert secret not in answers
            assert secret not in "\n".join(stage.world.logged)
            for part in sorted(tmp_path.iterdir()):
                assert secret.encode() not in part.read_bytes(), part.name
        assert await stage.output("token") == CANARY + "-2"

    story()


async def _answers(stage: Stage) -> str:
    """All that the service tells without being asked for one output by name."""
    stack = await stage.stack()
    caller = await stage.world.caller(stage.user)

    async def live(read: Read, name: str) -> object:
        view = await read.resource(stack, name, caller=caller, with_attributes=["show"])
        return view.attributes

    async def ask(calor: object) -> list[object]:
        read = calor.service.read  # type: ignore[attr-defined]  # a Calor
        view = await read.stack(stack)
        return [
            view.parameters,
            [asdict(item) for item in view.outputs],
            [
                (item.resource.name, item.attributes, item.resource.reason)
                for item in await read.resources(stack)
            ],
            (await read.resource(stack, "user")).attributes,
            *[await live(read, name) for name in ("user", "net", "server")],
            await read.template(stack),
            await read.environment(stack),
            await read.files(stack),
        ]

    shown = await stage.world.ask(ask)
    events = [asdict(item) for item in await stage.events()]
    plan = await stage.world.reads.plan(stack.id)
    return json.dumps([shown, events], default=str) + repr(plan)
