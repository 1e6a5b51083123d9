"""Logging in, and what becomes of tokens: issue, validate, revoke.

Who may borrow whose power is decided here; what the power is, in `state`.
"""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.keystone.catalog import catalog
from calor.sandbox.keystone.crud import view
from calor.sandbox.keystone.methods import Login, log_in
from calor.sandbox.keystone.projects import DOMAIN, PROJECT
from calor.sandbox.keystone.rules import expected, forbidden, page, unauthenticated
from calor.sandbox.keystone.state import (
    DEFAULT_DOMAIN,
    Identity,
    Token,
    stamp,
    trust_expired,
)
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _issue(world: World, call: Call) -> Response:
    sent = call.json().get("auth")
    if not isinstance(sent, dict):
        raise expected("request body", "auth")
    login = log_in(world.part(Identity), sent, call.now)
    token = _scoped(world, login, sent.get("scope"), call.now)
    body = _body(world, token, with_catalog=not call.query_string.startswith("nocatalog"))
    return reply(201, body, {"X-Subject-Token": token.id, "Vary": "X-Auth-Token"})


def _scoped(world: World, login: Login, scope: Any, now: float) -> Token:
    identity = world.part(Identity)
    if login.credential is not None:
        target = ("project", login.credential["project_id"])
        return _mint(world, login, target, now, credential_id=login.credential["id"])
    if isinstance(scope, dict) and "OS-TRUST:trust" in scope:
        return _trust_token(world, login, scope["OS-TRUST:trust"], now)
    if scope is None:
        if login.parent is not None and login.parent.scope[0]:
            return _mint(world, login, login.parent.scope, now)
        user = identity.users.get(login.user_id) or {}
        default = ("project", user.get("default_project_id") or "")
        usable = bool(identity.direct_roles(login.user_id, default))
        return _mint(world, login, default if usable else ("", ""), now)
    return _mint(world, login, _target(identity, scope), now)


def _target(identity: Identity, scope: Any) -> tuple[str, str]:
    if scope == "unscoped" or (isinstance(scope, dict) and "unscoped" in scope):
        return ("", "")
    if isinstance(scope, dict) and isinstance(scope.get("project"), dict):
        return ("project", _named(identity, "project", scope["project"]))
    if isinstance(scope, dict) and isinstance(scope.get("domain"), dict):
        return ("domain", _named(identity, "domain", scope["domain"]))
    raise unauthenticated()


def _named(identity: Identity, kind: str, reference: dict[str, Any]) -> str:
    """The id of an enabled project or domain. Raises Refusal 401."""
    table = identity.projects if kind == "project" else identity.domains
    if reference.get("id"):
        row = table.get(reference["id"])
    elif kind == "domain":
        row = identity.named(table, str(reference.get("name")), None)
    else:
        domain = reference.get("domain") or {"id": DEFAULT_DOMAIN}
        owner = _named(identity, "domain", domain)
        row = identity.named(table, str(reference.get("name")), owner)
    if row is None or not row["enabled"]:
        raise unauthenticated()
    key: str = row["id"]
    return key


def _mint(
    world: World,
    login: Login,
    scope: tuple[str, str],
    now: float,
    *,
    trust_id: str = "",
    credential_id: str = "",
    user_id: str = "",
) -> Token:
    identity = world.part(Identity)
    parent = login.parent
    token = Token(
        id="gAAAAA" + world.hex_id() + world.hex_id(),
        user_id=user_id or login.user_id,
        methods=login.methods,
        scope=scope,
        issued_at=now,
        expires_at=parent.expires_at if parent else now + world.settings.token_lifetime,
        audit_ids=[world.hex_id()[:22], *(parent.audit_ids[-1:] if parent else [])],
        trust_id=trust_id,
        credential_id=credential_id,
    )
    identity.tokens[token.id] = token
    if identity.find_token(token.id, now) is None:
        del identity.tokens[token.id]
        raise unauthenticated()
    return token


