"""A port that a server program listens on."""

from __future__ import annotations

import asyncio
import socket

import pytest
import uvloop

from calor.main.serving import open_port


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_answers_wait_for_no_acknowledgement(loop: type[asyncio.AbstractEventLoop]) -> None:
    """Else the second part of an answer waits 40 ms for the client's kernel."""

    async def story() -> int:
        delays: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            taken = writer.get_extra_info("socket")
            delays.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        opened = open_port("127.0.0.1", 0)
        async with await asyncio.start_server(accepted, sock=opened):
            _, writer = await asyncio.open_connection(*opened.getsockname())
            found = await delays
            writer.close()
        return found

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(story()) != 0
