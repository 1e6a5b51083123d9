"""An engine: takes stacks that have something to do, and runs each for as long as that lasts.

It decides nothing about resources; it holds leases and listens.
"""

from __future__ import annotations

import asyncio

import structlog

from calor.engine.courier import Courier
from calor.engine.doubts import Doubts
from calor.engine.ports import Ports
from calor.engine.run import Run
from calor.model.bus import Bus
from calor.model.ports import Claim

log = structlog.get_logger(__name__)

CLAIM_AT_ONCE = 100


class Engine:
    """`holder` names the engine in leases; a restarted engine of the same name takes its own
    stacks back at once."""

    def __init__(self, ports: Ports, bus: Bus, *, holder: str) -> None:
        self._ports = ports
        self._bus = bus
        self._holder = holder
        self._doubts = Doubts()
        self._courier = Courier(ports, holder=holder)
        self._slots = asyncio.Semaphore(ports.settings.max_steps)
        self._runs: dict[str, Run] = {}
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._closing = asyncio.Event()

    async def run(self) -> None:
        """Works until `close`; ends when every stack was given back."""
        background = [
            asyncio.get_running_loop().create_task(work)
            for work in (self._renew(), self._look(), self._hear(), self._courier.look())
        ]
        try:
            await self._claim()
        finally:
            for task in background:
                task.cancel()
            for run in self._runs.values():
                run.close()
            while self._tasks:
                await asyncio.wait([next(iter(self._tasks))])
            await self._courier.close()

    def close(self) -> None:
        self._closing.set()
        self._bus.wake("engines")

    async def _claim(self) -> None:
        settings = self._ports.settings
        listener = self._bus.listen("engines")
        try:
            while not self._closing.is_set():
                try:
                    claims = await self._ports.leases.claim(self._holder, CLAIM_AT_ONCE)
                except Exception:
                    log.exception("stacks could not be claimed")
                    claims = []
                # All are known before the first one begins: rows in doubt must hear of each other.
                runs = [(self._run_of(claim), claim.stack.id) for claim in claims]
                for run, stack_id in runs:
                    self._start(run, stack_id)
                if not claims:
                    await listener.wait(settings.poll_interval)
        finally:
            listener.close()

    def _run_of(self, claim: Claim) -> Run:
        return Run(claim, self._ports, self._slots, self._doubts, self._courier)

    def _start(self, run: Run, stack_id: str) -> None:
        self._runs[stack_id] = run
        task = asyncio.get_running_loop().create_task(run.carry_out())
        self._tasks[task] = None

        def ended(task: asyncio.Task[None]) -> None:
            del self._tasks[task]
            if self._runs.get(stack_id) is run:
                del self._runs[stack_id]
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("a run broke", stack=stack_id, exc_info=error)

        task.add_done_callback(ended)

    async def _renew(self) -> None:
        """Keeps the leases of all runs alive: three times in each lease's length."""
        settings = self._ports.settings
        while True:
            await self._ports.clock.sleep(settings.lease_duration / 3)
            runs = dict(self._runs)
            try:
                renewed = await self._ports.leases.renew([run.lease for run in runs.values()])
            except Exception:
                log.exception("leases could not be renewed")
                continue
            kept = {lease.stack_id: lease for lease in renewed}
            for stack_id, run in runs.items():
                if stack_id in kept:
                    run.renewed(kept[stack_id])
                else:
                    run.lease_lost()

    async def _look(self) -> None:
        """Looks for what no message told: newer operations, children that ended."""
        while True:
            await self._ports.clock.sleep(self._ports.settings.poll_interval)
            await self._notice(list(self._runs))

    async def _hear(self) -> None:
        """Passes wake-ups of single stacks on to their runs."""
        listener = self._bus.listen("stacks")
        try:
            while True:
                await self._notice(await listener.wait(3600.0))
        finally:
            listener.close()

    async def _notice(self, stack_ids: list[str]) -> None:
        runs = {id: self._runs[id] for id in stack_ids if id in self._runs}
        if not runs:
            return
        try:
            generations = await self._ports.reads.generations(list(runs))
            for stack_id, run in runs.items():
                run.noticed(generations.get(stack_id, 0))
                await run.children.look()
                await run.pauses.look()
        except Exception:
            # Whatever it is: an engine that is deaf from now on would be worse.
            log.exception("stacks could not be looked at")
