"""What is written on Nova's servers: metadata and tags, all at once or each by itself."""

from __future__ import annotations

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal, reply
from calor.sandbox.nova.state import find_server, invalid, metadata, no_route
from calor.sandbox.router import Route
from calor.sandbox.table import Row
from calor.sandbox.world import World


def _metadata(world: World, call: Call) -> Response:
    """GET shows, PUT replaces, POST adds."""
    row = find_server(world, call.actor, call.params["id"])
    if call.method in ("PUT", "POST"):
        sent = metadata(call.json().get("metadata"))
        row["metadata"] = sent if call.method == "PUT" else {**row["metadata"], **sent}
        row["_updated"] = call.now
    return reply(200, {"metadata": row["metadata"]})


def _item(world: World, call: Call) -> Row:
    row = find_server(world, call.actor, call.params["id"])
    if call.params["key"] not in row["metadata"]:
        raise Refusal(404, "Metadata item was not found")
    return row


def _show_item(world: World, call: Call) -> Response:
    key = call.params["key"]
    return reply(200, {"meta": {key: _item(world, call)["metadata"][key]}})


def _set_item(world: World, call: Call) -> Response:
    row = find_server(world, call.actor, call.params["id"])
    sent = metadata(call.json().get("meta"))
    if list(sent) != [call.params["key"]]:
        raise Refusal(400, "Request body and URI mismatch")
    row["metadata"] = {**row["metadata"], **sent}
    row["_updated"] = call.now
    return reply(200, {"meta": sent})


def _remove_item(world: World, call: Call) -> Response:
    row = _item(world, call)
    gone = call.params["key"]
    row["metadata"] = {key: value for key, value in row["metadata"].items() if key != gone}
    row["_updated"] = call.now
    return reply(204)


def _tagged_server(world: World, call: Call) -> Row:
    if call.version < (2, 26):
        raise no_route()
    return find_server(world, call.actor, call.params["id"])


def _tags(world: World, call: Call) -> Response:
    row = _tagged_server(world, call)
    if call.method == "PUT":
        sent = call.json().get("tags")
        if not isinstance(sent, list) or any(not isinstance(tag, str) for tag in sent):
            raise invalid("tags", sent, f"{sent!r} is not of type 'array'")
        row["tags"] = list(dict.fromkeys(sent))
    return reply(200, {"tags": row["tags"]})


def _clear_tags(world: World, call: Call) -> Response:
    _tagged_server(world, call)["tags"] = []
    return reply(204)


def _has_tag(world: World, call: Call) -> Row:
    row = _tagged_server(world, call)
    if call.params["tag"] not in row["tags"]:
        raise Refusal(404, f"Instance {row['id']} has no tag '{call.params['tag']}'")
    return row


def _check_tag(world: World, call: Call) -> Response:
    _has_tag(world, call)
    return reply(204)


def _add_tag(world: World, call: Call) -> Response:
    row = _tagged_server(world, call)
    tag = call.params["tag"]
    if tag in row["tags"]:
        return reply(204)
    row["tags"] = [*row["tags"], tag]
    location = f"{world.base_url}/compute/v2.1/servers/{row['id']}/tags/{tag}"
    return reply(201, None, {"Location": location})


def _remove_tag(world: World, call: Call) -> Response:
    row = _has_tag(world, call)
    row["tags"] = [tag for tag in row["tags"] if tag != call.params["tag"]]
    return reply(204)


_ONE = "/v2.1/servers/{id}"
ROUTES = (
    Route("GET", _ONE + "/metadata", _metadata),
    Route("PUT", _ONE + "/metadata", _metadata),
    Route("POST", _ONE + "/metadata", _metadata),
    Route("GET", _ONE + "/metadata/{key}", _show_item),
    Route("PUT", _ONE + "/metadata/{key}", _set_item),
    Route("DELETE", _ONE + "/metadata/{key}", _remove_item),
    Route("GET", _ONE + "/tags", _tags),
    Route("PUT", _ONE + "/tags", _tags),
    Route("DELETE", _ONE + "/tags", _clear_tags),
    Route("GET", _ONE + "/tags/{tag}", _check_tag),
    Route("PUT", _ONE + "/tags/{tag}", _add_tag),
    Route("DELETE", _ONE + "/tags/{tag}", _remove_tag),
)
