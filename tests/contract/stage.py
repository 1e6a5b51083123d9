"""Where the suite plays: a sandbox in process under virtual time, or a real cloud.

A real one when CALOR_TEST_CLOUD names a cloud of clouds.yaml, and CALOR_TEST_ADMIN one for what
only administrators may do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from calor.base.clock import Clock
from calor.base.executor import ThreadExecutor
from calor.base.ids import Ids, SeededIds, SystemIds
from calor.base.settings import Settings
from calor.base.system_clock import SystemClock
from calor.base.wire import Transport
from calor.cloud.cloud import OpenStackCloud, Project
from calor.cloud.login import PluginCredential
from calor.cloud.pace import DEFERRED
from calor.cloud.session import Account, Session, Site
from calor.model.cloud import Cloud
from calor.sandbox.core import Sandbox
from calor.transport.function import FunctionTransport
from conformance import given
from conformance.given import ADMIN, CLOUD, RealUser
from conformance.recorder import Recorder, Records, clean
from contract.saboteur import CRASHES, FAULTS, Harm, Saboteur
from support.clouded import Bench
from support.virtual import VirtualClock, VirtualLoop

T = TypeVar("T")

REAL = given.is_real()
HARMS = [*CRASHES, Harm.LOST_AFTER] if REAL else [*CRASHES, *FAULTS]
"""What is done to calls; a real cloud has no time for all, and sees nothing of the others."""


class Stage(Protocol):
    """A cloud, and connections to it that can be sabotaged each by itself."""

    clock: Clock
    ids: Ids

    async def connect(self, *, admin: bool) -> tuple[Cloud, Saboteur]: ...

    def ours(self, id: str) -> bool:
        """Whether this test made a thing: others may be at work on the same cloud."""
        ...

    def second_image(self) -> str:
        """The name of an image beside `tiny`, as small."""
        ...


class SandboxStage:
    def __init__(self, loop: VirtualLoop) -> None:
        self.clock: Clock = VirtualClock(loop)
        self.ids: Ids = SeededIds(3)
        self.sandbox = Sandbox(ids=SeededIds(2))
        self._wire = FunctionTransport(self.sandbox.exchange, self.clock, self.sandbox.latency)

    async def connect(self, *, admin: bool) -> tuple[Cloud, Saboteur]:
        assert isinstance(self.clock, VirtualClock)
        saboteur = Saboteur(self._wire)
        bench = Bench(self.clock, saboteur)
        who = "admin" if admin else "demo"
        return await _cloud(bench.site, bench.account(who, who)), saboteur

    def ours(self, id: str) -> bool:
        return True

    def second_image(self) -> str:
        return "cirros"


class RealStage:
    def __init__(self) -> None:
        self.clock: Clock = SystemClock()
        self.ids: Ids = SystemIds()
        self._executor = ThreadExecutor(2)
        self._wires: list[Transport] = []
        self._records = Records()
        self._images: list[str] = []

    def ours(self, id: str) -> bool:
        return id in self._records.ids

    def second_image(self) -> str:
        user = RealUser(CLOUD, given.network(CLOUD))
        name = f"contract-{self.ids.uuid()}"
        form = {"name": name, "disk_format": "raw", "container_format": "bare"}
        status, image = user.ask("POST", "/image/v2/images", form)
        assert status == 201, image
        self._images.append(user.url(f"/image/v2/images/{image['id']}"))
        assert user.upload(f"{self._images[-1]}/file", b"an image").status == 204
        return name

    async def connect(self, *, admin: bool) -> tuple[Cloud, Saboteur]:
        which = ADMIN if admin else CLOUD
        config = given.config(which)
        saboteur = Saboteur(Recorder(given.network(which), self._records), reads=False)
        self._wires.append(saboteur)
        site = Site(
            saboteur,
            self.clock,
            self.ids,
            self._executor,
            Settings(),
            config.region,
            config.interface,
        )
        credential = PluginCredential(
            config.plugin, transport=saboteur, executor=self._executor, timeout=60
        )
        return await _cloud(site, Account(site, credential)), saboteur

    async def close(self) -> None:
        """Takes away what a failed test left."""
        for wire in self._wires:
            await wire.close()
        self._executor.close()
        users = [RealUser(which, given.network(which)) for which in (CLOUD, ADMIN)]
        left = clean(self._records, users)
        for url in self._images:
            users[0].send("DELETE", url)
        assert left == []


async def _cloud(site: Site, account: Account) -> Cloud:
    identity = await account.identity(DEFERRED)
    return OpenStackCloud(
        Project(Session(site, account)),
        project_id=identity.project_id,
        user_id=identity.user_id,
    )


def play(story: Callable[[Stage], Coroutine[Any, Any, T]]) -> T:
    """Runs a story on a fresh sandbox, or on the real cloud."""
    if REAL:
        return asyncio.run(_real(story))
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(story(SandboxStage(loop)))
    finally:
        loop.close()


async def _real(story: Callable[[Stage], Coroutine[Any, Any, T]]) -> T:
    stage = RealStage()
    try:
        return await story(stage)
    finally:
        await stage.close()
