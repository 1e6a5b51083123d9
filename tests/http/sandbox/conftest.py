"""A sandbox served on a loopback port, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from calor.base.ids import SeededIds
from calor.base.system_clock import SystemClock
from calor.sandbox.core import Sandbox
from calor.sandbox.http import Server
from calor.sandbox.settings import SandboxSettings


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def served() -> Iterator[Sandbox]:
    port = free_port()
    sandbox = Sandbox(
        ids=SeededIds(1),
        base_url=f"http://127.0.0.1:{port}",
        settings=SandboxSettings.instant(),
    )
    server = Server(sandbox, "127.0.0.1", port, SystemClock())
    thread = threading.Thread(target=lambda: asyncio.run(server.run()), daemon=True)
    thread.start()
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.01)
    yield sandbox
    server.stop()
    thread.join(10)
