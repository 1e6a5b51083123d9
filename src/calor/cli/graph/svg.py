"""A drawing as SVG, laid out here: no other program is needed to see it."""

from __future__ import annotations

from html import escape

from calor.cli.graph.diagram import Box, Diagram, colour
from calor.cli.graph.layers import Layout, Slot, lay_out

MARGIN = 24.0
HEIGHT = 46.0
LAYER = 104.0
GAP = 28.0
PASSING = 14.0
LETTER = 7.4

HEAD = """<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" \
viewBox="0 0 {width:g} {height:g}" font-family="system-ui, sans-serif">
<title>{title}</title>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
orient="auto"><path d="M0 0L8 4L0 8z" fill="#667"/></marker></defs>
<rect width="100%" height="100%" fill="#fff"/>
"""


def draw(diagram: Diagram) -> str:
    layout = lay_out(diagram.needs)
    centres, width = _centres(diagram, layout)
    height = MARGIN * 2 + HEIGHT + LAYER * max(0, len(layout.layers) - 1)
    parts = [HEAD.format(width=width, height=height, title=escape(diagram.title or "stack"))]
    parts.extend(_curve([centres[slot] for slot in line]) for line in layout.lines)
    parts.extend(
        _box(diagram.boxes[slot.name], centres[slot])
        for layer in layout.layers
        for slot in layer
        if slot.is_box
    )
    return "".join([*parts, "</svg>\n"])


def _width(diagram: Diagram, slot: Slot) -> float:
    if not slot.is_box:
        return PASSING
    box = diagram.boxes[slot.name]
    return max(90.0, LETTER * max(len(box.name), len(box.type) * 0.86) + 24)


def _centres(diagram: Diagram, layout: Layout) -> tuple[dict[Slot, tuple[float, float]], float]:
    """The middle of each slot, layers centred on the widest one; and the drawing's width."""
    widths = {slot: _width(diagram, slot) for layer in layout.layers for slot in layer}
    rows = [sum(widths[slot] for slot in layer) + GAP * (len(layer) - 1) for layer in layout.layers]
    total = max(rows, default=0.0)
    centres = {}
    for level, (layer, row) in enumerate(zip(layout.layers, rows, strict=True)):
        x = MARGIN + (total - row) / 2
        for slot in layer:
            centres[slot] = (x + widths[slot] / 2, MARGIN + HEIGHT / 2 + LAYER * level)
            x += widths[slot] + GAP
    return centres, total + MARGIN * 2


def _curve(points: list[tuple[float, float]]) -> str:
    """From below the first box to above the last, bent softly at each layer."""
    x, y = points[0][0], points[0][1] + HEIGHT / 2
    path = [f"M{x:.1f} {y:.1f}"]
    for index, (next_x, centre) in enumerate(points[1:], 1):
        next_y = centre - HEIGHT / 2 if index == len(points) - 1 else centre
        middle = (y + next_y) / 2
        path.append(f"C{x:.1f} {middle:.1f} {next_x:.1f} {middle:.1f} {next_x:.1f} {next_y:.1f}")
        x, y = next_x, next_y
    return (
        f'<path d="{"".join(path)}" fill="none" stroke="#667" stroke-width="1.2" '
        'marker-end="url(#tip)"/>\n'
    )


def _box(box: Box, centre: tuple[float, float]) -> str:
    x, y = centre
    width = max(90.0, LETTER * max(len(box.name), len(box.type) * 0.86) + 24)
    state = f"<title>{escape(box.state)}</title>" if box.state else ""
    return (
        f'<g>{state}<rect x="{x - width / 2:.1f}" y="{y - HEIGHT / 2:.1f}" width="{width:.1f}" '
        f'height="{HEIGHT:g}" rx="7" fill="{colour(box.state)}" stroke="#557"/>'
        f'<text x="{x:.1f}" y="{y - 3:.1f}" text-anchor="middle" font-size="13" '
        f'font-weight="600">{escape(box.name)}</text>'
        f'<text x="{x:.1f}" y="{y + 14:.1f}" text-anchor="middle" font-size="11" '
        f'fill="#556">{escape(box.type)}</text></g>\n'
    )
