"""Finds the handler for a method and a path in a table of routes.

It knows no service and parses no query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from calor.base.wire import Response
from calor.sandbox.call import Call

if TYPE_CHECKING:
    from calor.sandbox.world import World

Handler: TypeAlias = "Callable[[World, Call], Response]"


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern` is a path whose parts in braces match any one part: `/servers/{id}/action`.

    An `open` route needs no token.
    """

    method: str
    pattern: str
    handler: Handler
    open: bool = False


@dataclass(slots=True)
class _Node:
    fixed: dict[str, _Node] = field(default_factory=dict)
    any: _Node | None = None
    routes: dict[str, tuple[Route, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """The routes as a tree. A fixed part wins over a part in braces."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        names: list[str] = []
        for part in route.pattern.split("/"):
            if part.startswith("{"):
                names.append(part[1:-1])
                if node.any is None:
                    node.any = _Node()
                node = node.any
            else:
                node = node.fixed.setdefault(part, _Node())
        node.routes[route.method] = (route, tuple(names))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | list[str] | None:
        """The route and its parameters; the allowed methods when only the method is wrong;
        None when there is no such path."""
        values: list[str] = []
        node = _walk(self._root, path.split("/"), 0, values)
        if node is None:
            return None
        found = node.routes.get(method) or (node.routes.get("GET") if method == "HEAD" else None)
        if found is None:
            return list(node.routes)
        route, names = found
        return route, dict(zip(names, values, strict=True))


def _walk(node: _Node, parts: list[str], at: int, values: list[str]) -> _Node | None:
    if at == len(parts):
        return node if node.routes else None
    part = parts[at]
    child = node.fixed.get(part)
    if child is not None:
        found = _walk(child, parts, at + 1, values)
        if found is not None:
            return found
    if node.any is None or not part:
        return None
    values.append(part)
    found = _walk(node.any, parts, at + 1, values)
    if found is None:
        values.pop()
    return found
