"""Problems as they are told while somebody types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.editor import Editor, editor

CLEAN = """\
heat_template_version: 2021-04-16
resources:
  word:
    type: OS::Neutron::Net
outputs:
  word: {value: {get_attr: [word, name]}}
"""


def places(problems: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    """Code, line and character of each."""
    return [
        (item["code"], item["range"]["start"]["line"], item["range"]["start"]["character"])
        for item in problems
    ]


def test_what_is_clean_has_no_problems(user: Editor, name: str) -> None:
    assert user.problems(user.open(name, CLEAN)) == []


def test_problems_come_and_go_with_the_text(user: Editor, name: str) -> None:
    uri = user.open(name, CLEAN)
    assert user.problems(uri) == []
    user.change(uri, {"line": 5, "character": 28}, {"line": 5, "character": 32}, "wrod")
    (problem,) = user.problems(uri)
    assert places([problem]) == [("H402", 5, 28)]
    assert problem["severity"] == 1
    assert problem["source"] == "calor"
    assert "did you mean 'word'?" in problem["message"]
    user.change(uri, {"line": 5, "character": 28}, {"line": 5, "character": 32}, "word")
    assert user.problems(uri) == []


def test_what_is_not_well_formed_is_told(user: Editor, name: str) -> None:
    uri = user.open(name, CLEAN + "  more: {value: [1\n")
    assert {code for code, *_ in places(user.problems(uri))} == {"H103"}


def test_warnings_are_warnings(user: Editor, name: str) -> None:
    uri = user.open(name, CLEAN + "parameters:\n  unused: {type: string}\n")
    (problem,) = user.problems(uri)
    assert (problem["code"], problem["severity"]) == ("L101", 2)


@pytest.mark.parametrize("text", ["services: {web: {}}\n", "- a\n", "a: [\n", "", '{"name": "x"}'])
def test_nothing_is_told_of_what_is_no_template(user: Editor, name: str, text: str) -> None:
    """Editors show every YAML file to the server."""
    assert user.problems(user.open(name, text)) == []


LINE = "  x: {description: '😀', value: {get_param: nothing}}"


@pytest.mark.parametrize(
    ("encodings", "codec", "size"),
    [(None, "utf-16-le", 2), (["utf-32"], "utf-32-le", 4), (["utf-8", "utf-16"], "utf-8", 1)],
)
def test_places_are_in_the_units_of_the_editor(
    tmp_path: Path, encodings: list[str] | None, codec: str, size: int
) -> None:
    """UTF-16 where the editor asks for nothing else."""
    can = {"general": {"positionEncodings": encodings}} if encodings else {}
    with editor(tmp_path, capabilities=can) as user:
        assert user.capabilities["positionEncoding"] == (encodings or ["utf-16"])[0]
        (problem,) = user.problems(user.open("a.yaml", f"{CLEAN}{LINE}\n"))
        before = LINE[: LINE.index("nothing")].encode(codec)
        assert problem["range"]["start"] == {"line": 6, "character": len(before) // size}


def test_changes_are_taken_in_the_units_of_the_editor(user: Editor, name: str) -> None:
    uri = user.open(name, f"{CLEAN}{LINE}\n")
    assert len(user.problems(uri)) == 1
    # the smiley counts twice
    start = LINE.index("{get_param") + 1
    end = start + len("{get_param: nothing}")
    user.change(uri, {"line": 6, "character": start}, {"line": 6, "character": end}, "1")
    assert user.problems(uri) == []


def test_environments_are_checked(user: Editor, name: str) -> None:
    uri = user.open(name, "parameter_defaults: {a: 1}\nresource_registy: {}\n")
    assert places(user.problems(uri)) == [("H502", 1, 0)]


def test_a_nested_template_is_read_as_it_is_open(tmp_path: Path) -> None:
    """What is wrong in it is shown where it is used, and in itself."""
    (tmp_path / "inner.yaml").write_text(CLEAN)
    outer_text = "heat_template_version: 2021-04-16\nresources:\n  a: {type: inner.yaml}\n"
    with editor(tmp_path) as user:
        outer = user.open("outer.yaml", outer_text)
        assert user.problems(outer) == []
        inner = user.open("inner.yaml", CLEAN.replace("OS::Neutron::Net", "OS::Neutron::Nte"))
        assert places(user.problems(inner)) == [("R101", 3, 10)]
        user.rewrite(outer, outer_text + "\n")
        (problem,) = user.problems(outer)
        assert places([problem]) == [("R101", 2, 12)]
        assert "inner.yaml:4:11" in problem["message"]
        related = problem["relatedInformation"][0]["location"]
        assert related["uri"] == inner
        assert related["range"]["start"] == {"line": 3, "character": 10}


def test_environments_and_assumed_types_are_given_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "env.yaml").write_text("resource_registry: {My::Word: OS::Neutron::Net}\n")
    text = CLEAN.replace("OS::Neutron::Net", "My::Word")
    with editor(tmp_path) as user:
        assert [code for code, *_ in places(user.problems(user.open("a.yaml", text)))] == ["R101"]
    with editor(tmp_path, ["-e", "env.yaml"]) as user:
        assert user.problems(user.open("a.yaml", text)) == []
    with editor(tmp_path, ["--assume-type", "My::*"]) as user:
        assert user.problems(user.open("a.yaml", text)) == []


def test_a_document_that_is_closed_has_no_problems(user: Editor, name: str) -> None:
    uri = user.open(name, "heat_template_version: 1\n")
    assert user.problems(uri)
    user.close(uri)
    assert user.last_problems(uri) == []
