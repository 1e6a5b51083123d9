"""The Authenticator port: who holds a token, and with which power the engine goes on for them.

It decides nothing about what they may do; that is policy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from calor.base.errors import (
    CloudError,
    Forbidden,
    HttpFault,
    LoginFailed,
    Unauthenticated,
)
from calor.cloud import login
from calor.cloud.delegation import Delegation
from calor.cloud.flight import SingleFlight
from calor.cloud.login import Identity
from calor.cloud.pace import ON_LINE, worth_repeating
from calor.cloud.session import Account, Site
from calor.model.ports import Caller
from calor.model.stack import Owner

REMEMBERED = 60.0
"""Seconds for which a token is not asked about again."""

_MOST = 10_000


class KeystoneAuthenticator:
    """Asks Keystone. Without a `delegation` (no service user) tokens are checked with themselves,
    and nobody can delegate."""

    def __init__(self, site: Site, *, auth_url: str, delegation: Delegation | None) -> None:
        self._site = site
        self._auth_url = auth_url
        self._delegation = delegation
        self._known: dict[str, tuple[float, Identity]] = {}
        self._flights = SingleFlight()

    async def authenticate(self, token: str) -> Caller:
        if not token:
            raise Unauthenticated("the request has no token", "send one as X-Auth-Token")
        identity = await self.identity(token)
        if not identity.project_id:
            raise Forbidden("the token has no project", "get a token for a project")
        return _caller(identity)

    async def identity(self, token: str) -> Identity:
        """What Keystone says of a token, remembered for a minute."""
        now = self._site.clock.now()
        key = hashlib.sha256(token.encode()).hexdigest()
        known = self._known.get(key)
        if known is not None and now < min(known[0] + REMEMBERED, known[1].expires_at):
            return known[1]
        try:
            identity = await self._flights.run(key, lambda: self._ask(token))
        except LoginFailed as error:
            raise Unauthenticated(str(error)) from error
        if identity.expires_at <= now:
            raise Unauthenticated("the token has expired", "get a new one")
        self._known.pop(key, None)
        self._known[key] = (now, identity)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return identity

    async def delegate(self, caller: Caller, *, asked: Callable[[], None] = lambda: None) -> str:
        if self._delegation is None:
            raise Forbidden(
                "this Calor has no service user with a password, so nobody can delegate to it",
                "its operator gives it one: calor serve --cloud NAME with username and password",
            )
        return await self._delegation.delegate(await self.identity(caller.token), asked)

    async def drop(self, trust: str) -> None:
        if trust and self._delegation is not None:
            await self._delegation.drop(trust)

    async def close(self) -> None:
        """Before the store and the transport are closed: gives back what is only kept."""
        if self._delegation is not None:
            await self._delegation.close()

    async def sweep(self) -> list[str]:
        """Ends trusts of ours that nothing uses; returns their ids. To be called now and then."""
        return await self._delegation.sweep() if self._delegation is not None else []

    async def _ask(self, token: str) -> Identity:
        done = 0
        while True:
            try:
                return await self._validate(token)
            except LoginFailed:
                raise
            except CloudError as error:
                done += 1
                if done >= ON_LINE.tries or not worth_repeating(error, safe=True):
                    raise
                pause = ON_LINE.wait(done, error, self._site.ids)
            await self._site.clock.sleep(pause)

    async def _validate(self, token: str) -> Identity:
        """Asked as the service user, whom Keystone lets ask about others; else as themselves."""
        if self._delegation is not None:
            for _ in range(2):
                try:
                    asker = (await self._delegation.service_identity()).token
                except LoginFailed:
                    break  # our own trouble, not the caller's; delegating will tell of it
                try:
                    return await self._look(token, asker)
                except HttpFault as error:
                    if error.status == 401:
                        self._delegation.refused(asker)
                    elif error.status == 403:
                        break
                    else:
                        raise
        return await self._look(token, token)

    async def _look(self, token: str, asker: str) -> Identity:
        return await login.validate(
            token,
            asker=asker,
            auth_url=self._auth_url,
            transport=self._site.transport,
            timeout=self._site.settings.call_timeout,
        )


class LocalAuthenticator:
    """Local mode: whoever reaches the API is the owner of the file, and acts with the cloud that
    they configured; `account` is None when they configured none."""

    def __init__(self, account: Account | None) -> None:
        self._account = account

    async def authenticate(self, token: str) -> Caller:
        if self._account is None:
            return Caller(Owner("local", "local", "local"), ("admin",), is_admin=True)
        identity = await self._account.identity(ON_LINE)
        if not identity.project_id:
            raise Forbidden(
                "the cloud's credentials name no project", "add project_name to the clouds.yaml"
            )
        caller = _caller(identity)
        return Caller(
            caller.owner,
            caller.roles,
            project_name=caller.project_name,
            is_admin=caller.is_admin,
        )

    async def delegate(self, caller: Caller, *, asked: Callable[[], None] = lambda: None) -> str:
        return ""

    async def drop(self, trust: str) -> None:
        pass


def _caller(identity: Identity) -> Caller:
    return Caller(
        Owner(identity.project_id, identity.user_id, identity.username),
        identity.roles,
        token=identity.token,
        project_name=identity.project_name,
        is_admin="admin" in identity.roles,
        expires_at=identity.expires_at,
    )
