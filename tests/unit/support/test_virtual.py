"""The virtual loop keeps order, jumps over waiting, and kills without a last word."""

from __future__ import annotations

import asyncio

import pytest

from support.virtual import START, Stuck, VirtualClock, VirtualLoop, run


def test_time_jumps_and_ties_keep_their_order() -> None:
    async def main(clock: VirtualClock) -> list[tuple[str, float]]:
        seen: list[tuple[str, float]] = []

        async def wait(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            seen.append((name, clock.monotonic()))

        await asyncio.gather(wait("c", 3600), wait("a", 60), wait("b", 60))
        assert clock.now() == START + 3600
        return seen

    assert run(main) == [("a", 60.0), ("b", 60.0), ("c", 3600.0)]


def test_timeouts_work() -> None:
    async def main(clock: VirtualClock) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await clock.sleep(10)
        assert clock.monotonic() == 5

    run(main)


def test_a_deadlock_is_told() -> None:
    async def main(clock: VirtualClock) -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck, match="task-1"):
        run(main)


def test_a_failing_callback_fails_the_run() -> None:
    async def main(clock: VirtualClock) -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 // 0)
        await clock.sleep(1)

    with pytest.raises(ZeroDivisionError):
        run(main)


def _victim(loop: VirtualLoop, lines: list[str]) -> None:
    clock = VirtualClock(loop)

    async def child() -> None:
        try:
            await clock.sleep(3)
            lines.append("child")
        finally:
            lines.append("child finally")

    async def parent() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            lines.append("parent")
            try:
                await asyncio.sleep(2)
                lines.append("parent after 2")
                await asyncio.sleep(2)
            finally:
                lines.append("parent finally")

    process = loop.process("victim")
    process.start(parent())
    loop.call_at(2.5, process.kill)


def test_a_killed_process_runs_no_line_more() -> None:
    loop = VirtualLoop()
    lines: list[str] = []
    _victim(loop, lines)
    loop.run_until_complete(asyncio.sleep(100))
    assert lines == ["parent", "parent after 2"]
    loop.close()


def test_a_process_dies_in_its_own_port() -> None:
    loop = VirtualLoop()
    lines: list[str] = []

    async def life() -> None:
        try:
            lines.append("alive")
            await process.die()
        finally:
            lines.append("finally")

    process = loop.process("p")
    process.start(life())
    loop.run_until_complete(asyncio.sleep(1))
    assert lines == ["alive"]
    assert not process.alive
    loop.close()


def test_kills_can_be_drawn_before_any_step() -> None:
    seen: list[str] = []
    loop = VirtualLoop()

    async def life() -> None:
        for _ in range(10):
            seen.append("line")
            await asyncio.sleep(1)

    process = loop.process("p")

    def draw(current: object) -> None:
        if current is process and len(seen) == 4:
            process.kill()

    loop.before_step = draw
    process.start(life())
    loop.run_until_complete(asyncio.sleep(60))
    assert len(seen) == 4
    loop.close()
