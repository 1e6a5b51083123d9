"""Where boxes stand: in layers, each below what it needs, with few crossings.

Layers by the longest path, places for lines that pass through a layer, and an order within each
layer by the mean place of the neighbours (Sugiyama's method, without its last refinements).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from calor.planning.graph import Graph

SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a layer: a box's, or that of the line from `start` to `end` passing through."""

    name: str
    start: str = ""
    end: str = ""

    @property
    def is_box(self) -> bool:
        return not self.start


@dataclass(frozen=True, slots=True)
class Layout:
    """`layers` from top to bottom; `lines` are the slots that each line runs through, in order."""

    layers: tuple[tuple[Slot, ...], ...]
    lines: tuple[tuple[Slot, ...], ...]


def layer_of(graph: Graph[str]) -> dict[str, int]:
    """For each name the length of the longest path to it; names on a cycle stand last."""
    depth: dict[str, int] = {}
    for name in graph.order():
        depth[name] = max((depth[need] + 1 for need in graph.needs(name)), default=0)
    last = max(depth.values(), default=-1) + 1
    for name in graph:
        depth.setdefault(name, last)
    return depth


def lay_out(graph: Graph[str]) -> Layout:
    depth = layer_of(graph)
    layers: list[list[Slot]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in graph:
        layers[depth[name]].append(Slot(name))
    lines = []
    for name in graph:
        for need in graph.needs(name):
            if depth[need] < depth[name]:
                lines.append(_line(need, name, depth, layers))
    _order(layers, lines)
    return Layout(tuple(tuple(layer) for layer in layers), tuple(lines))


def _line(
    start: str, end: str, depth: dict[str, int], layers: list[list[Slot]]
) -> tuple[Slot, ...]:
    line = [Slot(start)]
    for level in range(depth[start] + 1, depth[end]):
        slot = Slot(f"{start}>{end}@{level}", start, end)
        layers[level].append(slot)
        line.append(slot)
    return (*line, Slot(end))


def _order(layers: list[list[Slot]], lines: Sequence[tuple[Slot, ...]]) -> None:
    """Sorts each layer by where its neighbours above, then below, stand."""
    above: dict[Slot, list[Slot]] = {}
    below: dict[Slot, list[Slot]] = {}
    for line in lines:
        for upper, lower in pairwise(line):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        ordered = layers if downwards else layers[::-1]
        for fixed, layer in pairwise(ordered):
            places = {slot: index for index, slot in enumerate(fixed)}
            own = {slot: float(index) for index, slot in enumerate(layer)}
            neighbours = above if downwards else below

            def mean(
                slot: Slot,
                neighbours: dict[Slot, list[Slot]] = neighbours,
                places: dict[Slot, int] = places,
                own: dict[Slot, float] = own,
            ) -> float:
                found = [places[other] for other in neighbours.get(slot, ()) if other in places]
                return sum(found) / len(found) if found else own[slot]

            layer.sort(key=mean)
