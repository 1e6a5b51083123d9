"""Transports without a network: to an application in process, to a function."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse
from starlette.responses import Response as Given
from starlette.routing import Route

from calor.base.errors import LostAnswer, NotSent
from calor.base.wire import Request, Response
from calor.transport.asgi import AsgiTransport
from calor.transport.function import FunctionTransport
from support.virtual import VirtualClock, run

# --- an application in process ---


def _app() -> Starlette:
    async def echo(asked: Asked) -> Given:
        body = (await asked.body()).decode()
        parts = [asked.method, asked.url.path, asked.url.query, body, asked.headers["x-a"]]
        return JSONResponse(parts, 201, {"X-B": "b"})

    async def hang(asked: Asked) -> Given:
        await asyncio.Event().wait()
        raise AssertionError

    async def fail(asked: Asked) -> Given:
        raise RuntimeError("a bug")

    return Starlette(
        routes=[
            Route("/echo/{x}", echo, methods=["POST"]),
            Route("/hang", hang),
            Route("/fail", fail),
        ]
    )


def test_an_application_in_process_answers() -> None:
    async def main(clock: VirtualClock) -> None:
        transport = AsgiTransport(_app())
        request = Request("POST", "http://calor/echo/a%20b?c=1", {"X-A": "a"}, b"hello")
        response = await transport.send(request, timeout=5)
        assert response.status == 201
        assert response.header("x-b") == "b"
        assert response.body == b'["POST","/echo/a b","c=1","hello","a"]'
        assert (await transport.send(Request("GET", "http://c/no"), timeout=5)).status == 404
        assert (await transport.send(Request("GET", "http://c/fail"), timeout=5)).status == 500
        with pytest.raises(LostAnswer):
            await transport.send(Request("GET", "http://c/hang"), timeout=5)
        with pytest.raises(NotSent):
            transport.send_blocking(Request("GET", "http://c/no"), timeout=5)
        await transport.close()

    run(main)


# --- a function ---


@dataclass
class Outcome:
    response: Response
    lost: bool = False
    delay: float = 0.0


def test_a_function_answers_late_or_not_at_all() -> None:
    async def main(clock: VirtualClock) -> None:
        outcomes = {
            "/quick": Outcome(Response(200)),
            "/slow": Outcome(Response(200), delay=3),
            "/late": Outcome(Response(200), delay=30),
            "/lost": Outcome(Response(200), lost=True),
        }
        transport = FunctionTransport(
            lambda request, now: outcomes[request.url], clock, lambda request: 0.5
        )

        async def spent(path: str) -> float:
            before = clock.monotonic()
            assert (await transport.send(Request("GET", path), timeout=10)).status == 200
            return clock.monotonic() - before

        assert await spent("/quick") == 0.5
        assert await spent("/slow") == 3.5
        for path in ("/late", "/lost"):
            with pytest.raises(LostAnswer):
                await spent(path)
            with pytest.raises(LostAnswer):
                transport.send_blocking(Request("GET", path), timeout=10)
        assert transport.send_blocking(Request("GET", "/slow"), timeout=10).status == 200

    run(main)
