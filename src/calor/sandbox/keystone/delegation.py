"""Power that is lent: trusts and application credentials.

The tokens made of them are `tokens`' work.
"""

from __future__ import annotations

from typing import Any

from calor.base.clock import parse_iso
from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.keystone.crud import view
from calor.sandbox.keystone.roles import ROLE
from calor.sandbox.keystone.rules import forbidden, missing, page, shown, url
from calor.sandbox.keystone.state import Identity, stamp, trust_expired
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _expiry(sent: dict[str, Any], now: float) -> float | None:
    text = sent.get("expires_at")
    if text is None:
        return None
    try:
        moment = parse_iso(str(text))
    except ValueError:
        raise Refusal(
            400, f"Invalid input for field/attribute expires_at. Value: {text}."
        ) from None
    if moment <= now:
        raise Refusal(400, "The expiration time must be in the future.")
    return moment


def _chosen_roles(identity: Identity, sent: list[Any]) -> list[str]:
    found = []
    for reference in sent:
        if reference.get("id"):
            row = identity.roles.get(reference["id"])
            if row is None:
                raise missing("role", reference["id"])
        else:
            row = identity.named(identity.roles, str(reference.get("name")), None)
            if row is None:
                raise Refusal(404, f"Role {reference.get('name')} is not defined")
        found.append(row["id"])
    return found


def _held(identity: Identity, user_id: str, project_id: str | None, chosen: list[str]) -> None:
    held = [row["id"] for row in identity.roles_on(user_id, ("project", project_id or ""))]
    for role in chosen:
        if role not in held:
            raise missing("role", role)


