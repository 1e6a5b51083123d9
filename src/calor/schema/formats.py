"""The custom constraints that need no cloud: addresses, names, times.

Pure. `FORMATS` finds each by the name that templates use.
"""

from __future__ import annotations

import ipaddress
import re
from zoneinfo import available_timezones

from calor.base import strict_json
from calor.base.clock import parse_iso
from calor.base.values import Value
from calor.schema.constraints import Format

_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")
_MAC = re.compile(
    r"(?:[0-9a-fA-F]{1,2}([:-])(?:[0-9a-fA-F]{1,2}\1){4}[0-9a-fA-F]{1,2}"
    r"|[0-9a-fA-F]{1,4}(?:\.[0-9a-fA-F]{1,4}){2}|[0-9a-fA-F]{12})\Z"
)
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_WORDS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    (),
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
)
_CRON_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?\Z")


def _ip_addr(value: Value) -> str | None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return f"{value!r} is not an IP address"
    return None


def _net_cidr(value: Value) -> str | None:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return f"{value!r} is not a network in CIDR notation, as 192.0.2.0/24"
    if "/" not in str(value):
        return f"{value!r} has no prefix length, as in {network}"
    if str(network.network_address) != str(ipaddress.ip_address(str(value).split("/")[0])):
        return f"{value!r} has host bits set; the network is {network}"
    return None


def _ip_or_cidr(value: Value) -> str | None:
    if _ip_addr(value) is None or _net_cidr(value) is None:
        return None
    return f"{value!r} is neither an IP address nor a network in CIDR notation"


def _mac_addr(value: Value) -> str | None:
    return None if _MAC.match(str(value)) else f"{value!r} is not a MAC address"


def _labels(value: str) -> str | None:
    if len(value) > 255:
        return f"{value!r} is longer than 255 characters"
    name = value.removesuffix(".")
    labels = name.split(".")
    for label in labels:
        if not _LABEL.match(label):
            return (
                f"{value!r} is no DNS name: {label!r} is not 1 to 63 letters, digits and inner"
                " hyphens"
            )
    if len(labels) > 1 and labels[-1].isdigit():
        return f"{value!r} is no DNS name: its last part must not be a number"
    return None


def _dns_name(value: Value) -> str | None:
    return _labels(str(value)) if value else None


def _rel_dns_name(value: Value) -> str | None:
    if str(value).endswith("."):
        return f"{value!r} is not a relative DNS name; leave out the last dot"
    return _dns_name(value)


def _dns_domain(value: Value) -> str | None:
    if not value:
        return None
    if not str(value).endswith(".") or "." not in str(value).removesuffix("."):
        return f"{value!r} is not a whole domain name that ends with a dot, as 'example.org.'"
    return _labels(str(value))


def _iso_8601(value: Value) -> str | None:
    try:
        parse_iso(str(value).strip())
    except ValueError:
        return f"{value!r} is not a time as 2030-01-31T12:00:00Z"
    return None


def _timezone(value: Value) -> str | None:
    known = available_timezones()
    if not value or not known or value in known:
        return None
    return f"{value!r} is not a time zone, as Europe/Berlin"


def _json_string(value: Value) -> str | None:
    try:
        strict_json.parse(value)
    except ValueError:
        return "the text is not JSON"
    return None


def _cron_expression(value: Value) -> str | None:
    fields = str(value).split()
    if len(fields) != 5:
        return f"{value!r} is no cron expression: it has {len(fields)} fields instead of 5"
    for number, text in enumerate(fields):
        if not all(_cron_part(part, number) for part in text.lower().split(",")):
            return f"{value!r} is no cron expression: {text!r} can't be field {number + 1}"
    return None


def _cron_part(part: str, field: int) -> bool:
    match = _CRON_PART.match(part)
    if match is None:
        return False
    low, high = _CRON_RANGES[field]
    ends = [_cron_number(word, field) for word in match.group(2, 3) if word]
    inside = all(end is not None and low <= end <= high for end in ends)
    return inside and match.group(4) not in ("0", "00")


def _cron_number(word: str, field: int) -> int | None:
    if word.isdigit():
        return int(word)
    words = _CRON_WORDS[field]
    return words.index(word) + _CRON_RANGES[field][0] if word in words else None


def _test_constr(value: Value) -> str | None:
    return None


IP_ADDR = Format("ip_addr", _ip_addr)
NET_CIDR = Format("net_cidr", _net_cidr)
IP_OR_CIDR = Format("ip_or_cidr", _ip_or_cidr)
MAC_ADDR = Format("mac_addr", _mac_addr)
DNS_NAME = Format("dns_name", _dns_name)
REL_DNS_NAME = Format("rel_dns_name", _rel_dns_name)
DNS_DOMAIN = Format("dns_domain", _dns_domain)
ISO_8601 = Format("iso_8601", _iso_8601)
# That the time lies ahead is for the type to see: here nobody knows what time it is.
EXPIRATION = Format("expiration", _iso_8601)
TIMEZONE = Format("timezone", _timezone)
JSON_STRING = Format("json_string", _json_string)
CRON_EXPRESSION = Format("cron_expression", _cron_expression)
TEST_CONSTR = Format("test_constr", _test_constr)

FORMATS = {
    item.name: item
    for item in (
        IP_ADDR,
        NET_CIDR,
        IP_OR_CIDR,
        MAC_ADDR,
        DNS_NAME,
        REL_DNS_NAME,
        DNS_DOMAIN,
        ISO_8601,
        EXPIRATION,
        TIMEZONE,
        JSON_STRING,
        CRON_EXPRESSION,
        TEST_CONSTR,
    )
}
