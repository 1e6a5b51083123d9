"""The machine's clock: the only module that may ask the machine for the time."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """The `Clock` of a running program."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
