"""Hover, definitions, references, renaming and the outline. `|` is where the cursor stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.editor import Editor, editor

HOT = """\
heat_template_version: 2021-04-16
parameter_groups:
  - parameters: [size, name]
parameters:
  size: {type: number, default: 8, description: How large it is.}
  "name": {type: string}
conditions:
  large: {equals: [{get_param: size}, 9]}
  small: {not: large}
resources:
  net:
    type: OS::Neutron::Net
    condition: large
    properties:
      name: {str_replace: {template: n-name, params: {name: {get_param: ["name"]}}}}
  port:
    type: OS::Neutron::Port
    depends_on: [net]
    properties:
      network: {get_resource: net}
      name: {if: [large, {get_attr: [net, name]}, net]}
outputs:
  net: {value: {get_attr: [net, show, name]}, condition: small}
"""

CFN = """\
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Size: {Type: String}
  Web: {Type: String}
Mappings:
  Images: {a: {b: c}}
Conditions:
  Large: !Equals [!Ref Size, large]
  Other: !Not [!Condition Large]
Resources:
  Net:
    Type: OS::Neutron::Net
    Condition: Large
    Properties:
      name: !Sub "net-${Size}-${!Size}"
  Port:
    Type: OS::Neutron::Port
    DependsOn: Net
    Properties:
      network: !Ref Net
      name:
        Fn::Sub: |
          ${Net.name} of ${Size}
      security_groups: [!FindInMap [Images, a, b]]
Outputs:
  Name:
    Condition: Large
    Value: !If [Large, !GetAtt Net.name, !GetAtt [Net, name]]
