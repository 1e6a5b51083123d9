"""Texts that are being typed: `|` is where the cursor stands. What is offered there."""

from __future__ import annotations

from typing import Any

from support.editor import Editor

HEAD = """\
heat_template_version: 2021-04-16
parameters:
  size: {type: number, default: 8, description: How large it is.}
  flavor_name:
    type: string
conditions:
  is_large: {equals: [{get_param: size}, 9]}
resources:
  net:
    type: OS::Neutron::Net
  web:
    type: OS::Nova::Server
    properties:
      image: debian
"""
"""The beginning of a template, to which lines may be added below its resources."""


def cut(text: str) -> tuple[str, int, int]:
    """The text without the cursor, and the cursor's line and character."""
    at = text.index("|")
    line = text.count("\n", 0, at)
    return text[:at] + text[at + 1 :], line, at - text.rfind("\n", 0, at) - 1


def asked(user: Editor, name: str, text: str) -> dict[str, dict[str, Any]]:
    """What is offered, by its label."""
    clean, line, character = cut(text)
    uri = user.open(name, clean)
    answer = user.ask("textDocument/completion", user.at(uri, line, character))
    return {item["label"]: item for item in answer["items"]}


def taken(text: str, item: dict[str, Any]) -> str:
    """The text after an offer was taken."""
    lines = cut(text)[0].split("\n")
    edit = item["textEdit"]
    start, end = edit["range"]["start"], edit["range"]["end"]
    line = lines[start["line"]]
    assert start["line"] == end["line"]
    lines[start["line"]] = line[: start["character"]] + edit["newText"] + line[end["character"] :]
    return "\n".join(lines)
