"""Neutron's words: its errors, and the checks of single values.

It touches no table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, TypeAlias

from calor.base.wire import Response
from calor.sandbox.call import Refusal, reply

Check: TypeAlias = Callable[[str, Any], Any]
"""Takes a field's name and value, gives the value as it is kept. Raises Refusal 400."""

UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")
MAC = re.compile(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$")


def fault(refusal: Refusal) -> Response:
    if refusal.status == 401:
        error = {"code": 401, "title": "Unauthorized", "message": refusal.message}
        headers = {"WWW-Authenticate": "Keystone", **refusal.headers}
        return reply(401, {"error": error}, headers)
    kind = refusal.kind or KINDS.get(refusal.status, "HTTPInternalServerError")
    body = {"NeutronError": {"type": kind, "message": refusal.message, "detail": ""}}
    return reply(refusal.status, body, refusal.headers)


KINDS = {
    400: "HTTPBadRequest",
    403: "PolicyNotAuthorized",
    404: "HTTPNotFound",
    409: "Conflict",
    413: "HTTPRequestEntityTooLarge",
    429: "HTTPTooManyRequests",
    503: "HTTPServiceUnavailable",
}


def bad(message: str) -> Refusal:
    return Refusal(400, message, "HTTPBadRequest")


def invalid(message: str) -> Refusal:
    return Refusal(400, f"Invalid input for operation: {message}.", "InvalidInput")


def bad_request(resource: str, message: str) -> Refusal:
    return Refusal(400, f"Bad {resource} request: {message}.", "BadRequest")


def denied(action: str, *fields: str) -> Refusal:
    rule = f"rule:{action}"
    for field in fields:
        rule = f"({rule} and rule:{action}:{field})"
    return Refusal(403, f"{rule} is disallowed by policy", "PolicyNotAuthorized")


def missing(label: str, key: str) -> Refusal:
    """404 in the words of each kind: `label` is Network, Subnet, Port ..."""
    return Refusal(404, f"{label} {key} could not be found.", f"{label.replace(' ', '')}NotFound")


def anything(name: str, value: Any) -> Any:
    return value


def string(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        raise bad(f"Invalid input for {name}. Reason: '{value}' is not a valid string.")
    if len(value) > 255:
        raise bad(f"Invalid input for {name}. Reason: '{value}' exceeds maximum length of 255.")
    return value


def optional_string(name: str, value: Any) -> Any:
    return None if value is None else string(name, value)


def boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "1"):
        return True
    if isinstance(value, str) and value.lower() in ("false", "0"):
        return False
    if value in (0, 1):
        return bool(value)
    raise invalid(f"'{value}' cannot be converted to boolean")


def integer(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise invalid(f"'{value}' is not an integer") from None


def optional_integer(name: str, value: Any) -> int | None:
    return None if value in (None, "") else integer(name, value)


def one_of(*values: Any) -> Check:
    def check(name: str, value: Any) -> Any:
        if value not in values:
            raise bad(f"Invalid input for {name}. Reason: {value} is not in valid_values.")
        return value

    return check


def identifier(name: str, value: Any) -> Any:
    if not isinstance(value, str) or not UUID.match(value):
        raise bad(f"Invalid input for {name}. Reason: '{value}' is not a valid UUID.")
    return value


def optional_identifier(name: str, value: Any) -> Any:
    return None if value is None else identifier(name, value)


def identifiers(name: str, value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad(f"Invalid input for {name}. Reason: '{value}' is not a list.")
    for item in value:
        identifier(name, item)
    return list(dict.fromkeys(value))


def mac(name: str, value: Any) -> str:
    if not isinstance(value, str) or not MAC.match(value):
        raise bad(f"Invalid input for {name}. Reason: '{value}' is not a valid MAC address.")
    return value.lower()


def address(name: str, value: Any) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        raise bad(
            f"Invalid input for {name}. Reason: '{value}' is not a valid IP address."
        ) from None


def optional_address(name: str, value: Any) -> str | None:
    return None if value is None else address(name, value)


def cidr(name: str, value: Any) -> str:
    try:
        return str(ip_network(value, strict=False))
    except (TypeError, ValueError):
        raise invalid(f"{value} is not in a CIDR format") from None


def nameservers(name: str, value: Any) -> list[str]:
    found = list(value or [])
    for item in found:
        try:
            ip_address(item)
        except ValueError:
            raise bad(
                f"Invalid input for {name}. Reason: '{item}' is not a valid nameserver. "
                f"'{item}' is not a valid IP address."
            ) from None
    if len(dict.fromkeys(found)) != len(found):
        raise bad(f"Invalid input for {name}. Reason: Duplicate nameserver '{found[0]}'.")
    return found


def host_routes(name: str, value: Any) -> list[dict[str, str]]:
    found = list(value or [])
    for item in found:
        if not isinstance(item, dict) or sorted(item) != ["destination", "nexthop"]:
            raise bad(
                f"Invalid input for {name}. Reason: Invalid data format for hostroute: '{item}'."
            )
        cidr(name, item["destination"])
        address(name, item["nexthop"])
    return found


def dictionary(name: str, value: Any) -> Any:
    if value is not None and not isinstance(value, dict):
        raise bad(f"Invalid input for {name}. Reason: '{value}' is not a dictionary.")
    return value or {}


def dictionaries(name: str, value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or any(not isinstance(item, dict) for item in value):
        raise bad(f"Invalid input for {name}. Reason: '{value}' is not a list.")
    return [dict(item) for item in value]
