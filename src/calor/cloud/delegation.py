"""Trusts: how users hand a part of their power to the service user, and how we give it back.

One trust for each user, project and role set, counted by its row. The row is written before
Keystone is asked, so that a trust which no row knows is a leftover.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from calor.base.errors import CalorError, CloudError, Forbidden, HttpFault, LoginFailed
from calor.cloud.flight import SingleFlight
from calor.cloud.login import Identity, NoCredential, PluginCredential, ServiceUser
from calor.cloud.pace import DEFERRED, ON_LINE, Patience
from calor.cloud.session import Account, Call, Session, Site
from calor.model.cloud import Answer
from calor.model.ports import Trust, Trusts

log = structlog.get_logger(__name__)

GRACE = 900.0
"""Seconds for which a trust without a row is left alone: it may just be getting one."""

CLOSING = 5.0
"""Seconds that a process takes at its end to give back what it only kept."""

MOMENTS = 5
"""How many moments of the day are tried: Keystone compares whole seconds, of dead trusts too."""
TRUSTS = "/v3/OS-TRUST/trusts"

_MARKS = datetime(2200, 1, 1, tzinfo=UTC)
_DAYS = 400 * 365


class Delegation:
    """Makes, uses up and sweeps trusts towards one service user.

    `installation` is any text that tells one Calor with this service user from another: trusts
    carry no name, so ours are known by the end of their life, a day after the year 2200 that is
    computed from it. The time of that day is random, since Keystone lets no second trust between
    the same users end at the same moment, not even after the first was deleted.
    """

    def __init__(
        self, site: Site, *, service_user: ServiceUser, trusts: Trusts, installation: str
    ) -> None:
        self._site = site
        self._service_user = service_user
        self._trusts = trusts
        self._day = _day(installation)
        self._account = Account(site, self._credential(""))
        self._flights = SingleFlight()
        self._leaving: dict[asyncio.Task[None], None] = {}
        """What is dropped later, or just now."""
        self._closing = asyncio.Event()
        self._strange: dict[str, float] = {}

    def _credential(self, trust_id: str) -> PluginCredential:
        return PluginCredential(
            lambda: self._service_user.plugin(trust_id),
            transport=self._site.transport,
            executor=self._site.executor,
            timeout=self._site.settings.call_timeout,
        )

    async def service_identity(self, patience: Patience = ON_LINE) -> Identity:
        """Who the service user is."""
        return await self._account.identity(patience)

    def refused(self, token: str) -> None:
        """The service user's token was refused."""
        self._account.refused(token)

    async def delegate(self, identity: Identity, asked: Callable[[], None]) -> str:
        """The id of the row of the user's trust, with one more stack counted. `asked` is called
        when all that is left is to wait for Keystone."""
        if identity.borrowed:
            raise Forbidden(
                f"a token that comes from {_an(identity.borrowed)} can't delegate to Calor",
                "log in with user and password, or with an application credential created "
                "with --unrestricted",
            )
        row = await self._trusts.use(identity.user_id, identity.project_id, identity.roles)
        if row.trust_id:
            return row.id
        if self._flights.flies(row.id):
            asked()
        try:
            await self._flights.run(row.id, lambda: self._make(row.id, identity, asked))
        except BaseException:
            await self._give_back(row.id)
            raise
        return row.id

    async def _make(self, row_id: str, identity: Identity, asked: Callable[[], None]) -> None:
        row = await self._trusts.get(row_id)
        if row is not None and row.trust_id:
            return
        asked()
        service = await self.service_identity()
        body = {
            "trust": {
                "trustor_user_id": identity.user_id,
                "trustee_user_id": service.user_id,
                "project_id": identity.project_id,
                "impersonation": True,
                "allow_redelegation": False,
                "expires_at": self._end_of_life(),
                "roles": [{"name": role} for role in identity.roles],
            }
        }
        account = Account(
            self._site, NoCredential("the caller's token is not valid"), identity=identity
        )
        session = Session(self._site, account, patience=ON_LINE)
        try:
            answer = await self._posted(session, body)
        except HttpFault as error:
            if error.status in (401, 403):
                raise Forbidden(
                    f"Keystone does not let this token delegate to Calor: {error.message}",
                    "log in with user and password and a role in the project, and try again",
                ) from error
            raise
        await self._trusts.set_trust(row_id, str(answer.body["trust"]["id"]))

    async def _posted(self, session: Session, body: dict[str, dict[str, Any]]) -> Answer:
        """A trust that ends at a moment of its own: by chance an older one may have that."""
        for _ in range(MOMENTS - 1):
            try:
                return await session.call(Call("POST", "identity", TRUSTS, body=body))
            except HttpFault as error:
                if error.status != 409:
                    raise
            body["trust"]["expires_at"] = self._end_of_life()
        return await session.call(Call("POST", "identity", TRUSTS, body=body))

    async def drop(self, row_id: str) -> None:
        """One stack less, in `trust_kept` seconds: the last one takes the trust with it, and who
        deletes a stack often makes the next one. A process that dies meanwhile leaves a count too
        high, which the sweep puts right."""
        task = asyncio.get_running_loop().create_task(self._leave_later(row_id))
        self._leaving[task] = None
        task.add_done_callback(self._leaving.pop)

    async def _leave_later(self, row_id: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._site.settings.trust_kept):
                await self._closing.wait()
        try:
            await self._leave(row_id)
        except CalorError as error:
            # Unused trusts are swept later.
            log.warning("a delegation was not ended", error=str(error))

    async def _leave(self, row_id: str) -> None:
        row = await self._trusts.unuse(row_id)
        if row is not None:
            await self._end(row)

    async def close(self) -> None:
        """Drops now what is to be dropped later. What takes too long is swept another time."""
        self._closing.set()
        if self._leaving:
            _, left = await asyncio.wait(list(self._leaving), timeout=CLOSING)
            for task in left:
                task.cancel()

    async def _give_back(self, row_id: str) -> None:
        row = await self._trusts.unuse(row_id)
        if row is not None and not row.trust_id:
            await self._trusts.forget(row.id)

    async def _end(self, row: Trust) -> None:
        """The row goes first: a stack that counts itself in from now on gets a new one, and what
        a crash leaves in Keystone is swept."""
        await self._trusts.forget(row.id)
        if await self._trusts.get(row.id) is None and row.trust_id:
            await self._delete(row.trust_id, ON_LINE)

    async def _delete(self, trust_id: str, patience: Patience) -> None:
        """Ends a trust in Keystone: only who gave it may, and with it we act as they."""
        account = Account(self._site, self._credential(trust_id))
        call = Call("DELETE", "identity", f"/v3/OS-TRUST/trusts/{trust_id}")
        for who in (account, self._account):
            try:
                await Session(self._site, who, patience=patience).call(call)
                return
            except HttpFault as error:
                if error.status == 404:
                    return
                if error.status not in (401, 403):
                    raise
            except LoginFailed:
                pass  # the user may be gone or disabled: then only an administrator can

    async def sweep(self) -> list[str]:
        """Ends trusts of ours that no row has known for a while, and rows that no stack uses.
        Returns the ids of the trusts that it ended."""
        session = Session(self._site, self._account, patience=DEFERRED)
        me = (await self.service_identity(DEFERRED)).user_id
        answer = await session.call(
            Call("GET", "identity", "/v3/OS-TRUST/trusts", query={"trustee_user_id": me})
        )
        now = self._site.clock.now()
        await self._trusts.recount(now - GRACE)
        rows = await self._trusts.all()
        for row in rows:
            if row.stacks <= 0 and row.created_at < now - GRACE:
                await self._end(row)
        known = [row.trust_id for row in rows]
        ours = [trust["id"] for trust in _list(answer.body) if self._is_ours(trust)]
        self._strange = {id: self._strange.get(id, now) for id in ours if id not in known}
        old = [id for id, since in self._strange.items() if now - since >= GRACE]
        ended = []
        for id in old:
            try:
                await self._delete(id, DEFERRED)
            except CloudError:
                continue  # the next sweep tries again
            ended.append(id)
            del self._strange[id]
        return ended

    def _is_ours(self, trust: dict[str, Any]) -> bool:
        return str(trust.get("expires_at") or "").startswith(self._day)

    def _end_of_life(self) -> str:
        moment = timedelta(seconds=self._site.ids.uniform(0, 86399))
        return f"{self._day}T{(_MARKS + moment).strftime('%H:%M:%S.%f')}Z"


def _list(body: Any) -> list[dict[str, Any]]:
    return list(body.get("trusts") or ()) if isinstance(body, dict) else []


def _day(installation: str) -> str:
    digest = hashlib.sha256(installation.encode()).digest()
    moment = _MARKS + timedelta(days=int.from_bytes(digest[:8], "big") % _DAYS)
    return moment.strftime("%Y-%m-%d")


def _an(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
