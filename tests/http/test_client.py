"""The Python client against the whole service in process."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from calor.base.diagnostics import render
from calor.base.errors import Conflict, InvalidInput, NotFound
from calor.base.settings import Settings
from calor.base.values import MASK, Unknown
from calor.client import Client, StackInput, collect
from calor.model.states import Status
from calor.sandbox.settings import SandboxSettings
from support.http_told import client_in
from support.world import World

Story = Callable[[World, Client], Coroutine[Any, Any, None]]

TEMPLATE = """\
heat_template_version: 2018-08-31
# a comment
parameters:
  text: {type: string, default: one}
resources:
  word: {type: OS::Heat::RandomString, properties: {length: 8}}
  value: {type: OS::Heat::Value, properties: {value: {get_param: text}}}
  copy: {type: OS::Heat::Value, properties: {value: {get_attr: [word, value]}}}
outputs:
  word: {value: {get_attr: [word, value]}}
"""


def told(story: Story, *, delays: dict[str, float] | None = None, **settings: Any) -> None:
    sandbox = SandboxSettings.instant().changed({"delays": delays or {}})
    with World(story.__name__, sandbox=sandbox, settings=Settings(**settings)) as world:
        world.start_calor()
        world.run(story(world, client_in(world)))
        assert world.watch.problems == []


def test_a_stack_from_plan_to_nothing() -> None:
    async def story(world: World, client: Client) -> None:
        wanted = StackInput(template=TEMPLATE, parameters={"text": "two"}, tags=("a",))
        plan = await client.plan_create("app", wanted)
        assert [(change.name, change.verb) for change in plan.changes] == [
            ("word", "create"),
            ("value", "create"),
            ("copy", "create"),
        ]
        assert await client.stacks() == []

        made = await client.create("app", wanted)
        seen = []
        async for event in client.follow(made.ref):
            seen.append((event.name, event.status))
            if event.is_stack and event.status.endswith("_COMPLETE"):
                break
        assert seen[0] == ("app", "CREATE_IN_PROGRESS")
        assert seen[-1] == ("app", "CREATE_COMPLETE")
        assert len(seen) == 8

        stack = await client.stack("app")
        assert (stack.id, stack.status, stack.tags) == (made.id, "CREATE_COMPLETE", ("a",))
        assert stack.outputs[0].value == "******"
        assert len((await client.output("app", "word")).value) == 8
        assert await client.template("app") == TEMPLATE
        assert [row.name for row in await client.resources("app")] == ["copy", "value", "word"]
        assert (await client.resource("app", "word")).required_by == ("copy",)
        assert (await client.last_plan("app")).generation == 1

        change = StackInput(parameters={"text": "three"})
        plan = await client.plan_update("app", change, existing=True)
        (changed,) = [one for one in plan.changes if one.verb != "keep"]
        assert (changed.name, changed.verb) == ("value", "update")
        assert [(p.property, p.before, p.after) for p in changed.properties] == [
            ("value", "two", "three")
        ]
        await client.update("app", change, existing=True)
        await world.final(made.id)
        assert (await client.stack("app")).parameters["text"] == "three"

        await client.delete("app")
        await world.final(made.id)
        with pytest.raises(NotFound):
            await client.stack("app")

    told(story)


def test_what_is_not_known_yet_and_what_is_secret_in_a_plan() -> None:
    async def story(world: World, client: Client) -> None:
        made = await client.create("app", StackInput(template=TEMPLATE))
        await world.final(made.id)
        longer = TEMPLATE.replace("length: 8", "length: 9")
        plan = await client.plan_update("app", StackInput(template=longer))
        changes = {change.name: change for change in plan.changes}
        assert (changes["word"].verb, changes["word"].order) == ("replace", "new first")
        (forced,) = changes["word"].properties
        assert (forced.property, forced.before, forced.after, forced.forces) == (
            "length",
            8,
            9,
            True,
        )
        (copied,) = changes["copy"].properties
        assert (copied.before, copied.after) == (MASK, Unknown("word.value"))

    told(story)


def test_problems_point_into_the_users_own_files(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(
        "heat_template_version: 2018-08-31\n"
        "resources:\n"
        "  inner: {type: parts.yaml}\n"
        "  wrong: {type: OS::Heat::Value, properties: {valeu: 1}}  # here\n"
    )
    (tmp_path / "parts.yaml").write_text(
        "heat_template_version: 2018-08-31\nresources:\n  a: {type: OS::Heat::Vale}\n"
    )
    (tmp_path / "env.yaml").write_text("parameters: 5\n")

    async def story(world: World, client: Client) -> None:
        with pytest.raises(InvalidInput) as caught:
            await client.create("app", collect(tmp_path / "app.yaml"))
        text = "\n".join(render(item) for item in caught.value.diagnostics)
        assert re.search(rf"{re.escape(str(tmp_path))}/app.yaml:4:\d+: error R130", text)
        assert "  4 |   wrong: {type: OS::Heat::Value, properties: {valeu: 1}}  # here" in text

        with pytest.raises(InvalidInput) as caught:
            await client.validate(collect(tmp_path / "parts.yaml", [tmp_path / "env.yaml"]))
        names = {Path(d.span.source.name).name for d in caught.value.diagnostics if d.span}
        assert names == {"parts.yaml", "env.yaml"}

    told(story)


def test_a_name_is_taken_once_however_many_ask_for_it() -> None:
    async def story(world: World, client: Client) -> None:
        wanted = StackInput(template="heat_template_version: 2018-08-31\n")
        tried = await asyncio.gather(
            *(client.create("app", wanted) for _ in range(5)), return_exceptions=True
        )
        made = [one for one in tried if not isinstance(one, BaseException)]
        assert len(made) == 1
        assert sum(isinstance(one, Conflict) for one in tried) == 4
        await world.final(made[0].id)
        await client.delete("app")
        await world.final(made[0].id)
        await world.clock.sleep(Settings().trust_kept + 10)
        status, body = world.user("admin", "admin").ask("GET", "/identity/v3/OS-TRUST/trusts")
        assert (status, body["trusts"]) == (200, [])

    told(story)


def test_a_delete_takes_over_from_a_create() -> None:
    async def story(world: World, client: Client) -> None:
        slow = (
            "heat_template_version: 2018-08-31\n"
            "resources:\n"
            "  wait:\n"
            "    type: OS::Heat::TestResource\n"
            "    properties: {action_wait_secs: {create: 1000}}\n"
        )
        made = await client.create("app", StackInput(template=slow))
        await world.clock.sleep(5)
        with pytest.raises(Conflict):
            await client.check("app")
        await client.delete("app")
        await client.delete(made.ref)
        await world.clock.sleep(30)
        assert (await client.stack(made.ref)).status == "DELETE_COMPLETE"

    told(story)


def test_cancelling_an_update_goes_back() -> None:
    async def story(world: World, client: Client) -> None:
        made = await client.create("app", StackInput(template=TEMPLATE))
        await world.final(made.id)
        slow = TEMPLATE.replace(
            "outputs:",
            "  wait: {type: OS::Heat::TestResource, properties: {wait_secs: 1000}}\noutputs:",
        )
        await client.update("app", StackInput(template=slow))
        await world.clock.sleep(5)
        await client.cancel_update("app")
        stack = await world.final(made.id)
        assert (str(stack.action), stack.status) == ("ROLLBACK", Status.COMPLETE)
        assert await client.template("app") == TEMPLATE

    told(story)


def test_events_of_nested_stacks_are_followed() -> None:
    async def story(world: World, client: Client) -> None:
        inner = (
            "heat_template_version: 2018-08-31\n"
            "resources: {leaf: {type: OS::Heat::TestResource, properties: {wait_secs: 3}}}\n"
        )
        outer = (
            "heat_template_version: 2018-08-31\n"
            "resources: {a: {type: inner.yaml}, b: {type: inner.yaml}}\n"
        )
        made = await client.create("app", StackInput(template=outer, files={"inner.yaml": inner}))
        seen = []
        async for event in client.follow(made.ref, depth=3):
            seen.append(event)
            if event.is_stack and event.name == "app" and event.status == "CREATE_COMPLETE":
                break
        assert len({event.id for event in seen}) == len(seen)
        assert sum(event.name == "leaf" for event in seen) == 4
        rows = await client.resources("app", depth=3)
        assert sorted(row.name for row in rows) == ["a", "b", "leaf", "leaf"]
        assert [bool(row.nested) for row in rows[:2]] == [True, True]
        assert {row.parent for row in rows[2:]} == {"a", "b"}

    told(story)


def test_events_of_nested_stacks_are_followed_to_the_end_of_each() -> None:
    async def story(world: World, client: Client) -> None:
        slow = "{type: OS::Heat::TestResource, properties: {action_wait_secs: {delete: 8}}"
        inner = f"heat_template_version: 2018-08-31\nresources: {{leaf: {slow}}}}}\n"
        outer = (
            "heat_template_version: 2018-08-31\n"
            "resources:\n"
            f"  first: {slow}}}\n"
            f"  second: {slow}, depends_on: first}}\n"
            "  inside: {type: inner.yaml, depends_on: second}\n"
        )
        made = await client.create("app", StackInput(template=outer, files={"inner.yaml": inner}))
        await world.final(made.id)
        marker = (await client.events(made.ref))[-1].id
        await client.delete(made.ref)
        seen = []
        async for event in client.follow(made.ref, marker=marker, depth=3):
            seen.append(event)
            if event.is_stack and event.name == "app" and event.status == "DELETE_COMPLETE":
                break
        inside = [event for event in seen if event.stack != made.ref]
        assert [(event.is_stack, event.status) for event in inside] == [
            (True, "DELETE_IN_PROGRESS"),
            (False, "DELETE_IN_PROGRESS"),
            (False, "DELETE_COMPLETE"),
            (True, "DELETE_COMPLETE"),
        ]
        assert [event.name for event in seen if event.status == "DELETE_COMPLETE"][-2:] == [
            "first",
            "app",
        ]

    told(story)


def test_an_answer_waits_until_the_stack_is_done() -> None:
    async def story(world: World, client: Client) -> None:
        slow = "{type: OS::Heat::TestResource, properties: {action_wait_secs: {create: 8}}}"
        template = f"heat_template_version: 2018-08-31\nresources: {{leaf: {slow}}}\n"
        begun = world.clock.now()
        made = await client.create("app", StackInput(template=template))
        looks = []
        for wait in (3.0, 30.0, 30.0):
            stack = await client.stack(made.ref, wait=wait)
            looks.append((stack.status, int(world.clock.now() - begun)))
        assert looks == [
            ("CREATE_IN_PROGRESS", 3),
            ("CREATE_COMPLETE", 8),
            ("CREATE_COMPLETE", 8),
        ]

    told(story)


def test_all_who_wait_hear_of_it_at_once() -> None:
    async def story(world: World, client: Client) -> None:
        slow = "{type: OS::Heat::TestResource, properties: {action_wait_secs: {create: 8}}}"
        template = f"heat_template_version: 2018-08-31\nresources: {{leaf: {slow}}}\n"
        made = await client.create("app", StackInput(template=template))
        await world.clock.sleep(1)
        seen = await client.events(made.ref)
        heard = {}

        async def hear(what: str, number: int) -> None:
            await world.clock.sleep(number * 0.07)  # who only looks now and then looks apart
            if what == "end":
                await client.stack(made.ref, wait=30)
            else:
                await client.events(made.ref, marker=seen[-1].id, wait=30)
            heard[what, number] = world.clock.now()

        await asyncio.gather(*(hear(what, n) for what in ("end", "event") for n in range(3)))
        for what in ("end", "event"):
            moments = [heard[what, number] for number in range(3)]
            assert max(moments) - min(moments) < 0.03, what

    told(story)


def test_secrets_are_in_no_answer_but_the_one_that_was_asked_for() -> None:
    async def story(world: World, client: Client) -> None:
        template = (
            "heat_template_version: 2018-08-31\n"
            "parameters: {password: {type: string, hidden: true}}\n"
            "resources:\n"
            "  value:\n"
            "    type: OS::Heat::Value\n"
            "    properties: {value: {list_join: ['-', [x, {get_param: password}]]}}\n"
            "outputs: {joined: {value: {get_attr: [value, value]}}}\n"
        )
        environment = json.dumps({"parameters": {"password": "canary"}})
        wanted = StackInput(
            template=template, files={"env.yaml": environment}, environment_files=("env.yaml",)
        )
        made = await client.create("app", wanted)
        await world.final(made.id)
        other = StackInput(parameters={"password": "canary2"})
        answers = [
            await client.stack("app"),
            await client.resources("app"),
            await client.resource("app", "value"),
            await client.events("app"),
            await client.environment("app"),
            await client.files("app"),
            await client.last_plan("app"),
            await client.plan_update("app", other, existing=True),
            await client.validate(wanted),
        ]
        assert "canary" not in repr(answers)
        assert (await client.output("app", "joined")).value == "x-canary"

    told(story)


def test_what_calor_knows() -> None:
    async def story(world: World, client: Client) -> None:
        assert "OS::Heat::Value" in await client.types()
        found = await client.type("OS::Heat::Value")
        assert found.properties["value"]["required"] is True
        versions = [item["version"] for item in await client.versions()]
        assert "heat_template_version.2018-08-31" in versions
        assert await client.functions("heat_template_version.2018-08-31")
        assert (await client.build_info())["api"]["revision"]

    told(story)
