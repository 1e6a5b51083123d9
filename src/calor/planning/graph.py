"""A directed graph of names: nodes and edges, nothing else.

It knows no resource, no plan. Everything is in order of insertion, so that the same input gives
the same order anywhere.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)


class Graph(Generic[N]):
    """Edges go from a node to what it waits for."""

    __slots__ = ("_needed_by", "_needs")

    def __init__(self) -> None:
        self._needs: dict[N, dict[N, None]] = {}
        self._needed_by: dict[N, dict[N, None]] = {}

    def add(self, node: N) -> None:
        if node not in self._needs:
            self._needs[node] = {}
            self._needed_by[node] = {}

    def connect(self, node: N, needs: N) -> None:
        """`node` waits for `needs`; both are added."""
        self.add(node)
        self.add(needs)
        self._needs[node][needs] = None
        self._needed_by[needs][node] = None

    def disconnect(self, node: N, needs: N) -> None:
        self._needs[node].pop(needs, None)
        self._needed_by[needs].pop(node, None)

    def needs(self, node: N) -> Iterable[N]:
        """What the node waits for."""
        return self._needs[node].keys()

    def needed_by(self, node: N) -> Iterable[N]:
        """What waits for the node."""
        return self._needed_by[node].keys()

    def __iter__(self) -> Iterator[N]:
        return iter(self._needs)

    def __contains__(self, node: object) -> bool:
        return node in self._needs

    def __len__(self) -> int:
        return len(self._needs)

    def order(self) -> list[N]:
        """Every node after what it waits for; nodes on a cycle, and behind one, are left out."""
        waiting = {node: len(needs) for node, needs in self._needs.items()}
        ready = [node for node, count in waiting.items() if count == 0]
        for node in ready:
            for follower in self._needed_by[node]:
                waiting[follower] -= 1
                if waiting[follower] == 0:
                    ready.append(follower)
        return ready

    def cycle(self) -> list[N]:
        """One cycle as a path whose first and last node are the same; [] when there is none."""
        done = set(self.order())
        rest = [node for node in self._needs if node not in done]
        if not rest:
            return []
        path: list[N] = []
        position: dict[N, int] = {}
        node = rest[0]
        while node not in position:
            position[node] = len(path)
            path.append(node)
            node = next(need for need in self._needs[node] if need not in done)
        return [*path[position[node] :], node]
