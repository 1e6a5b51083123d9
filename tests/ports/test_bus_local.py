"""The bus inside one process: wake-ups are remembered, each key once, until somebody waits."""

from __future__ import annotations

import asyncio

from calor.bus.local import LocalBus
from support.virtual import VirtualLoop


def run(work: object) -> object:
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(work)  # type: ignore[arg-type]  # any coroutine
    finally:
        loop.close()


def test_keys_are_heard_once_and_in_order() -> None:
    async def scenario() -> None:
        bus = LocalBus()
        one, two, other = bus.listen("stacks"), bus.listen("stacks"), bus.listen("engines")
        for key in ("b", "a", "b"):
            bus.wake("stacks", key)
        bus.wake("nobody", "x")
        assert await one.wait(1.0) == ["b", "a"]
        bus.wake("stacks", "c")
        assert await one.wait(1.0) == ["c"]
        assert await two.wait(1.0) == ["b", "a", "c"]
        assert await other.wait(1.0) == []
        bus.wake("engines")
        assert await other.wait(1.0) == [""]

    run(scenario())


def test_silence_ends_after_the_timeout() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        listener = LocalBus().listen("engines")
        began = loop.time()
        assert await listener.wait(5.0) == []
        assert loop.time() == began + 5.0

    run(scenario())


def test_who_waits_is_woken_at_once() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        bus = LocalBus()
        listener = bus.listen("engines")
        loop.call_later(2.0, lambda: bus.wake("engines", "x"))
        assert await listener.wait(100.0) == ["x"]
        assert loop.time() == 2.0

    run(scenario())


def test_a_closed_listener_hears_nothing() -> None:
    async def scenario() -> None:
        bus = LocalBus()
        listener = bus.listen("engines")
        listener.close()
        listener.close()
        bus.wake("engines", "x")
        assert await listener.wait(1.0) == []

    run(scenario())
