"""A drawing as plain text: one layer after the other, each name with what it comes after."""

from __future__ import annotations

from calor.cli.graph.diagram import Diagram
from calor.cli.graph.layers import lay_out


def draw(diagram: Diagram) -> str:
    layout = lay_out(diagram.needs)
    width = max((len(name) for name in diagram.boxes), default=0)
    types = max((len(box.type) for box in diagram.boxes.values()), default=0)
    lines = [diagram.title] if diagram.title else []
    for number, layer in enumerate(layout.layers, 1):
        mark = f"{number:>3}"
        for slot in layer:
            if slot.is_box:
                lines.append(f"{mark}  {_row(diagram, slot.name, width, types)}".rstrip())
                mark = "   "
    return "\n".join(lines) + "\n"


def _row(diagram: Diagram, name: str, width: int, types: int) -> str:
    box = diagram.boxes[name]
    needs = ", ".join(diagram.needs.needs(name))
    parts = [name.ljust(width), box.type.ljust(types)]
    if box.state:
        parts.append(box.state)
    if needs:
        parts.append(f"<- {needs}")
    return "  ".join(parts)
