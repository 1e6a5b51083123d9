"""What is drawn: boxes, and which needs which. It knows no language of drawings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calor.planning.graph import Graph


@dataclass(frozen=True, slots=True)
class Box:
    """A resource: its type below its name; `state` colours it, '' in a template's drawing."""

    name: str
    type: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """`needs` leads from each name to those that it comes after."""

    title: str
    boxes: Mapping[str, Box]
    needs: Graph[str]


COLOURS = {
    "CREATE_COMPLETE": "#e3f4e3",
    "UPDATE_COMPLETE": "#e3f4e3",
    "IN_PROGRESS": "#fff3d0",
    "FAILED": "#fbdcdc",
    "": "#eef3fb",
}


def colour(state: str) -> str:
    """The background of a box in that state."""
    if state.endswith("IN_PROGRESS"):
        return COLOURS["IN_PROGRESS"]
    if state.endswith("FAILED"):
        return COLOURS["FAILED"]
    return COLOURS.get(state, COLOURS[""])
