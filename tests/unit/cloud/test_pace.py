"""How many calls a service gets at once."""

from __future__ import annotations

import asyncio

from calor.base.errors import HttpFault, NotSent
from calor.base.ids import SeededIds
from calor.cloud.pace import DEFERRED, Gate
from support.virtual import VirtualClock, run


def test_places_are_given_in_order_and_come_back_when_one_is_cancelled() -> None:
    async def main(clock: VirtualClock) -> None:
        gate = Gate(clock)
        gate.width = 2
        seen: list[int] = []

        async def visit(number: int) -> None:
            entered = await gate.enter()
            seen.append(number)
            try:
                await clock.sleep(1)
            finally:
                gate.leave(entered, NotSent("no news of the service"))

        tasks = [asyncio.create_task(visit(n)) for n in range(6)]
        await clock.sleep(0.5)
        tasks[2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert seen == [0, 1, 3, 4, 5]
        assert clock.monotonic() == 3

    run(main)


def test_complaints_of_one_moment_halve_once() -> None:
    async def main(clock: VirtualClock) -> None:
        gate = Gate(clock)
        entered = [await gate.enter() for _ in range(10)]
        await clock.sleep(1)
        for at in entered:
            gate.leave(at, HttpFault(503, ""))
        assert gate.width == Gate.FIRST / 2
        for _ in range(20):
            at = await gate.enter()
            await clock.sleep(1)
            gate.leave(at, HttpFault(503, ""))
        assert gate.width == Gate.LEAST

    run(main)


def test_a_slow_service_is_not_given_more() -> None:
    async def main(clock: VirtualClock) -> None:
        gate = Gate(clock)
        for seconds, expected in [(0.1, 1), (5.0, 0), (20.0, -50)]:
            before = gate.width = Gate.FIRST
            entered = [await gate.enter() for _ in range(int(Gate.FIRST))]
            await clock.sleep(seconds)
            gate.leave(entered[0], None)
            assert gate.width - before == expected
            for at in entered[1:]:
                gate.leave(at, NotSent(""))

    run(main)


def test_waits_grow_with_jitter_and_have_an_end() -> None:
    ids = SeededIds(1)
    waits = [DEFERRED.wait(done, NotSent(""), ids) for done in range(1, 12)]
    assert all(
        DEFERRED.first / 2 * 2**n <= wait <= DEFERRED.first * 2**n
        for n, wait in enumerate(waits[:5])
    )
    assert max(waits) <= DEFERRED.longest
    assert len(dict.fromkeys(waits)) == len(waits)
