"""The transport of a process on a real cloud: each call may fail, get lost, be slow, or be the
process's last, as the troubles and the fault plan say.

What a real service can't be made to do, it is said to have done: a thing that was just made is
shown as busy for a while, or as failed.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from calor.base.errors import LostAnswer, NotSent
from calor.base.wire import Request, Response, Transport
from calor.sandbox.faults import Fault, FaultPlan
from conformance.given import parsed, service_of
from support.troubles import HELD, Fate, Kill, Mishap, Troubles, one_shot

BUSY = {"volume_create": ("/volumes", "creating"), "server_build": ("/servers", "BUILD")}
"""Where the delays of a sandbox lie, and the word for being busy."""
TYPES = {"neutron": "network", "nova": "compute", "cinder": "volumev3", "keystone": "identity"}
BROKE = "the connection broke before the answer"

Die = Callable[[Kill], Awaitable[None]]


class Masks:
    """What is shown of things instead of the truth: by id, fields, and until when."""

    def __init__(self, delays: Mapping[str, float]) -> None:
        self._delays = {BUSY[key]: seconds for key, seconds in delays.items() if key in BUSY}
        self._shown: dict[str, tuple[float, dict[str, Any]]] = {}

    def asked(self, request: Request) -> Request:
        """Lists of changes don't know ours; what goes is shown as it is."""
        if request.method == "DELETE":
            self._shown.pop(request.url.rpartition("/")[2], None)
        if not self._shown or "changes-since=" not in request.url:
            return request
        url = re.sub(r"([?&])changes-since=[^&]*&?", r"\1", request.url).rstrip("?&")
        return Request(request.method, url, request.headers, request.body)

    def made(self, request: Request, response: Response, error: str) -> None:
        """A thing was made; it is busy, or failed with `error`."""
        body = parsed(response)
        if request.method != "POST" or response.status >= 300 or not isinstance(body, dict):
            return
        thing = next(iter(body.values()), None)
        if not isinstance(thing, dict) or "id" not in thing:
            return
        if error:
            word = "error" if "volume" in body else "ERROR"
            fields = {"status": word, "fault": {"code": 500, "message": error}}
            self._shown[thing["id"]] = (float("inf"), fields)
        for (path, word), seconds in self._delays.items():
            if request.url.endswith(path) and seconds > 0:
                self._shown[thing["id"]] = (time.monotonic() + seconds, {"status": word})

    def shown(self, request: Request, response: Response) -> Response:
        if not self._shown or request.method != "GET" or response.status != 200:
            return response
        body = parsed(response)
        if not isinstance(body, dict):
            return response
        for value in body.values():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and item.get("id") in self._shown:
                    until, fields = self._shown[item["id"]]
                    if time.monotonic() < until:
                        item.update(fields)
        return Response(response.status, response.headers, json.dumps(body).encode())


class Wire:
    """`die(kind)` kills the process that this is the transport of, and never returns. `pace` is
    how many seconds a second of the fault plan lasts."""

    def __init__(
        self, inner: Transport, *, troubles: Troubles, faults: FaultPlan, masks: Masks, pace: float
    ) -> None:
        self._pace = pace
        self._inner = inner
        self._troubles = troubles
        self._faults = faults
        self._masks = masks
        self.die: Die
        self.alive: Callable[[], Awaitable[None]]

    async def send(self, request: Request, *, timeout: float) -> Response:
        await self.alive()
        fate = self._troubles.fate(request)
        if fate.kill is Kill.BEFORE_CALL:
            await self.die(fate.kill)
        try:
            response = await self._exchange(self._masks.asked(request), fate, timeout)
        finally:
            await self.alive()
        if fate.kill in (Kill.AFTER_CALL, Kill.BEFORE_ANSWER, Kill.AFTER_ANSWER):
            # Of these three only the first differs for a cloud, and not for what it has then.
            await self.die(fate.kill)
        return self._masks.shown(request, response)

    async def _exchange(self, request: Request, fate: Fate, timeout: float) -> Response:
        if fate.mishap is Mishap.NOT_SENT:
            raise NotSent("the cloud refused the connection")
        if fate.mishap is Mishap.HELD:
            await asyncio.sleep(HELD * self._pace)
        fault = self._fault(request, fate)
        if fault is not None and fault.lost == "before":
            raise LostAnswer(BROKE)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay * self._pace)
        if fault is not None and fault.status:
            return _answer(fault)
        response = await self._inner.send(request, timeout=timeout)
        self._masks.made(request, response, _error_of(fault))
        if fate.mishap is Mishap.SLOW or (fault is not None and fault.lost == "after"):
            raise LostAnswer(BROKE)
        if fate.mishap is Mishap.ERROR_AFTER and response.status < 500:
            return Response(500, {"Content-Type": "application/json"}, b"{}")
        return response

    def _fault(self, request: Request, fate: Fate) -> Fault | None:
        if fate.mishap is not None:
            return one_shot(fate.mishap)
        name = service_of(request.url)
        path = request.url.partition("//")[2].partition("/")[2].partition("?")[0]
        return self._faults.pick(request.method, (name, TYPES[name]), f"/{path}", request.body)

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        return self._inner.send_blocking(request, timeout=timeout)

    async def close(self) -> None:
        await self._inner.close()


def _error_of(fault: Fault | None) -> str:
    return (fault.server_error or fault.volume_error) if fault is not None else ""


def _answer(fault: Fault) -> Response:
    body = fault.answer
    if body is None:
        body = {"error": {"code": fault.status, "message": fault.message or "on purpose"}}
    headers = {"Content-Type": "application/json", **fault.headers}
    return Response(fault.status, headers, json.dumps(body).encode())
