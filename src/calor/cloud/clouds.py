"""The Clouds port: which credential a caller or a stack reaches the cloud with.

It keeps one session a credential, so that tokens, polls and bulks are shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from calor.cloud.cloud import OpenStackCloud, Project
from calor.cloud.login import (
    Credential,
    Identity,
    NoCredential,
    ServiceUser,
    TokenCredential,
    TrustCredential,
)
from calor.cloud.pace import DEFERRED, ON_LINE, Patience
from calor.cloud.session import Account, Guard, Session, Site, unguarded
from calor.model.cloud import Cloud
from calor.model.ports import Caller, Trusts
from calor.model.stack import Stack

_MOST = 1_000
"""Credentials whose sessions are kept; the one used longest ago goes first."""


class OpenStackClouds:
    """`local` is the account of local mode, None elsewhere; `service_user` and `trusts` are what
    stacks with a delegation need."""

    def __init__(
        self,
        site: Site,
        *,
        auth_url: str = "",
        local: Account | None = None,
        service_user: ServiceUser | None = None,
        trusts: Trusts | None = None,
    ) -> None:
        self._site = site
        self._auth_url = auth_url
        self._local = local or Account(
            site,
            NoCredential("no cloud is chosen; name one of clouds.yaml with --os-cloud or OS_CLOUD"),
        )
        self._service_user = service_user
        self._trusts = trusts
        self._projects: dict[tuple[str, str], Project] = {}

    def for_caller(self, caller: Caller) -> Cloud:
        if caller.token:
            digest = _digest(caller.token)
            project = self._project("token", digest, ON_LINE, lambda: self._by_token(caller.token))
        else:
            project = self._project("local", "on line", ON_LINE, lambda: self._local)
        return _cloud(project, caller.owner.project_id, caller.owner.user_id, unguarded)

    def for_stack(self, stack: Stack, guard: Guard) -> Cloud:
        project = self._project_of(stack)
        return _cloud(project, stack.owner.project_id, stack.owner.user_id, guard)

    def expect(self, stack: Stack, caller: Caller | None = None) -> None:
        lent = self._known(caller) if caller is not None and stack.trust else None
        if lent is not None and not _is_owner(lent, stack):
            lent = None
        self._project_of(stack).session.expect(lent)

    def _known(self, caller: Caller) -> Identity | None:
        """Who the caller is, as far as their token was used already."""
        used = self._projects.get(("token", _digest(caller.token)))
        return used.session.account.known if used is not None else None

    def _project_of(self, stack: Stack) -> Project:
        if not stack.trust:
            return self._project("local", "deferred", DEFERRED, lambda: self._local)
        return self._project("trust", stack.trust, DEFERRED, lambda: self._by_trust(stack.trust))

    def _by_token(self, token: str) -> Account:
        return self._account(
            TokenCredential(
                token,
                self._auth_url,
                transport=self._site.transport,
                timeout=self._site.settings.call_timeout,
            )
        )

    def _by_trust(self, row_id: str) -> Account:
        if self._service_user is None or self._trusts is None:
            return self._account(
                NoCredential(
                    "this stack acts by a delegation, but this Calor has no service user; "
                    "run it with the service user's cloud"
                )
            )
        return self._account(
            TrustCredential(
                row_id,
                trusts=self._trusts,
                service_user=self._service_user,
                transport=self._site.transport,
                executor=self._site.executor,
                timeout=self._site.settings.call_timeout,
            )
        )

    def _account(self, credential: Credential) -> Account:
        return Account(self._site, credential)

    def _project(
        self, sort: str, key: str, patience: Patience, account: Callable[[], Account]
    ) -> Project:
        place = (sort, key)
        found = self._projects.pop(place, None)
        if found is None:
            found = Project(Session(self._site, account(), patience=patience))
        self._projects[place] = found
        while len(self._projects) > _MOST:
            del self._projects[next(iter(self._projects))]
        return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_owner(identity: Identity, stack: Stack) -> bool:
    """Whether the identity is what the stack's delegation is of."""
    owner = stack.owner
    return (identity.user_id, identity.project_id) == (owner.user_id, owner.project_id)


def _cloud(project: Project, project_id: str, user_id: str, guard: Guard) -> Cloud:
    return OpenStackCloud(project, project_id=project_id, user_id=user_id, guard=guard)
