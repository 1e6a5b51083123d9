"""Live events: server-sent, one after the other, until the stack is gone."""

from __future__ import annotations

import contextlib
import json
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect

from calor.api.rest.app import create_app
from calor.client import StackInput
from calor.sandbox.settings import SandboxSettings
from support.calor import Calor
from support.http_told import client_in
from support.world import World

TEMPLATE = """\
heat_template_version: 2018-08-31
resources: {a: {type: OS::Heat::TestResource, properties: {action_wait_secs: {create: 20}}}}
"""


class Stream:
    """An open request; what was sent so far is in `text`."""

    def __init__(self, path: str, token: str, headers: dict[str, str] | None = None) -> None:
        self._path, _, self._query = path.partition("?")
        self._headers = {"host": "calor.invalid", "x-auth-token": token, **(headers or {})}
        self._left = False
        self.text = ""
        self.ended = False
        self.kind = ""

    async def __call__(self, calor: Calor) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": self._query.encode(),
            "root_path": "",
            "headers": [(key.encode(), value.encode()) for key, value in self._headers.items()],
            "client": ("127.0.0.1", 0),
            "server": ("calor.invalid", 80),
        }
        with contextlib.suppress(ClientDisconnect):
            await create_app(calor.service)(scope, self._receive, self._send)
        self.ended = True

    def leave(self) -> None:
        """Nobody reads any more: what is sent from now on can't be delivered."""
        self._left = True

    async def _receive(self) -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if self._left:
            raise OSError("the connection is closed")
        if message["type"] == "http.response.start":
            self.kind = dict(message["headers"]).get(b"content-type", b"").decode()
        self.text += message.get("body", b"").decode()

    @property
    def events(self) -> list[tuple[int, str, str]]:
        found = []
        for block in self.text.split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
            if lines:
                body = json.loads(lines["data"])
                found.append((int(lines["id"]), body["resource_name"], body["resource_status"]))
        return found


def test_events_come_as_they_happen_until_the_stack_is_gone() -> None:
    async def story(world: World) -> None:
        client = client_in(world)
        user = world.user("demo", "demo")
        token = user.token()
        made = await client.create("app", StackInput(template=TEMPLATE))
        address = f"/v1/{user.project_id}/stacks/{made.ref}/events/follow"
        first = Stream(f"{address}?after=1", token)
        listening = world.loop.create_task(world.ask(first))
        await world.clock.sleep(5)
        assert first.kind.startswith("text/event-stream")
        assert first.events == [(2, "a", "CREATE_IN_PROGRESS")]
        await world.clock.sleep(12)
        assert ": nothing new" in first.text
        await world.final(made.id)
        await world.clock.sleep(1)
        assert first.events[1:] == [(3, "a", "CREATE_COMPLETE"), (4, "app", "CREATE_COMPLETE")]

        left = Stream(address, token, {"last-event-id": "4"})
        leaving = world.loop.create_task(world.ask(left))
        await world.clock.sleep(1)
        left.leave()
        await leaving
        assert left.ended
        assert left.events == []

        await client.delete("app")
        await listening
        assert first.ended
        assert first.events[-1][1:] == ("app", "DELETE_COMPLETE")

    with World("live", sandbox=SandboxSettings.instant()) as world:
        world.start_calor()
        world.run(story(world))
        assert world.watch.problems == []
