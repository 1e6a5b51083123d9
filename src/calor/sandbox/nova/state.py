"""What Nova knows, its words, and what nearly every handler needs.

No request is handled here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from calor.sandbox.call import Actor, Call, Refusal
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row, Table
from calor.sandbox.world import World

ZONE = "nova"
LOWEST, HIGHEST = (2, 1), (2, 96)
HOSTS = tuple(f"sandbox-{number}" for number in range(1, 17))
QUOTAS = {
    "cores": UNLIMITED,
    "instances": UNLIMITED,
    "key_pairs": UNLIMITED,
    "metadata_items": 128,
    "ram": UNLIMITED,
    "server_group_members": UNLIMITED,
    "server_groups": UNLIMITED,
}


@dataclass(slots=True)
class Compute:
    """`gone` holds the deleted servers, which lists with `changes-since` still show."""

    servers: Table = field(default_factory=lambda: Table("name", "project_id"))
    gone: Table = field(default_factory=lambda: Table("project_id"))
    flavors: Table = field(default_factory=lambda: Table("name"))
    keypairs: Table = field(default_factory=lambda: Table("user_id"))
    groups: Table = field(default_factory=lambda: Table("name", "project_id"))
    quotas: dict[str, dict[str, int]] = field(default_factory=dict)
    count: int = 0


def stamp(seconds: float | None) -> str | None:
    """A time with fractions, as some of Nova's fields have it."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000")


def missing(label: str, key: str) -> Refusal:
    return Refusal(404, f"{label} {key} could not be found.")


def no_route() -> Refusal:
    """What a call gets whose microversion does not know the path yet, or no more."""
    return Refusal(404, "The resource could not be found.")


def forbidden(rule: str) -> Refusal:
    return Refusal(403, f"Policy doesn't allow os_compute_api:{rule} to be performed.")


def require_admin(call: Call, rule: str) -> None:
    if not call.actor.is_admin:
        raise forbidden(rule)


def may_write(call: Call, rule: str) -> None:
    if not (call.actor.is_admin or call.actor.has("member") or call.actor.has("service")):
        raise forbidden(rule)


def owns(actor: Actor, row: Row) -> bool:
    return actor.is_admin or row["project_id"] == actor.project_id


def find_server(world: World, actor: Actor, key: str) -> Row:
    """A server of the actor's project. Raises Refusal 404."""
    row = world.part(Compute).servers.get(key)
    if row is None or not owns(actor, row):
        raise missing("Instance", key)
    return row


def invalid(name: str, value: Any, reason: str) -> Refusal:
    return Refusal(400, f"Invalid input for field/attribute {name}. Value: {value}. {reason}")


def only(name: str, sent: dict[str, Any], known: dict[str, tuple[int, int]], call: Call) -> None:
    """Refuse fields that the microversion does not know; `known` says since when each is."""
    for key in sent:
        if key not in known or known[key] > call.version:
            raise invalid(
                name,
                sent,
                f"Additional properties are not allowed ('{key}' was unexpected)",
            )


def required(name: str, sent: dict[str, Any], *keys: str) -> None:
    for key in keys:
        if key not in sent:
            raise invalid(name, sent, f"'{key}' is a required property")


def metadata(sent: Any) -> dict[str, str]:
    """Checked metadata. Raises Refusal 400."""
    if not isinstance(sent, dict):
        raise invalid("metadata", sent, f"{sent!r} is not of type 'object'")
    for key, value in sent.items():
        if not isinstance(value, str):
            raise invalid(key, value, f"{value!r} is not of type 'string'")
    return dict(sent)


def links(world: World, kind: str, key: str) -> list[dict[str, str]]:
    base = f"{world.base_url}/compute"
    return [
        {"rel": "self", "href": f"{base}/v2.1/{kind}/{key}"},
        {"rel": "bookmark", "href": f"{base}/{kind}/{key}"},
    ]


def limits(world: World, project_id: str) -> dict[str, int]:
    own = world.part(Compute).quotas.get(project_id, {})
    return {**QUOTAS, **world.settings.quotas.compute, **own}


def used(world: World, project_id: str) -> dict[str, int]:
    state = world.part(Compute)
    servers = state.servers.where("project_id", project_id)
    return {
        "instances": len(servers),
        "cores": sum(row["_flavor"]["vcpus"] for row in servers),
        "ram": sum(row["_flavor"]["ram"] for row in servers),
        "server_groups": len(state.groups.where("project_id", project_id)),
    }


def spend(world: World, project_id: str, flavor: Row, count: int) -> None:
    """Raise Refusal 403 when the project may not have `count` more servers of that flavor."""
    limit = limits(world, project_id)
    names = ("instances", "cores", "ram")
    if all(limit[name] == UNLIMITED for name in names):
        return
    have = used(world, project_id)
    wanted = {"instances": count, "cores": count * flavor["vcpus"], "ram": count * flavor["ram"]}
    over = [
        name
        for name in names
        if limit[name] != UNLIMITED and have[name] + wanted[name] > limit[name]
    ]
    if over:
        raise Refusal(
            403,
            f"Quota exceeded for {', '.join(over)}: Requested "
            f"{', '.join(str(wanted[name]) for name in over)}, but already used "
            f"{', '.join(str(have[name]) for name in over)} of "
            f"{', '.join(str(limit[name]) for name in over)} {', '.join(over)}",
        )


def page(world: World, call: Call, name: str, rows: list[Row]) -> tuple[list[Row], str]:
    """A page of rows, and the query of the next page or ''. Raises Refusal 400."""
    text = call.option("limit")
    if text and not text.isdigit():
        raise Refusal(
            400,
            f"Invalid input for query parameters limit. Value: {text}. '{text}' does not match "
            "'^[0-9]*$'",
        )
    most = world.settings.page_limit
    limit = min(int(text), most) if text else most
    marker = call.option("marker")
    if marker:
        at = next((at for at, row in enumerate(rows) if row["id"] == marker), None)
        if at is None:
            raise Refusal(400, f"marker [{marker}] not found")
        rows = rows[at + 1 :]
    found = rows[:limit]
    return found, found[-1]["id"] if found and len(found) == limit else ""
