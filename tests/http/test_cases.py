"""The REST API as request and answer files: each file in `cases/` is one story, told to a whole
service with an engine and a sandbox, in virtual time.

A step is either `wait: STACK` (until nothing is in progress on it) or a request:

- `request`: `METHOD /path`, below `/v1/PROJECT` unless the path begins with `//`; `{name}` stands
  for what was kept under a name, `{project}` for the project's id.
- `as`: the user (`demo` unless told otherwise, `admin`, `nobody` for no token).
- `body`: sent as JSON; `raw`: sent as it is. `headers`: more headers.
- `status`: the status expected.
- `answer`: what the JSON body must hold: maps need not be whole, lists must. Texts may be `<any>`,
  `<text>`, `<uuid>`, `<time>`, or `~REGEX`.
- `keys`: paths to maps (`stack`, `stacks.0`) with exactly the keys that they have.
- `location`: a pattern for that header; `keep`: names for values, by path.
- `not`: texts that must not be in the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from calor.api.rest.app import create_app
from calor.base.settings import Settings
from calor.base.wire import Request, Response
from calor.sandbox.settings import SandboxSettings
from calor.transport.asgi import AsgiTransport
from support.world import World

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
BASE = "http://calor.invalid:8004"
NAMED = {
    "<any>": "(?s).*",
    "<text>": "(?s).+",
    "<uuid>": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "<time>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    story = yaml.safe_load(path.read_text())
    settings = Settings(**story.get("settings", {}))
    with World(path.stem, sandbox=SandboxSettings.instant(), settings=settings) as world:
        world.start_calor()
        world.run(_Story(world, path.stem).tell(story["steps"]))
        assert world.watch.problems == []


class _Story:
    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self._name = name
        self._users = {name: world.user(name, name) for name in ("demo", "admin")}
        for user in self._users.values():
            user.token()
        self._kept = {
            "project": self._users["demo"].project_id,
            "admin_project": self._users["admin"].project_id,
        }

    async def tell(self, steps: list[dict[str, Any]]) -> None:
        for number, step in enumerate(steps, 1):
            where = f"{self._name} step {number}: {step.get('request') or step.get('wait')}"
            if "wait" in step:
                await self._wait(step)
                continue
            response = await self._send(step)
            told = f"{where}\n{response.status} {dict(response.headers)}\n"
            told += response.body.decode()[:3000]
            assert response.status == step["status"], told
            self._check(step, response, told)

    async def _wait(self, step: Mapping[str, Any]) -> None:
        stack = await self._world.final(self._kept[step["wait"]])
        assert stack.state == step.get("state", stack.state), (stack.state, stack.reason)

    async def _send(self, step: Mapping[str, Any]) -> Response:
        method, path = self._filled(step["request"]).split(" ", 1)
        project = self._kept["project"]
        url = BASE + (path[1:] if path.startswith("//") else f"/v1/{project}{path}")
        headers = dict(step.get("headers", {}))
        user = self._users.get(step.get("as", "demo"))
        if user is not None:
            headers.setdefault("X-Auth-Token", user.token())
        body = b""
        if "body" in step:
            headers.setdefault("Content-Type", "application/json")
            body = self._filled(json.dumps(step["body"])).encode()
        elif "raw" in step:
            size = int(step.get("times", 1))
            body = step["raw"].encode() * size
        request = Request(method, url, headers, body)
        return await self._world.ask(
            lambda calor: AsgiTransport(create_app(calor.service)).send(request, timeout=100)
        )

    def _check(self, step: Mapping[str, Any], response: Response, told: str) -> None:
        if "location" in step:
            pattern = self._filled(step["location"])
            assert re.fullmatch(pattern, response.header("location")), told
        for text in step.get("not", ()):
            assert text not in response.body.decode(), told
        if not ("answer" in step or "keys" in step or "keep" in step):
            return
        body = json.loads(response.body)
        if "answer" in step:
            expected = json.loads(self._filled(json.dumps(step["answer"])))
            problem = _differs(expected, body, "")
            assert problem is None, f"{told}\n{problem}"
        for path, names in step.get("keys", {}).items():
            assert sorted(_at(body, path)) == sorted(names), f"{told}\nkeys of {path!r}"
        for name, path in step.get("keep", {}).items():
            self._kept[name] = _at(body, path)

    def _filled(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: str(self._kept.get(found[1], found[0])), text)


def _at(body: Any, path: str) -> Any:
    for step in path.split(".") if path else []:
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body


def _differs(expected: Any, found: Any, path: str) -> str | None:
    """Where what was found is not as expected, or None."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key not in found:
                return f"{path}.{key} is missing"
            problem = _differs(value, found[key], f"{path}.{key}")
            if problem:
                return problem
        return None
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        problems = [
            _differs(one, other, f"{path}.{place}")
            for place, (one, other) in enumerate(zip(expected, found, strict=True))
        ]
        return next((problem for problem in problems if problem), None)
    if isinstance(expected, str) and isinstance(found, str):
        pattern = NAMED.get(expected) or (expected[1:] if expected.startswith("~") else None)
        if pattern is not None and re.fullmatch(pattern, found):
            return None
    if expected == "<any>":
        return None
    same = expected == found and isinstance(expected, bool) == isinstance(found, bool)
    return None if same else f"{path or 'the body'}: expected {expected!r}, found {found!r}"
