"""The service as one object: its parts, put together. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from calor.service.accept import Accept
from calor.service.catalog import Catalog
from calor.service.check import Check
from calor.service.events import Events
from calor.service.exports import Exports
from calor.service.hooks import Hooks
from calor.service.ports import Ports
from calor.service.read import Read

T = TypeVar("T")


class Service:
    """All that an API may call."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.settings = ports.settings
        self.authenticator = ports.authenticator
        self.check = Check(ports)
        self.accept = Accept(ports, self.check)
        self.read = Read(ports, self.check)
        self.events = Events(ports)
        self.exports = Exports(ports)
        self.hooks = Hooks(ports, self.read)
        self.catalog = Catalog(ports)

    async def compute(self, function: Callable[[], T]) -> T:
        """Runs long pure work where it holds no event loop."""
        return await self._ports.executor.run(function)

    def new_id(self) -> str:
        """A fresh id, for a request."""
        return self._ports.ids.uuid()
