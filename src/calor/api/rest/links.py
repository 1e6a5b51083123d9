"""Links: where stacks and what is in them lie, as the caller sees the API."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from calor.model.stack import Stack

Link = dict[str, str]


def base_url(scheme: str, headers: Mapping[str, str], host: str) -> str:
    """The URL below which the API lies, behind proxies too."""
    scheme = _first(headers.get("x-forwarded-proto", "")) or scheme
    host = _first(headers.get("x-forwarded-host", "")) or host
    prefix = _first(headers.get("x-forwarded-prefix", "")).rstrip("/")
    return f"{scheme}://{host}{prefix}"


def _first(header: str) -> str:
    return header.partition(",")[0].strip()


def stack_url(base: str, stack: Stack) -> str:
    name = quote(stack.name, safe="")
    return f"{base}/v1/{stack.owner.project_id}/stacks/{name}/{stack.id}"


def resource_url(base: str, stack: Stack, name: str) -> str:
    return f"{stack_url(base, stack)}/resources/{quote(name, safe='')}"


def link(href: str, rel: str = "self") -> Link:
    return {"href": href, "rel": rel}
