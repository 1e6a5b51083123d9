"""What Keystone knows, and what a token is worth.

No request is parsed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from calor.sandbox.call import Actor, Refusal
from calor.sandbox.table import Row, Table

DEFAULT_DOMAIN = "default"
IMPLIED = {"admin": "manager", "manager": "member", "member": "reader"}
UNAUTHENTICATED = "The request you have made requires authentication."


@dataclass(slots=True)
class Token:
    """`scope` is ("project" | "domain" | "", id). `actor` is who it stood for at `revision`."""

    id: str
    user_id: str
    methods: list[str]
    scope: tuple[str, str]
    issued_at: float
    expires_at: float
    audit_ids: list[str]
    trust_id: str = ""
    credential_id: str = ""
    revision: int = -1
    actor: Actor | None = None


@dataclass(slots=True)
class Identity:
    """The tables. `revision` grows with whatever may change what a token is worth."""

    domains: Table = field(default_factory=lambda: Table("name"))
    projects: Table = field(default_factory=lambda: Table("name", "domain_id"))
    users: Table = field(default_factory=lambda: Table("name", "domain_id"))
    groups: Table = field(default_factory=lambda: Table("name"))
    roles: Table = field(default_factory=lambda: Table("name"))
    trusts: Table = field(default_factory=lambda: Table("trustor_user_id", "trustee_user_id"))
    credentials: Table = field(default_factory=lambda: Table("user_id"))
    regions: Table = field(default_factory=Table)
    services: Table = field(default_factory=lambda: Table("type", "name"))
    endpoints: Table = field(default_factory=lambda: Table("service_id"))
    assignments: dict[tuple[str, str, str, str, str], bool] = field(default_factory=dict)
    """Keys: ("user" | "group", its id, "project" | "domain", its id, role id)."""
    members: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Keys: (group id, user id)."""
    tokens: dict[str, Token] = field(default_factory=dict)
    revision: int = 0

    def changed(self) -> None:
        self.revision += 1

    def named(self, table: Table, name: str, domain_id: str | None) -> Row | None:
        """The row with that name in that domain."""
        for row in table.where("name", name):
            if row.get("domain_id") == domain_id:
                return row
        return None

    def direct_roles(self, user_id: str, scope: tuple[str, str]) -> list[str]:
        """Ids of the roles that a user has on a project or domain, by itself or by a group."""
        holders = [("user", user_id)]
        holders += [("group", group) for group, user in self.members if user == user_id]
        found: dict[str, bool] = {}
        for kind, holder, target, target_id, role in self.assignments:
            if (kind, holder) in holders and (target, target_id) == scope:
                found[role] = True
        return list(found)

    def with_implied(self, role_ids: list[str]) -> list[Row]:
        """The roles and those that they imply."""
        found: dict[str, Row] = {}
        queue = [row for key in role_ids if (row := self.roles.get(key)) is not None]
        while queue:
            role = queue.pop(0)
            if role["id"] in found:
                continue
            found[role["id"]] = role
            implied = IMPLIED.get(role["name"]) if role["domain_id"] is None else None
            queue += [row for row in self.roles.where("name", implied) if row["domain_id"] is None]
        return list(found.values())

    def roles_on(self, user_id: str, scope: tuple[str, str]) -> list[Row]:
        return self.with_implied(self.direct_roles(user_id, scope))

    def is_enabled(self, user_id: str) -> bool:
        user = self.users.get(user_id)
        domain = self.domains.get(user["domain_id"]) if user else None
        return bool(user and user["enabled"] and domain and domain["enabled"])

    def find_token(self, text: str, now: float) -> Token | None:
        """The token, if it is still good."""
        token = self.tokens.get(text)
        if token is None:
            return None
        if now >= token.expires_at:
            del self.tokens[text]
            return None
        if token.revision != self.revision:
            token.actor = self._worth(token, now)
            token.revision = self.revision
        return token if token.actor is not None else None

    def actor(self, text: str, now: float) -> Actor:
        """Who a token stands for. Raises Refusal 401."""
        token = self.find_token(text, now) if text else None
        if token is None or token.actor is None:
            raise Refusal(401, UNAUTHENTICATED, "Unauthorized")
        return token.actor

    def token_roles(self, token: Token) -> list[Row]:
        """The roles that a token carries now."""
        kind, target = token.scope
        if token.trust_id:
            trust = self.trusts.get(token.trust_id)
            return self.with_implied(trust["_roles"]) if trust else []
        if token.credential_id:
            credential = self.credentials.get(token.credential_id)
            return self.with_implied(credential["_roles"]) if credential else []
        return self.roles_on(token.user_id, (kind, target)) if kind else []

    def _worth(self, token: Token, now: float) -> Actor | None:
        if not self.is_enabled(token.user_id):
            return None
        kind, target = token.scope
        if token.trust_id and not self._trust_holds(token.trust_id, now):
            return None
        if token.credential_id and token.credential_id not in self.credentials:
            return None
        if kind == "project":
            project = self.projects.get(target)
            if project is None or not project["enabled"]:
                return None
        roles = self.token_roles(token)
        if kind and not roles:
            return None
        credential = self.credentials.get(token.credential_id) if token.credential_id else None
        return Actor(
            user_id=token.user_id,
            project_id=target if kind == "project" else "",
            domain_id=target if kind == "domain" else "",
            roles=tuple(role["name"] for role in roles),
            token=token.id,
            trust_id=token.trust_id,
            restricted=credential is not None and not credential["unrestricted"],
        )

    def _trust_holds(self, trust_id: str, now: float) -> bool:
        trust = self.trusts.get(trust_id)
        return trust is not None and not trust_expired(trust, now) and self.trust_backed(trust)

    def trust_backed(self, trust: Row) -> bool:
        """Whether the trustor still has every role that the trust lends."""
        held = [role["id"] for role in self.roles_on(trust["trustor_user_id"], _trust_scope(trust))]
        enabled = self.is_enabled(trust["trustor_user_id"])
        return enabled and all(role in held for role in trust["_roles"])


def _trust_scope(trust: Row) -> tuple[str, str]:
    return ("project", trust["project_id"] or "")


def trust_expired(trust: Row, now: float) -> bool:
    return trust["_expires"] is not None and now >= trust["_expires"]


def stamp(seconds: float) -> str:
    """A time as Keystone prints it: `2026-11-23T19:27:33.000000Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
