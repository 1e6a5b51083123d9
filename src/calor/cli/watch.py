"""Follows a stack until its operation ends: a picture that moves on a terminal, lines in a pipe.

Ctrl-C asks what to do. Nothing here starts an operation, but the cancelling that is asked for.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

import click

from calor.base.clock import Clock, iso
from calor.base.system_clock import SystemClock
from calor.cli.errors import Stopped
from calor.cli.picture import Concern, Painter
from calor.cli.running import Interrupts, ask, interrupts
from calor.cli.view import event as events
from calor.cli.view.hooks import how_to_go_on, waits_at
from calor.cli.view.live import LiveView
from calor.client import Client, EventInfo, StackInfo

DEPTH = 5
"""As deep as stacks nest by default."""
PAUSE = 0.25
QUESTION = "\nGo on watching (g), stop watching (s), or cancel and go back (c)? [g] "


async def last_event(client: Client, ref: str) -> str:
    """The id of a stack's newest event, '' when there is none: what comes after it is new."""
    found = await client.events(ref, sort_dir="desc", limit=1)
    return found[0].id if found else ""


async def watch(
    client: Client,
    ref: str,
    *,
    title: str,
    marker: str = "",
    concerns: Sequence[Concern] = (),
    aside: bool = False,
) -> StackInfo:
    """The stack when its operation has ended. `concerns` are the resources that it will do
    something with, all without any; `marker` is the newest event of before. `aside` leaves stdout
    to what another program will read.

    Raises `Stopped` when the user stops watching.
    """
    watcher = _Watcher(client, ref, SystemClock(), title)
    with interrupts() as heard:
        if aside or not sys.stdout.isatty():
            return await watcher.interruptible(watcher.tell(marker, aside=aside), heard)
        with LiveView() as view:
            return await watcher.interruptible(watcher.draw(view, concerns), heard, view)


class _Watcher:
    def __init__(self, client: Client, ref: str, clock: Clock, title: str) -> None:
        self._client = client
        self._ref = ref
        self._clock = clock
        self._title = title

    async def interruptible(
        self,
        work: Coroutine[Any, Any, StackInfo],
        heard: Interrupts,
        view: LiveView | None = None,
    ) -> StackInfo:
        """Does the work, but for Ctrl-C."""
        loop = asyncio.get_running_loop()
        working = loop.create_task(work)
        try:
            while True:
                hearing = loop.create_task(heard.wait())
                await asyncio.wait([working, hearing], return_when=asyncio.FIRST_COMPLETED)
                if working.done():
                    hearing.cancel()
                    return working.result()
                await self._interrupted(heard, view)
        finally:
            working.cancel()

    async def _interrupted(self, heard: Interrupts, view: LiveView | None) -> None:
        if view is None or not sys.stdin.isatty():
            raise Stopped
        view.pause()
        answer = await ask(QUESTION, heard)
        if answer.lower().startswith("s"):
            raise Stopped
        if answer.lower().startswith("c"):
            await self._cancel()
        view.resume()

    async def _cancel(self) -> None:
        """Goes back to what was there before: for a stack that is being created, to nothing."""
        stack = await self._stack()
        if stack.status.startswith("CREATE"):
            await self._client.delete(self._ref)
        elif stack.status.startswith("UPDATE"):
            await self._client.cancel_update(self._ref)

    # --- lines ----------------------------------------------------------------------------------

    async def tell(self, marker: str, *, aside: bool) -> StackInfo:
        """A line an event, those of nested stacks too."""
        stack = await self._stack()
        async for event in self._client.follow(self._ref, marker=marker, depth=DEPTH):
            print_event(event, stack.name, aside=aside)
            if event.is_stack and event.stack == stack.ref and not _goes_on(event.status):
                stack = await self._stack()
                if not stack.in_progress:
                    break
        return stack

    async def _stack(self) -> StackInfo:
        return await self._client.stack(self._ref, outputs=False)

    # --- the picture ----------------------------------------------------------------------------

    async def draw(self, view: LiveView, concerns: Sequence[Concern]) -> StackInfo:
        painter = Painter(self._title, concerns, now=self._clock.monotonic())
        wait = 0.0
        while True:
            stack = await self._client.stack(self._ref, outputs=False, wait=wait)
            before = self._clock.monotonic()
            resources = await self._client.resources(self._ref, depth=DEPTH)
            view.show(painter.picture(stack, resources, self._clock.monotonic()))
            if not stack.in_progress:
                return stack
            # a look at a large stack costs something: it must not be most of what goes on
            wait = max(PAUSE, 3 * (self._clock.monotonic() - before))


def _goes_on(status: str) -> bool:
    return status.endswith("IN_PROGRESS")


def print_event(event: EventInfo, root: str, *, aside: bool = False) -> None:
    """The event's line, where it has one."""
    line = event_line(event, root)
    if line:
        click.echo(line, err=aside)


def event_line(event: EventInfo, root: str) -> str:
    """`19:15:02  network  CREATE_COMPLETE`. `root` is the name of the stack that was asked for;
    what is inside a nested stack is shown below the nested one's name. '' for what a nested stack
    says of itself: its parent says it of the resource that it is."""
    name = f"stack {event.name}" if event.is_stack else event.name
    inside = event.stack.partition("/")[0]
    if inside != root:
        if event.is_stack:
            return ""
        # a nested stack's name is its parent's, its resource's and a random suffix
        name = f"{inside.removeprefix(f'{root}-').rpartition('-')[0]}/{event.name}"
    colour = "red"
    reason = event.reason if event.status.endswith("FAILED") else ""
    if event.hook:
        # The name of a stack inside does not say through which resources it is reached.
        how = how_to_go_on(root, event.name if inside == root else "")
        colour, reason = "cyan", f"{waits_at([event.hook])}; {how}"
    elif event.is_clearing:
        colour, reason = "cyan", event.reason
    return events.line(iso(event.at)[11:19], name, event.status, reason, colour)
