"""What a server does now and then beside its work, for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from calor.base.errors import CalorError
from calor.cloud.authenticator import KeystoneAuthenticator
from calor.main.assemble import House

log = structlog.get_logger(__name__)

SWEEP = 600.0
"""Seconds between two looks for trusts that nothing uses."""

TIDY = 1.0
"""Seconds between two looks whether the store has something to clean up."""


@contextmanager
def upkeep(house: House) -> Iterator[None]:
    """It is done while the context lasts."""
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(chore(house)) for chore in (_sweep, _tidy)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _sweep(house: House) -> None:
    """Ends trusts that nothing uses."""
    authenticator = house.authenticator
    while isinstance(authenticator, KeystoneAuthenticator):
        await house.world.clock.sleep(SWEEP)
        try:
            for trust in await authenticator.sweep():
                log.info("an unused trust was ended", trust=trust)
        except CalorError as error:
            log.warning("trusts could not be swept", error=str(error))


async def _tidy(house: House) -> None:
    """Lets the store clean up after itself."""
    while True:
        await house.world.clock.sleep(TIDY)
        try:
            await house.store.tidy()
        except CalorError as error:
            log.warning("the store could not be tidied", error=str(error))