"""


def placed(text: str, words: str) -> tuple[int, int]:
    """Line and character of the first place of the words, where `|` marks the cursor."""
    at = text.index(words.replace("|", "")) + words.index("|")
    return text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1


def asked(user: Editor, name: str, question: str, text: str, words: str) -> Any:
    """What is answered to a question about the place of the words in a new document."""
    uri = user.open(name, text)
    return user.ask(f"textDocument/{question}", user.at(uri, *placed(text, words)))


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """The text after the edits."""
    lines = text.split("\n")
    for edit in sorted(edits, key=_start, reverse=True):
        start, end = edit["range"]["start"], edit["range"]["end"]
        line = lines[start["line"]]
        assert start["line"] == end["line"]
        new = line[: start["character"]] + edit["newText"] + line[end["character"] :]
        lines[start["line"]] = new
    return "\n".join(lines)


def _start(edit: dict[str, Any]) -> tuple[int, int]:
    start = edit["range"]["start"]
    return start["line"], start["character"]


def renamed(user: Editor, uri: str, words: str, new: str) -> str:
    text = user.texts[uri]
    at = user.at(uri, *placed(text, words))
    range = user.ask("textDocument/prepareRename", at)
    line = text.split("\n")[range["start"]["line"]]
    word = line[range["start"]["character"] : range["end"]["character"]]
    assert word in words.replace("|", "")
    answer = user.ask("textDocument/rename", {**at, "newName": new})
    assert list(answer["changes"]) == [uri]
    return edited(text, answer["changes"][uri])


# Where the cursor stands, the new name, and the words that change, each to what.
RENAMES = {
    "parameter, where it is declared": (
        HOT,
        "  si|ze:",
        "length",
        {
            "[size,": "[length,",
            "  size:": "  length:",
            "get_param: size": "get_param: length",
        },
    ),
    "parameter, where it is used, in quotes": (
        HOT,
        '["na|me"]',
        "title",
        {"size, name]": "size, title]", '  "name":': '  "title":', '["name"]': '["title"]'},
    ),
    "resource": (
        HOT,
        "[n|et, name]",
        "lan",
        {
            "resources:\n  net:": "resources:\n  lan:",
            "depends_on: [net]": "depends_on: [lan]",
            "get_resource: net": "get_resource: lan",
            "[net, name]": "[lan, name]",
            "[net, show": "[lan, show",
        },
    ),
    "condition": (
        HOT,
        "condition: la|rge",
        "big",
        {
            "  large:": "  big:",
            "not: large": "not: big",
            "condition: large": "condition: big",
            "[large,": "[big,",
        },
    ),
    "parameter of CloudFormation": (
        CFN,
        "!Ref Si|ze",
        "Length",
        {
            "  Size:": "  Length:",
            "!Ref Size": "!Ref Length",
            "net-${Size}": "net-${Length}",
            "of ${Size}": "of ${Length}",
        },
    ),
    "resource of CloudFormation": (
        CFN,
        "  Ne|t:",
        "Lan",
        {
            "  Net:": "  Lan:",
            "DependsOn: Net": "DependsOn: Lan",
            "!Ref Net": "!Ref Lan",
            "${Net.name}": "${Lan.name}",
            "!GetAtt Net.name": "!GetAtt Lan.name",
            "[Net, name]": "[Lan, name]",
        },
    ),
    "condition of CloudFormation": (
        CFN,
        "!If [La|rge",
        "Big",
        {
            "  Large:": "  Big:",
            "!Condition Large": "!Condition Big",
            "Condition: Large\n    Properties": "Condition: Big\n    Properties",
            "Condition: Large\n    Value": "Condition: Big\n    Value",
            "!If [Large": "!If [Big",
        },
    ),
    "mapping of CloudFormation": (
        CFN,
        "  Ima|ges:",
        "Pictures",
        {"  Images:": "  Pictures:", "[Images,": "[Pictures,"},
    ),
}


@pytest.mark.parametrize("case", RENAMES)
def test_rename(user: Editor, name: str, case: str) -> None:
    text, words, new, changed = RENAMES[case]
    uri = user.open(name, text)
    expected = text
    for old, wanted in changed.items():
        assert expected.count(old) == 1
        expected = expected.replace(old, wanted)
    assert renamed(user, uri, words, new) == expected


def test_what_is_renamed_still_means_the_same(user: Editor, name: str) -> None:
    """The new text has the problems of the old one."""
    uri = user.open(name, HOT)
    before = [item["code"] for item in user.problems(uri)]
    user.rewrite(uri, renamed(user, uri, "  n|et:\n    type", "lan"))
    assert [item["code"] for item in user.problems(uri)] == before


def test_rename_works_while_the_text_is_not_well_formed(user: Editor, name: str) -> None:
    uri = user.open(name, HOT + "  more: {value: [{get_param: size}\n")
    assert "{get_param: length}\n" in renamed(user, uri, "  si|ze:", "length").split("more")[1]


@pytest.mark.parametrize("new", ["", "port", "a/b", "a b", "1: {"])
def test_names_that_cant_be_had_are_refused(user: Editor, name: str, new: str) -> None:
    uri = user.open(name, HOT)
    at = user.at(uri, *placed(HOT, "  n|et:\n    type"))
    answer = user.answer("textDocument/rename", {**at, "newName": new})
    assert answer["error"]["code"] == -32803
    assert "name" in answer["error"]["message"] or "port" in answer["error"]["message"]


@pytest.mark.parametrize("words", ["2021|-04", "OS::Neu|tron::Net", "templ|ate: n-name"])
def test_what_is_no_name_is_not_renamed(user: Editor, name: str, words: str) -> None:
    assert asked(user, name, "prepareRename", HOT, words) is None


# Where the cursor stands, and the words where the declaration is.
DEFINITIONS = {
    "parameter": (HOT, "get_param: si|ze", "  |size:"),
    "group of parameters": (HOT, "[size, na|me]", '  "|name":'),
    "resource": (HOT, "get_resource: n|et", "  |net:\n    type"),
    "attribute's resource": (HOT, "[n|et, show", "  |net:\n    type"),
    "depends_on": (HOT, "depends_on: [ne|t]", "  |net:\n    type"),
    "condition": (HOT, "condition: lar|ge", "  |large:"),
    "placeholder": (CFN, "of ${Si|ze}", "  |Size:"),
    "dotted": (CFN, "!GetAtt N|et.name", "  |Net:"),
}


@pytest.mark.parametrize("case", DEFINITIONS)
def test_definition(user: Editor, name: str, case: str) -> None:
    text, words, declared = DEFINITIONS[case]
    found = asked(user, name, "definition", text, words)
    line, character = placed(text, declared)
    assert found["uri"] == (user.root / name).as_uri()
    assert found["range"]["start"] == {"line": line, "character": character}


def test_definition_of_nested_files(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(HOT)
    (tmp_path / "script.sh").write_text("echo\n")
    text = (
        "heat_template_version: 2021-04-16\nresources:\n  a:\n    type: inner.yaml\n"
        "  b:\n    type: OS::Heat::Value\n    properties:\n      value: {get_file: script.sh}\n"
    )
    with editor(tmp_path) as user:
        uri = user.open("outer.yaml", text)
        for words, file in (("inn|er.yaml", "inner.yaml"), ("scr|ipt.sh", "script.sh")):
            found = user.ask("textDocument/definition", user.at(uri, *placed(text, words)))
            assert found["uri"] == (tmp_path / file).as_uri()
        nothing = user.ask("textDocument/definition", user.at(uri, *placed(text, "resou|rces")))
        assert nothing is None
        uri = user.open("env.yaml", "resource_registry:\n  My::Type: inner.yaml\n")
        found = user.ask("textDocument/definition", user.at(uri, 1, 16))
        assert found["uri"] == (tmp_path / "inner.yaml").as_uri()


def test_references(user: Editor, name: str) -> None:
    uri = user.open(name, HOT)
    at = user.at(uri, *placed(HOT, "get_param: si|ze"))
    for declaration, count in ((True, 3), (False, 2)):
        context = {"context": {"includeDeclaration": declaration}}
        assert len(user.ask("textDocument/references", {**at, **context})) == count


# Where the cursor stands, and what is told.
HOVERS = {
    "section": (HOT, "condi|tions:", "Names for conditions"),
    "key": (HOT, "depen|ds_on:", "must be there before"),
    "type": (HOT, "OS::Neutr|on::Port", "**OS::Neutron::Port**"),
    "property": (HOT, "netw|ork: {get_resource", "required"),
    "function": (HOT, "{get_re|source", "get_resource: name"),
    "parameter": (HOT, "get_param: si|ze", "How large it is."),
    "parameter, where it is declared": (HOT, "  si|ze:", "How large it is."),
    "resource": (HOT, "get_resource: n|et", "OS::Neutron::Net"),
    "attribute": (HOT, "sho|w, name", "All that the service says"),
    "key of CloudFormation": (CFN, "Depen|dsOn:", "must be there before"),
    "function of CloudFormation": (CFN, "Fn::S|ub", "a text with"),
    "placeholder": (CFN, "of ${Si|ze}", "**Size** (String)"),
    "attribute in a placeholder": (CFN, "${Net.na|me}", "**name**"),
}


@pytest.mark.parametrize("case", HOVERS)
def test_hover(user: Editor, name: str, case: str) -> None:
    text, words, told = HOVERS[case]
    found = asked(user, name, "hover", text, words)
    assert told in found["contents"]["value"]


def test_hover_over_nothing(user: Editor, name: str) -> None:
    assert asked(user, name, "hover", HOT, "n-na|me") is None


def outline(items: list[dict[str, Any]]) -> dict[str, list[tuple[str, str | None]]]:
    return {
        item["name"]: [(child["name"], child.get("detail")) for child in item.get("children", ())]
        for item in items
    }


def test_outline(user: Editor, name: str) -> None:
    uri = user.open(name, HOT + "  half:\n  more: {value: [\n")
    found = outline(user.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}}))
    assert list(found) == [
        "heat_template_version",
        "parameter_groups",
        "parameters",
        "conditions",
        "resources",
        "outputs",
    ]
    assert found["resources"] == [("net", "OS::Neutron::Net"), ("port", "OS::Neutron::Port")]
    assert found["parameters"] == [("size", "number"), ("name", "string")]
    assert [child for child, _ in found["outputs"]] == ["net", "half", "more"]


def test_outline_of_an_environment_and_of_cloudformation(user: Editor, name: str) -> None:
    uri = user.open(name, "parameters: {a: 1}\nresource_registry:\n  My::Type: a.yaml\n")
    found = outline(user.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}}))
    assert found == {"parameters": [("a", "1")], "resource_registry": [("My::Type", "a.yaml")]}
    user.rewrite(uri, CFN)
    found = outline(user.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}}))
    assert found["Resources"] == [("Net", "OS::Neutron::Net"), ("Port", "OS::Neutron::Port")]
