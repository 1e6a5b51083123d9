"""A drawing in Mermaid's language, as Markdown pages show it."""

from __future__ import annotations

from calor.cli.graph.diagram import Diagram, colour


def draw(diagram: Diagram) -> str:
    ids = {name: f"n{number}" for number, name in enumerate(diagram.boxes)}
    lines = ["flowchart TD"]
    for name, box in diagram.boxes.items():
        label = "<br/>".join(_escaped(text) for text in (box.name, box.type, box.state) if text)
        lines.append(f'  {ids[name]}["{label}"]')
    for name in diagram.boxes:
        lines.extend(f"  {ids[need]} --> {ids[name]}" for need in diagram.needs.needs(name))
    for name, box in diagram.boxes.items():
        if box.state:
            lines.append(f"  style {ids[name]} fill:{colour(box.state)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;")
