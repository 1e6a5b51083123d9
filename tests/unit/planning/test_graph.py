"""The graph: order, cycles, what waits for what."""

from calor.planning.graph import Graph


def graph(*edges: tuple[str, str]) -> Graph[str]:
    made: Graph[str] = Graph()
    for node, needs in edges:
        made.connect(node, needs)
    return made


def test_order_puts_each_node_after_what_it_needs() -> None:
    made = graph(("web", "port"), ("port", "subnet"), ("subnet", "net"), ("port", "net"))
    order = made.order()
    assert order == ["net", "subnet", "port", "web"]


def test_order_is_that_of_insertion_where_nothing_decides() -> None:
    made: Graph[str] = Graph()
    for name in ("c", "a", "b"):
        made.add(name)
    assert made.order() == ["c", "a", "b"]


def test_a_cycle_is_shown_as_a_path_that_closes() -> None:
    made = graph(("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
    path = made.cycle()
    assert path[0] == path[-1]
    assert sorted(path[:-1]) == ["a", "b", "c"]
    assert made.order() == []


def test_a_graph_without_cycle_has_none() -> None:
    assert graph(("a", "b"), ("a", "c"), ("b", "c")).cycle() == []


def test_a_node_that_needs_itself_is_a_cycle() -> None:
    assert graph(("a", "a")).cycle() == ["a", "a"]


def test_disconnect_breaks_a_cycle() -> None:
    made = graph(("a", "b"), ("b", "a"))
    made.disconnect("b", "a")
    assert made.order() == ["b", "a"]
