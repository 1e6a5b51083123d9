"""`make_url`: a URL out of its parts, each escaped as it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlunsplit

from calor.base.source import MappingNode, Node
from calor.base.values import Value
from calor.template.expressions import Call, Expression, Literal
from calor.template.function import MAX_TEXT, Arguments, BadArguments, Function, Parsed
from calor.template.marks import Misuse, apply, kind_of

if TYPE_CHECKING:
    from calor.template.evaluation import Scope

_PARTS = ("scheme", "username", "password", "host", "port", "path", "query", "fragment")


class MakeUrl(Function):
    names = ("make_url",)
    example = "make_url: {scheme: https, host: example.com, port: 8443, path: /v1}"

    def parse(self, arguments: Arguments, node: Node) -> Parsed:
        if not isinstance(node, MappingNode):
            raise BadArguments(f"needs a map of parts: {', '.join(_PARTS)}", node)
        parts: list[Expression] = []
        for key, value in node.entries:
            if key.text not in _PARTS:
                raise BadArguments(f"has no part {key.text!r}", key, f"one of {', '.join(_PARTS)}")
            part = arguments.value(value)
            if isinstance(part, Literal):
                problem = _problem(key.text, part.value)
                if problem:
                    raise BadArguments(problem, value)
            parts.append(part)
        return Parsed(tuple(parts), tuple(key.text for key, _ in node.entries))

    def evaluate(self, call: Call, scope: Scope) -> Value:
        return apply(
            lambda *parts: _url(dict(zip(call.data, parts, strict=True))), *call.values(scope)
        )


def _problem(part: str, value: Value) -> str:
    """What is wrong with a part, or ''."""
    if part == "query":
        return "" if isinstance(value, dict) else f"needs a map as query, not {kind_of(value)}"
    if part == "port":
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            return f"needs a number as port, not {kind_of(value)}"
        return "" if 0 < number <= 65535 else "needs a port from 1 to 65535"
    if not isinstance(value, str):
        return f"needs a text as {part}, not {kind_of(value)}"
    if part == "scheme" and ":" in value:
        return "needs a scheme without ':'"
    return ""


def _url(parts: dict[str, Value]) -> str:
    for part, value in parts.items():
        problem = _problem(part, value)
        if problem:
            raise Misuse(problem)
    query = urlencode(parts.get("query", {})).replace("%2F", "/")
    url: str = urlunsplit(
        (
            parts.get("scheme", ""),
            _authority(parts),
            quote(parts.get("path", "")),
            query,
            quote(parts.get("fragment", "")),
        )
    )
    if len(url) > MAX_TEXT:
        raise Misuse("the text becomes too long")
    return url


def _authority(parts: dict[str, Value]) -> str:
    username = quote(parts.get("username", ""), safe="")
    password = quote(parts.get("password", ""), safe="")
    user = f"{username}:{password}@" if password else f"{username}@" if username else ""
    host = parts.get("host", "")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    host = quote(host, safe=":")
    if ":" in host:
        host = f"[{host}]"
    port = parts.get("port")
    return f"{user}{host}:{port}" if port else user + host


FUNCTIONS = (MakeUrl(),)
