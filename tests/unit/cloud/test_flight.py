"""Equal work is done once, work of one moment is gathered, a wait can be cut short."""

from __future__ import annotations

import asyncio

import pytest

from calor.cloud.flight import Alarm, Gathering, SingleFlight
from support.virtual import VirtualClock, run


def test_equal_work_is_done_once_even_if_one_who_asked_leaves() -> None:
    async def main(clock: VirtualClock) -> None:
        made: list[int] = []

        async def make() -> int:
            await clock.sleep(1)
            made.append(1)
            return len(made)

        flights = SingleFlight()
        first = asyncio.create_task(flights.run("k", make))
        others = [asyncio.create_task(flights.run("k", make)) for _ in range(3)]
        await clock.sleep(0.5)
        first.cancel()
        assert await asyncio.gather(*others) == [1, 1, 1]
        assert await flights.run("k", make) == 2

    run(main)


def test_failures_are_shared_and_not_kept() -> None:
    async def main(clock: VirtualClock) -> None:
        async def fail() -> int:
            raise ValueError

        flights = SingleFlight()
        results = await asyncio.gather(
            *(flights.run("k", fail) for _ in range(2)), return_exceptions=True
        )
        assert [type(item) for item in results] == [ValueError, ValueError]
        with pytest.raises(ValueError):  # nothing to match
            await flights.run("k", fail)

    run(main)


def test_what_is_asked_in_one_moment_goes_together() -> None:
    async def main(clock: VirtualClock) -> None:
        groups: list[list[int]] = []

        async def handle(group: list[int]) -> None:
            groups.append(group)
            await clock.sleep(10)

        async def later(gathering: Gathering[int], number: int) -> None:
            await asyncio.gather(asyncio.sleep(0))  # some turns of the loop, no time
            gathering.add(number)

        gathering = Gathering(handle, most=100, wide=2)
        await asyncio.gather(*(later(gathering, n) for n in range(250)))
        await clock.sleep(1)
        assert [len(group) for group in groups] == [100, 100]  # both places are taken
        await clock.sleep(10)
        assert [len(group) for group in groups] == [100, 100, 50]
        assert [n for group in groups for n in group] == list(range(250))

    run(main)


def test_what_was_taken_back_does_not_go() -> None:
    async def main(clock: VirtualClock) -> None:
        groups: list[list[str]] = []

        async def handle(group: list[str]) -> None:
            groups.append(group)

        gathering = Gathering(handle, most=100, wide=1)
        gathering.add("a")
        gathering.add("b")
        gathering.discard("a")
        await clock.sleep(0)
        await clock.sleep(1)
        assert groups == [["b"]]

    run(main)


def test_an_alarm_ends_a_wait() -> None:
    async def main(clock: VirtualClock) -> None:
        alarm = Alarm(clock)
        alarm.ring()
        await alarm.wait(5)
        assert clock.monotonic() == 5
        asyncio.get_running_loop().call_later(2, alarm.ring)
        await alarm.wait(100)
        assert clock.monotonic() == 7
        waiting = asyncio.create_task(alarm.wait(100))
        await clock.sleep(1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()

    run(main)