def _create_trust(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    sent = call.wrapped("trust")
    for name in ("trustor_user_id", "trustee_user_id", "impersonation"):
        if name not in sent:
            raise Refusal(
                400,
                f"Invalid input for field/attribute trust. Value: {sent}. "
                f"'{name}' is a required property",
            )
    if call.actor.user_id != sent["trustor_user_id"]:
        raise forbidden("identity:create_trust")
    if call.actor.trust_id:
        raise forbidden()
    if call.actor.restricted:
        raise forbidden("Delegated tokens cannot manage trusts.")
    if sent["trustee_user_id"] not in identity.users:
        raise missing("user", sent["trustee_user_id"])
    project_id = sent.get("project_id")
    if project_id is not None and project_id not in identity.projects:
        raise missing("project", project_id)
    if not sent.get("roles"):
        raise forbidden("At least one role should be specified")
    chosen = _chosen_roles(identity, sent["roles"])
    _held(identity, call.actor.user_id, project_id, chosen)
    expires = _expiry(sent, call.now)
    row = identity.trusts.add(
        {
            "id": world.hex_id(),
            "trustor_user_id": sent["trustor_user_id"],
            "trustee_user_id": sent["trustee_user_id"],
            "project_id": project_id,
            "impersonation": bool(sent["impersonation"]),
            "expires_at": None if expires is None else stamp(expires),
            "remaining_uses": sent.get("remaining_uses"),
            "deleted_at": None,
            "redelegated_trust_id": None,
            "redelegation_count": 0,
            "_roles": chosen,
            "_expires": expires,
        }
    )
    return reply(201, {"trust": _trust_view(world, row)})


def _trust_brief(world: World, row: Row) -> Row:
    return {**shown(row), "links": {"self": url(world, f"/OS-TRUST/trusts/{row['id']}")}}


def _trust_view(world: World, row: Row) -> Row:
    return {
        "roles": _trust_roles(world, row),
        **shown(row),
        "roles_links": _roles_links(world, row),
        "links": {"self": url(world, f"/OS-TRUST/trusts/{row['id']}")},
    }


def _roles_links(world: World, row: Row) -> Row:
    return {"self": url(world, f"/{row['id']}/roles"), "next": None, "previous": None}


def _trust_roles(world: World, row: Row) -> list[Row]:
    identity = world.part(Identity)
    found = [role for key in row["_roles"] if (role := identity.roles.get(key)) is not None]
    return [view(world, ROLE, role) for role in found]


def _list_trusts(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    trustor, trustee = call.option("trustor_user_id"), call.option("trustee_user_id")
    own = call.actor.user_id in (trustor, trustee)
    if not own and not call.actor.is_admin:
        raise forbidden("identity:list_trusts")
    rows = [
        row
        for row in identity.trusts
        if not trust_expired(row, call.now)
        and trustor in ("", row["trustor_user_id"])
        and trustee in ("", row["trustee_user_id"])
    ]
    return page(world, call, "trusts", [_trust_brief(world, row) for row in rows])


def _trust(world: World, call: Call, action: str) -> Row:
    row = world.part(Identity).trusts.get(call.params["id"])
    if row is None or trust_expired(row, call.now):
        raise missing("trust", call.params["id"])
    parties = (row["trustor_user_id"], row["trustee_user_id"])
    if call.actor.user_id not in parties and not call.actor.is_admin:
        raise forbidden(f"identity:{action}")
    return row


def _show_trust(world: World, call: Call) -> Response:
    return reply(200, {"trust": _trust_view(world, _trust(world, call, "get_trust"))})


def _show_trust_roles(world: World, call: Call) -> Response:
    row = _trust(world, call, "list_roles_for_trust")
    return reply(200, {"roles": _trust_roles(world, row), "links": _roles_links(world, row)})


def _delete_trust(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    row = _trust(world, call, "delete_trust")
    if call.actor.user_id != row["trustor_user_id"] and not call.actor.is_admin:
        raise forbidden("identity:delete_trust")
    identity.trusts.remove(row)
    identity.changed()
    return reply(204)


def _own(call: Call, action: str) -> str:
    user_id = call.params["id"]
    if user_id != call.actor.user_id and not call.actor.is_admin:
        raise forbidden(f"identity:{action}")
    return user_id


def _create_credential(world: World, call: Call) -> Response:
    identity = world.part(Identity)
    user_id = call.params["id"]
    if user_id != call.actor.user_id or not call.actor.project_id:
        raise forbidden("identity:create_application_credential")
    if call.actor.restricted:
        raise forbidden(
            "Using method 'application_credential' is not allowed for managing additional "
            "application credentials."
        )
    sent = call.wrapped("application_credential")
    if any(
        row["name"] == sent.get("name") for row in identity.credentials.where("user_id", user_id)
    ):
        raise Refusal(
            409,
            "Conflict occurred attempting to store application_credential - Duplicate entry found "
            f"with name {sent.get('name')}.",
        )
    chosen = _chosen_roles(identity, sent.get("roles") or [])
    if not chosen:
        chosen = [
            role["id"]
            for name in call.actor.roles
            if (role := identity.named(identity.roles, name, None)) is not None
        ]
    _held(identity, user_id, call.actor.project_id, chosen)
    expires = _expiry(sent, call.now)
    secret = sent.get("secret") or world.hex_id() + world.hex_id()
    row = identity.credentials.add(
        {
            "id": world.hex_id(),
            "name": sent.get("name"),
            "description": sent.get("description"),
            "user_id": user_id,
            "project_id": call.actor.project_id,
            "system": None,
            "expires_at": None if expires is None else stamp(expires),
            "unrestricted": bool(sent.get("unrestricted")),
            "_roles": chosen,
            "_secret": secret,
            "_expires": expires,
        }
    )
    shown_row = _credential_view(world, row)
    return reply(201, {"application_credential": {**shown_row, "secret": secret}})


def _credential_view(world: World, row: Row) -> Row:
    identity = world.part(Identity)
    roles = [role for key in row["_roles"] if (role := identity.roles.get(key)) is not None]
    return {
        **shown(row),
        "roles": roles,
        "links": {"self": url(world, f"/application_credentials/{row['id']}")},
    }


def _list_credentials(world: World, call: Call) -> Response:
    user_id = _own(call, "list_application_credentials")
    rows = world.part(Identity).credentials.where("user_id", user_id)
    name = call.option("name")
    items = [_credential_view(world, row) for row in rows if name in ("", row["name"])]
    return page(world, call, "application_credentials", items)


def _credential(world: World, call: Call, action: str) -> Row:
    user_id = _own(call, action)
    row = world.part(Identity).credentials.get(call.params["key"])
    if row is None or row["user_id"] != user_id:
        raise missing("application credential", call.params["key"])
    return row


def _show_credential(world: World, call: Call) -> Response:
    row = _credential(world, call, "get_application_credential")
    return reply(200, {"application_credential": _credential_view(world, row)})


def _delete_credential(world: World, call: Call) -> Response:
    row = _credential(world, call, "delete_application_credential")
    if call.actor.restricted:
        raise forbidden(
            "Using method 'application_credential' is not allowed for managing additional "
            "application credentials."
        )
    identity = world.part(Identity)
    identity.credentials.remove(row)
    identity.changed()
    return reply(204)


_TRUSTS = "/v3/OS-TRUST/trusts"
_CREDENTIALS = "/v3/users/{id}/application_credentials"
ROUTES = (
    Route("POST", _TRUSTS, _create_trust),
    Route("GET", _TRUSTS, _list_trusts),
    Route("GET", _TRUSTS + "/{id}", _show_trust),
    Route("GET", _TRUSTS + "/{id}/roles", _show_trust_roles),
    Route("DELETE", _TRUSTS + "/{id}", _delete_trust),
    Route("POST", _CREDENTIALS, _create_credential),
    Route("GET", _CREDENTIALS, _list_credentials),
    Route("GET", _CREDENTIALS + "/{key}", _show_credential),
    Route("DELETE", _CREDENTIALS + "/{key}", _delete_credential),
)
