"""A drawing in Graphviz' language. Arrows lead from what comes first to what comes after."""

from __future__ import annotations

import json

from calor.cli.graph.diagram import Diagram, colour


def draw(diagram: Diagram) -> str:
    lines = [
        f"digraph {_quoted(diagram.title or 'stack')} {{",
        '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ]
    for box in diagram.boxes.values():
        label = "\n".join(filter(None, (box.name, box.type, box.state)))
        look = f"label={_quoted(label)}, fillcolor={_quoted(colour(box.state))}"
        lines.append(f"  {_quoted(box.name)} [{look}];")
    for name in diagram.boxes:
        lines.extend(f"  {_quoted(need)} -> {_quoted(name)};" for need in diagram.needs.needs(name))
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
