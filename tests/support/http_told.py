"""A world with its API in front: what tests of clients stand on."""

from __future__ import annotations

from calor.api.rest.app import create_app
from calor.base.errors import NotSent
from calor.base.wire import Request, Response
from calor.client import Client
from calor.transport.asgi import AsgiTransport
from support.world import World


class InWorld:
    """A transport to the API of whichever process is alive in the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, request: Request, *, timeout: float) -> Response:
        return await self._world.ask(
            lambda calor: AsgiTransport(create_app(calor.service)).send(request, timeout=timeout)
        )

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        raise NotSent("there is no blocking way into the world")

    async def close(self) -> None:
        pass


def client_in(world: World, user: str = "demo") -> Client:
    """A client of the world's API, logged in as a user with a project of the same name."""
    account = world.user(user, user)
    account.token()

    async def token() -> str:
        return account.token()

    return Client(
        InWorld(world),
        f"http://calor.invalid/v1/{account.project_id}",
        clock=world.clock,
        token=token,
    )
