"""Waiting for news of a stack: told by the bus, and sure to look up now and then."""

from __future__ import annotations

import asyncio

from calor.bus.local import LocalBus
from calor.service.news import PAUSE, news
from support.virtual import VirtualClock, run


def test_who_waits_is_woken_by_news_of_theirs_alone() -> None:
    async def story(clock: VirtualClock) -> None:
        bus = LocalBus()

        async def tell(seconds: float, key: str) -> None:
            await clock.sleep(seconds)
            bus.wake("ends", key)

        with news(bus, clock, "ends", "mine") as heard:
            telling = asyncio.gather(tell(0.01, "other"), tell(0.05, "mine"))
            began = clock.monotonic()
            await heard.wait()
            assert clock.monotonic() == began + 0.05
            await telling
            # What was told before it waits again is not lost.
            bus.wake("ends", "mine")
            await heard.wait()
            assert clock.monotonic() == began + 0.05

    run(story)


def test_who_hears_nothing_looks_all_the_same() -> None:
    async def story(clock: VirtualClock) -> None:
        bus = LocalBus()
        with news(bus, clock, "ends", "mine") as heard:
            for most, taken in ((0.1, 0.1), (30.0, PAUSE)):
                began = clock.monotonic()
                await heard.wait(most)
                assert round(clock.monotonic() - began, 6) == taken

    run(story)
