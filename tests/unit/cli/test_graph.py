"""Drawings: what is in them, whatever the language."""

from itertools import pairwise
from xml.etree import ElementTree

from calor.cli.graph import dot, mermaid, svg, text
from calor.cli.graph.diagram import Box, Diagram
from calor.cli.graph.layers import lay_out, layer_of
from calor.planning.graph import Graph


def diagram(needs: dict[str, list[str]], states: dict[str, str] | None = None) -> Diagram:
    graph: Graph[str] = Graph()
    for name, needed in needs.items():
        graph.add(name)
        for need in needed:
            graph.connect(name, need)
    boxes = {name: Box(name, "OS::X", (states or {}).get(name, "")) for name in needs}
    return Diagram("app", boxes, graph)


NEEDS = {
    "network": [],
    "router": [],
    "subnet": ["network"],
    "interface": ["router", "subnet"],
    "server": ["network", "interface"],
}


def test_every_box_stands_below_all_that_it_needs() -> None:
    depth = layer_of(diagram(NEEDS).needs)
    assert depth == {"network": 0, "router": 0, "subnet": 1, "interface": 2, "server": 3}


def test_a_line_over_several_layers_gets_a_place_in_each() -> None:
    layout = lay_out(diagram(NEEDS).needs)
    long = next(
        line for line in layout.lines if (line[0].name, line[-1].name) == ("network", "server")
    )
    assert [slot.is_box for slot in long] == [True, False, False, True]
    for level, slot in enumerate(long):
        assert slot in layout.layers[level]


def test_neighbours_are_put_side_by_side_so_that_lines_do_not_cross() -> None:
    layout = lay_out(diagram({"a": [], "b": [], "of_b": ["b"], "of_a": ["a"]}).needs)
    assert [slot.name for slot in layout.layers[1]] == ["of_a", "of_b"]


def test_a_cycle_is_drawn_too() -> None:
    drawing = diagram({"a": ["b"], "b": ["a"], "c": []})
    assert {"a", "b", "c"} == {
        slot.name for layer in lay_out(drawing.needs).layers for slot in layer if slot.is_box
    }
    assert "a" in svg.draw(drawing)


def test_nothing_can_be_drawn() -> None:
    for language in (text, dot, mermaid, svg):
        assert language.draw(diagram({})).endswith("\n")


def test_text_tells_the_layers_and_the_needs() -> None:
    assert text.draw(diagram(NEEDS, {"subnet": "CREATE_COMPLETE"})).splitlines() == [
        "app",
        "  1  network    OS::X",
        "     router     OS::X",
        "  2  subnet     OS::X  CREATE_COMPLETE  <- network",
        "  3  interface  OS::X  <- router, subnet",
        "  4  server     OS::X  <- network, interface",
    ]


def test_dot_quotes_what_it_must() -> None:
    drawing = diagram({'say "hi"': []})
    assert '"say \\"hi\\""' in dot.draw(drawing)


def test_mermaid_has_a_line_for_each_need() -> None:
    drawn = mermaid.draw(diagram(NEEDS))
    assert drawn.startswith("flowchart TD\n")
    assert drawn.count("-->") == 5


def test_svg_is_xml_with_a_box_for_each_resource_and_no_boxes_that_overlap() -> None:
    root = ElementTree.fromstring(svg.draw(diagram({**NEEDS, "a<b": []})))
    space = "{http://www.w3.org/2000/svg}"
    boxes = [group.find(f"{space}rect") for group in root.findall(f"{space}g")]
    places = sorted(
        (float(box.get("y", "")), float(box.get("x", "")), float(box.get("width", "")))
        for box in boxes
        if box is not None
    )
    assert len(places) == 6
    for (y, x, width), (next_y, next_x, _) in pairwise(places):
        assert y != next_y or x + width <= next_x
