"""What an offer of the completion brings: its text in its place, and its documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cursor import HEAD, asked, cut, taken
from support.editor import Editor, editor

TAKEN = {
    "a key": ("  a:\n    dep|", "depends_on", "    depends_on: "),
    "a key of a map": ("  a:\n    pro|", "properties", "    properties:"),
    "a key before its colon": ("  a:\n    de|: net", "depends_on", "    depends_on: net"),
    "a type": ("  a:\n    type: OS::Neu|", "OS::Neutron::Net", "    type: OS::Neutron::Net"),
    "a value right after the colon": (
        "  a:\n    type:|",
        "OS::Heat::None",
        "    type: OS::Heat::None",
    ),
    "a type in quotes": (
        '  a:\n    type: "OS::N|"',
        "OS::Nova::Flavor",
        '    type: "OS::Nova::Flavor"',
    ),
    "after what is outside of the BMP": (
        "  a: {metadata: {x: '😀'}, type: |",
        "OS::Heat::None",
        "  a: {metadata: {x: '😀'}, type: OS::Heat::None",
    ),
}


@pytest.mark.parametrize("case", TAKEN)
def test_offers_are_written_in_their_place(user: Editor, name: str, case: str) -> None:
    below, label, line = TAKEN[case]
    text = HEAD + below
    clean, number, _ = cut(text)
    start = clean.rfind("\n", 0, text.index("|")) + 1
    # editors count in UTF-16, and so does this
    character = len(clean[start : text.index("|")].encode("utf-16-le")) // 2
    uri = user.open(name, clean)
    answer = user.ask("textDocument/completion", user.at(uri, number, character))
    edit = next(item for item in answer["items"] if item["label"] == label)["textEdit"]
    old = clean.split("\n")[number].encode("utf-16-le")
    first, last = edit["range"]["start"]["character"] * 2, edit["range"]["end"]["character"] * 2
    new = old[:first].decode("utf-16-le") + edit["newText"] + old[last:].decode("utf-16-le")
    assert new == line


def test_offers_are_documented(user: Editor, name: str) -> None:
    offered = asked(
        user, name, HEAD + "  a:\n    type: OS::Nova::Server\n    properties:\n      |\n"
    )
    flavor = offered["flavor"]["documentation"]["value"]
    assert "required" in flavor
    assert "A change" in flavor or "Changes" in flavor
    assert "example" not in offered["get_param"]["documentation"]
    assert "get_param: [name, key, 0]" in offered["get_param"]["documentation"]["value"]


def test_a_parameters_description_is_shown(user: Editor, name: str) -> None:
    offered = asked(user, name, HEAD + "outputs:\n  x: {value: {get_param: |\n")
    assert "How large it is." in offered["size"]["documentation"]["value"]
    assert offered["size"]["detail"] == "number"


def test_a_type_is_documented_when_it_is_looked_at(user: Editor, name: str) -> None:
    offered = asked(user, name, HEAD + "  a:\n    type: |\n")
    item = offered["OS::Neutron::Net"]
    assert "documentation" not in item
    found = user.ask("completionItem/resolve", item)
    assert "A network" in found["documentation"]["value"]


def test_nested_templates_are_types(tmp_path: Path) -> None:
    (tmp_path / "member.yaml").write_text(
        "heat_template_version: 2021-04-16\nparameters:\n  colour: {type: string}\n"
        "resources:\n  a: {type: OS::Heat::None}\noutputs:\n  paint: {value: 1}\n"
    )
    (tmp_path / "notes.txt").write_text("hello")
    with editor(tmp_path) as user:
        text = HEAD + "  a:\n    type: member.yaml\n    properties:\n      |\n"
        assert "colour" in asked(user, "one.yaml", text)
        text = HEAD + "  a:\n    type: member.yaml\noutputs:\n  x: {value: {get_attr: [a, |\n"
        assert "paint" in asked(user, "two.yaml", text)
        offered = asked(user, "three.yaml", HEAD + "  a:\n    type: |\n")
        assert "member.yaml" in offered
        assert "notes.txt" not in offered
        offered = asked(user, "four.yaml", HEAD + "outputs:\n  x: {value: {get_file: |\n")
        assert {"member.yaml", "notes.txt"} <= set(offered)


def test_calls_are_snippets_where_the_editor_has_them(tmp_path: Path) -> None:
    text = HEAD + "outputs:\n  x:\n    value: |\n"
    can = {"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}}
    with editor(tmp_path, capabilities=can) as user:
        assert asked(user, "a.yaml", text)["get_param"]["textEdit"]["newText"] == (
            "{ get_param: $0 }"
        )
    with editor(tmp_path) as user:
        item = asked(user, "a.yaml", text)["get_param"]
        assert taken(text, item).endswith("    value: { get_param: }\n")