def _trust_token(world: World, login: Login, reference: Any, now: float) -> Token:
    identity = world.part(Identity)
    trust = identity.trusts.get(str((reference or {}).get("id")))
    if trust is None or trust_expired(trust, now):
        raise unauthenticated()
    if login.user_id != trust["trustee_user_id"]:
        raise forbidden("User is not a trustee.")
    if not identity.trust_backed(trust):
        raise forbidden("Trustor lost a role of the trust, or is disabled.")
    left = trust["remaining_uses"]
    if left is not None and left <= 0:
        raise unauthenticated()
    user_id = trust["trustor_user_id"] if trust["impersonation"] else login.user_id
    scope = ("project", trust["project_id"])
    token = _mint(world, login, scope, now, trust_id=trust["id"], user_id=user_id)
    if left is not None:
        trust["remaining_uses"] = left - 1
    return token


def _body(world: World, token: Token, *, with_catalog: bool) -> Row:
    identity = world.part(Identity)
    user = identity.users.get(token.user_id) or {}
    body: Row = {
        "methods": token.methods,
        "user": {
            "domain": _brief(identity.domains.get(user["domain_id"])),
            "id": user["id"],
            "name": user["name"],
            "password_expires_at": None,
        },
        "audit_ids": token.audit_ids,
        "expires_at": stamp(token.expires_at),
        "issued_at": stamp(token.issued_at),
    }
    trust = identity.trusts.get(token.trust_id)
    if trust is not None:
        body["OS-TRUST:trust"] = {
            "id": trust["id"],
            "trustor_user": {"id": trust["trustor_user_id"]},
            "trustee_user": {"id": trust["trustee_user_id"]},
            "impersonation": trust["impersonation"],
        }
    credential = identity.credentials.get(token.credential_id)
    if credential is not None:
        body["application_credential"] = {
            "id": credential["id"],
            "name": credential["name"],
            "restricted": not credential["unrestricted"],
        }
    kind, target = token.scope
    if kind == "project":
        project = identity.projects.get(target) or {}
        owner = identity.domains.get(project["domain_id"])
        body["project"] = {"domain": _brief(owner), "id": target, "name": project["name"]}
        body["is_domain"] = False
    elif kind == "domain":
        body["domain"] = _brief(identity.domains.get(target))
    if kind:
        body["roles"] = [_brief(role) for role in identity.token_roles(token)]
        if with_catalog:
            body["catalog"] = catalog(world, target if kind == "project" else "")
    return {"token": body}


def _brief(row: Row | None) -> Row:
    return {"id": row["id"], "name": row["name"]} if row else {"id": "", "name": ""}


def _subject(world: World, call: Call, action: str) -> Token:
    identity = world.part(Identity)
    text = call.headers.get("x-subject-token", "")
    token = identity.find_token(text, call.now)
    if token is None:
        if not text:
            raise forbidden(f"identity:{action}")
        raise Refusal(404, "Could not recognize Fernet token")
    own = call.actor.user_id == token.user_id
    if not (own or call.actor.is_admin or call.actor.has("service")):
        raise forbidden(f"identity:{action}")
    return token


def _validate(world: World, call: Call) -> Response:
    token = _subject(world, call, "validate_token")
    body = _body(world, token, with_catalog="nocatalog" not in call.query_string)
    return reply(200, body, {"X-Subject-Token": token.id, "Vary": "X-Auth-Token"})


def _revoke(world: World, call: Call) -> Response:
    token = _subject(world, call, "revoke_token")
    del world.part(Identity).tokens[token.id]
    return reply(204)


def _my_projects(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    user = call.actor.user_id
    rows = [row for row in identity.projects if identity.direct_roles(user, ("project", row["id"]))]
    return page(world, call, "projects", [view(world, PROJECT, row) for row in rows])


def _my_domains(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    user = call.actor.user_id
    rows = [row for row in identity.domains if identity.direct_roles(user, ("domain", row["id"]))]
    return page(world, call, "domains", [view(world, DOMAIN, row) for row in rows])


ROUTES = (
    Route("POST", "/v3/auth/tokens", _issue, open=True),
    Route("GET", "/v3/auth/tokens", _validate),
    Route("DELETE", "/v3/auth/tokens", _revoke),
    Route("GET", "/v3/auth/projects", _my_projects),
    Route("GET", "/v3/auth/domains", _my_domains),
)
