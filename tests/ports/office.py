"""An authenticator on a simulated Keystone, with its delegations in a dict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from calor.cloud.authenticator import KeystoneAuthenticator
from calor.cloud.clouds import OpenStackClouds
from calor.cloud.delegation import Delegation
from calor.cloud.pace import ON_LINE
from calor.model.ports import Caller, Trust
from calor.model.stack import Definition, Stack
from calor.model.states import Action, Status
from support.clouded import AUTH_URL, Bench
from support.virtual import VirtualClock


class Rows:
    """The Trusts port in a dict."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._made = 0
        self.rows: dict[str, Trust] = {}

    async def use(self, user_id: str, project_id: str, roles: tuple[str, ...]) -> Trust:
        for row in self.rows.values():
            if (row.user_id, row.project_id, row.roles) == (user_id, project_id, roles):
                self.rows[row.id] = replace(row, stacks=row.stacks + 1)
                return self.rows[row.id]
        self._made += 1
        row = Trust(
            f"row-{self._made}",
            user_id,
            project_id,
            roles,
            stacks=1,
            created_at=self._clock.now(),
        )
        self.rows[row.id] = row
        return row

    async def set_trust(self, id: str, trust_id: str) -> None:
        self.rows[id] = replace(self.rows[id], trust_id=trust_id)

    async def unuse(self, id: str) -> Trust | None:
        row = self.rows[id] = replace(self.rows[id], stacks=self.rows[id].stacks - 1)
        return row if row.stacks <= 0 else None

    async def get(self, id: str) -> Trust | None:
        return self.rows.get(id)

    async def forget(self, id: str) -> None:
        self.rows.pop(id, None)

    async def recount(self, before: float) -> None:
        pass

    async def all(self) -> list[Trust]:
        return list(self.rows.values())


class Office:
    """An authenticator with its rows, and what an administrator sees of the trusts."""

    def __init__(self, bench: Bench, *, installation: str = "here") -> None:
        self.bench = bench
        self.rows = Rows(bench.clock)
        self.delegation = Delegation(
            bench.site,
            service_user=bench.service_user,
            trusts=self.rows,
            installation=installation,
        )
        self.authenticator = KeystoneAuthenticator(
            bench.site, auth_url=AUTH_URL, delegation=self.delegation
        )
        self.clouds = OpenStackClouds(
            bench.site,
            auth_url=AUTH_URL,
            service_user=bench.service_user,
            trusts=self.rows,
        )

    async def caller(self, user: str = "demo") -> Caller:
        identity = await self.bench.account(user, user).identity(ON_LINE)
        return await self.authenticator.authenticate(identity.token)

    async def trusts(self) -> list[Any]:
        admin = self.bench.cloud(self.bench.account("admin", "admin"))
        answer = await admin.call("GET", "identity", "/v3/OS-TRUST/trusts")
        return list(answer.body["trusts"])


def stack(caller: Caller, trust: str = "") -> Stack:
    return Stack(
        id="s",
        name="s",
        owner=caller.owner,
        generation=1,
        action=Action.CREATE,
        status=Status.IN_PROGRESS,
        reason="",
        definition=Definition(""),
        trust=trust,
    )
