"""The ways to prove who you are: password, token, application credential.

It gives out no tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from calor.sandbox.keystone.rules import expected, forbidden, unauthenticated
from calor.sandbox.keystone.state import DEFAULT_DOMAIN, Identity, Token
from calor.sandbox.table import Row


@dataclass(frozen=True, slots=True)
class Login:
    """Who it is; the token or the application credential that proved it."""

    user_id: str
    methods: list[str]
    parent: Token | None = None
    credential: Row | None = None


def log_in(identity: Identity, auth: dict[str, Any], now: float) -> Login:
    """Check every method that `auth` names. Raises Refusal 400, 401, 403."""
    proof = auth.get("identity")
    if not isinstance(proof, dict):
        raise expected("auth", "identity")
    methods = proof.get("methods")
    if not isinstance(methods, list) or not methods:
        raise expected("identity", "methods")
    login: Login | None = None
    for name in methods:
        if name not in proof or not isinstance(proof[name], dict):
            raise expected("identity", str(name))
        method = METHODS.get(name)
        if method is None:
            raise unauthenticated()
        found = method(identity, proof[name], now)
        if login is not None and login.user_id != found.user_id:
            raise unauthenticated()
        login = found
    assert login is not None
    if not identity.is_enabled(login.user_id):
        raise unauthenticated()
    return login


def _find_user(identity: Identity, reference: Any) -> Row:
    if not isinstance(reference, dict):
        raise expected("password", "user")
    if reference.get("id"):
        row = identity.users.get(reference["id"])
    else:
        domain = reference.get("domain") or {"id": DEFAULT_DOMAIN}
        domain_id = domain.get("id")
        if domain_id is None:
            owner = identity.named(identity.domains, str(domain.get("name")), None)
            domain_id = owner["id"] if owner else None
        row = identity.named(identity.users, str(reference.get("name")), domain_id)
    if row is None:
        raise unauthenticated()
    return row


def _password(identity: Identity, sent: dict[str, Any], now: float) -> Login:
    user = _find_user(identity, sent.get("user"))
    password = sent["user"].get("password")
    if password is None or password != user["_password"]:
        raise unauthenticated()
    return Login(user["id"], ["password"])


def _token(identity: Identity, sent: dict[str, Any], now: float) -> Login:
    token = identity.find_token(str(sent.get("id")), now)
    if token is None:
        raise unauthenticated()
    if token.trust_id:
        raise forbidden(
            "Using trust-scoped token to create another token. Create a new trust-scoped token "
            "instead"
        )
    credential = identity.credentials.get(token.credential_id) if token.credential_id else None
    methods = list(dict.fromkeys([*token.methods, "token"]))
    return Login(token.user_id, methods, token, credential)


def _application_credential(identity: Identity, sent: dict[str, Any], now: float) -> Login:
    row = identity.credentials.get(str(sent.get("id"))) if sent.get("id") else None
    if row is None and sent.get("name"):
        user = _find_user(identity, sent.get("user"))
        named = identity.credentials.where("user_id", user["id"])
        row = next((item for item in named if item["name"] == sent["name"]), None)
    if row is None or sent.get("secret") != row["_secret"]:
        raise unauthenticated()
    if row["_expires"] is not None and now >= row["_expires"]:
        raise unauthenticated()
    return Login(row["user_id"], ["application_credential"], None, row)


METHODS: dict[str, Callable[[Identity, dict[str, Any], float], Login]] = {
    "password": _password,
    "token": _token,
    "application_credential": _application_credential,
}
