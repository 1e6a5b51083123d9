"""Neutron's QoS policies and their rules, enough to attach them.

Nothing is slowed down.
"""

from __future__ import annotations

from typing import Any

from calor.base.wire import Response
from calor.sandbox.call import Actor, Call, Refusal, reply
from calor.sandbox.neutron.kind import STANDARD, Field, Kind, find
from calor.sandbox.neutron.rules import boolean, denied, missing, string
from calor.sandbox.neutron.state import Network, owns, shares, standard, touch
from calor.sandbox.router import Handler, Route
from calor.sandbox.table import Row
from calor.sandbox.world import World

RULE_TYPES: dict[str, dict[str, Any]] = {
    "bandwidth_limit": {"max_kbps": None, "max_burst_kbps": 0, "direction": "egress"},
    "dscp_marking": {"dscp_mark": None},
    "minimum_bandwidth": {"min_kbps": None, "direction": "egress"},
    "packet_rate_limit": {"max_kpps": None, "max_burst_kpps": 0, "direction": "egress"},
    "minimum_packet_rate": {"min_kpps": None, "direction": "egress"},
}


def _create(world: World, call: Call, values: Row) -> Row:
    row = {**values, **standard(world, call.now, values["project_id"])}
    return world.part(Network).policies.add(row)


def _update(world: World, call: Call, row: Row, changes: Row) -> None:
    world.part(Network).policies.change(row, **changes)
    touch(row, call.now)


def _delete(world: World, call: Call, row: Row) -> None:
    state = world.part(Network)
    for kind, table in (("network", state.networks), ("port", state.ports)):
        for item in table.where("qos_policy_id", row["id"]):
            raise Refusal(
                409,
                f"QoS Policy {row['id']} is used by {kind} {item['id']}.",
                "QosPolicyInUse",
            )
    _drop(world, row)


def _drop(world: World, row: Row) -> None:
    state = world.part(Network)
    for rule in state.policy_rules.where("_policy_id", row["id"]):
        state.policy_rules.remove(rule)
    state.policies.remove(row)


def _view(world: World, actor: Actor, row: Row) -> Row:
    rules = world.part(Network).policy_rules.where("_policy_id", row["id"])
    return {
        **row,
        "rules": [
            {**_shown(rule), "qos_policy_id": row["id"], "type": rule["_type"]} for rule in rules
        ],
    }


def _shown(rule: Row) -> Row:
    return {key: value for key, value in rule.items() if not key.startswith("_")}


POLICY = Kind(
    one="policy",
    many="policies",
    path="qos/policies",
    table=lambda state: state.policies,
    fields={
        **{name: spec for name, spec in STANDARD.items() if name != "status"},
        "name": Field(required=True, check=string),
        "shared": Field(False, boolean),
        "is_default": Field(False, boolean),
        "rules": Field(post=False, put=False),
    },
    missing=lambda key: missing("QoS policy", key),
    create=_create,
    update=_update,
    delete=_delete,
    drop=_drop,
    view=_view,
    visible=lambda world, actor, row: (
        owns(actor, row) or bool(row["shared"]) or shares(world, actor, row)
    ),
    admin=True,
)


def _rule(world: World, call: Call) -> Row:
    rule = world.part(Network).policy_rules.get(call.params["rule"])
    if rule is None or rule["_policy_id"] != call.params["id"]:
        raise Refusal(
            404,
            f"QoS rule {call.params['rule']} for policy {call.params['id']} could not be found.",
            "QosRuleNotFound",
        )
    return rule


def _require_admin(call: Call, action: str) -> None:
    if not call.actor.is_admin:
        raise denied(action)


def _add_rule(kind: str) -> Handler:
    def add(world: World, call: Call) -> Response:
        _require_admin(call, f"create_policy_{kind}_rule")
        policy = find(world, POLICY, call.actor, call.params["id"])
        sent = call.wrapped(f"{kind}_rule")
        values = {name: sent.get(name, default) for name, default in RULE_TYPES[kind].items()}
        row = {**values, "id": world.ids.uuid(), "_policy_id": policy["id"], "_type": kind}
        world.part(Network).policy_rules.add(row)
        touch(policy, call.now)
        return reply(201, {f"{kind}_rule": _shown(row)})

    return add


def _list_rules(kind: str) -> Handler:
    def listing(world: World, call: Call) -> Response:
        policy = find(world, POLICY, call.actor, call.params["id"])
        rules = world.part(Network).policy_rules.where("_policy_id", policy["id"])
        return reply(
            200, {f"{kind}_rules": [_shown(rule) for rule in rules if rule["_type"] == kind]}
        )

    return listing


def _show_rule(kind: str) -> Handler:
    def show(world: World, call: Call) -> Response:
        find(world, POLICY, call.actor, call.params["id"])
        return reply(200, {f"{kind}_rule": _shown(_rule(world, call))})

    return show


def _update_rule(kind: str) -> Handler:
    def update(world: World, call: Call) -> Response:
        _require_admin(call, f"update_policy_{kind}_rule")
        rule = _rule(world, call)
        sent = call.wrapped(f"{kind}_rule")
        rule |= {name: sent[name] for name in RULE_TYPES[kind] if name in sent}
        return reply(200, {f"{kind}_rule": _shown(rule)})

    return update


def _delete_rule(kind: str) -> Handler:
    def delete(world: World, call: Call) -> Response:
        _require_admin(call, f"delete_policy_{kind}_rule")
        world.part(Network).policy_rules.remove(_rule(world, call))
        return reply(204)

    return delete


def _rule_routes(kind: str) -> tuple[Route, ...]:
    base = f"/v2.0/qos/policies/{{id}}/{kind}_rules"
    return (
        Route("POST", base, _add_rule(kind)),
        Route("GET", base, _list_rules(kind)),
        Route("GET", base + "/{rule}", _show_rule(kind)),
        Route("PUT", base + "/{rule}", _update_rule(kind)),
        Route("DELETE", base + "/{rule}", _delete_rule(kind)),
    )


def _rule_types(world: World, call: Call) -> Response:
    return reply(200, {"rule_types": [{"type": kind} for kind in RULE_TYPES]})


ROUTES = (
    *(route for kind in RULE_TYPES for route in _rule_routes(kind)),
    Route("GET", "/v2.0/qos/rule-types", _rule_types),
)
