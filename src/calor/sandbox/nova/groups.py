"""Nova's server groups, and which host they let a server on.

It moves no server.
"""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.nova.state import (
    HOSTS,
    Compute,
    invalid,
    limits,
    may_write,
    owns,
    required,
    used,
)
from calor.sandbox.router import Route
from calor.sandbox.settings import UNLIMITED
from calor.sandbox.table import Row
from calor.sandbox.world import World

HARD = ("anti-affinity", "affinity")
SOFT = ("soft-anti-affinity", "soft-affinity")


def find_group(world: World, call: Call, key: str) -> Row:
    row = world.part(Compute).groups.get(key)
    if row is None or not owns(call.actor, row):
        raise Refusal(404, f"Instance group {key} could not be found.")
    return row


def choose_host(world: World, group: Row | None) -> str | None:
    """A host for one more server of the group, or None when its policy allows none."""
    state = world.part(Compute)
    state.count += 1
    turn = HOSTS[state.count % len(HOSTS)]
    if group is None:
        return turn
    members = [row for key in group["members"] if (row := state.servers.get(key)) is not None]
    taken = [row["_host"] for row in members if row["_host"]]
    if group["policy"].endswith("anti-affinity"):
        most = group["rules"].get("max_server_per_host", 1)
        free = [host for host in HOSTS if taken.count(host) < most]
        if free:
            return free[0]
        return turn if group["policy"].startswith("soft") else None
    return taken[0] if taken else turn


def _view(call: Call, row: Row) -> Row:
    view: Row = {"id": row["id"], "name": row["name"]}
    if call.version >= (2, 64):
        view |= {"policy": row["policy"], "rules": row["rules"]}
    else:
        view |= {"policies": [row["policy"]], "metadata": {}}
    view["members"] = list(row["members"])
    if call.version >= (2, 13):
        view |= {"project_id": row["project_id"], "user_id": row["user_id"]}
    return view


def _policy(call: Call, sent: Row) -> str:
    known = [*HARD, *(SOFT if call.version >= (2, 15) else ())]
    if call.version >= (2, 64):
        required("server_group", sent, "name", "policy")
        name, value = "policy", sent["policy"]
    else:
        required("server_group", sent, "name", "policies")
        policies = sent["policies"]
        if not isinstance(policies, list) or len(policies) != 1:
            raise invalid("policies", policies, "Exactly one policy is needed")
        name, value = "0", policies[0]
    if value not in known:
        raise invalid(name, value, f"{value!r} is not one of {known}")
    return str(value)


def _create(world: World, call: Call) -> Response:
    may_write(call, "os-server-groups:create")
    sent = call.wrapped("server_group")
    policy = _policy(call, sent)
    rules = sent.get("rules") or {}
    if rules and policy != "anti-affinity":
        raise Refusal(400, "Only anti-affinity policy supports rules.")
    project_id = call.actor.project_id
    limit = limits(world, project_id)["server_groups"]
    if limit != UNLIMITED and used(world, project_id)["server_groups"] >= limit:
        raise Refusal(403, "Quota exceeded, too many server groups.")
    row = world.part(Compute).groups.add(
        {
            "id": world.ids.uuid(),
            "name": sent["name"],
            "policy": policy,
            "rules": {key: int(value) for key, value in rules.items()},
            "members": [],
            "project_id": project_id,
            "user_id": call.actor.user_id,
        }
    )
    return reply(200, {"server_group": _view(call, row)})


def _list(world: World, call: Call) -> Response:
    groups = world.part(Compute).groups
    every = "all_projects" in [key for key, _ in call.query] and call.actor.is_admin
    rows = list(groups) if every else groups.where("project_id", call.actor.project_id)
    return reply(200, {"server_groups": [_view(call, row) for row in rows]})


def _show(world: World, call: Call) -> Response:
    return reply(200, {"server_group": _view(call, find_group(world, call, call.params["id"]))})


def _delete(world: World, call: Call) -> Response:
    may_write(call, "os-server-groups:delete")
    world.part(Compute).groups.remove(find_group(world, call, call.params["id"]))
    return reply(204)


ROUTES = (
    Route("POST", "/v2.1/os-server-groups", _create),
    Route("GET", "/v2.1/os-server-groups", _list),
    Route("GET", "/v2.1/os-server-groups/{id}", _show),
    Route("DELETE", "/v2.1/os-server-groups/{id}", _delete),
)
