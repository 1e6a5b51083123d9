"""Markdown about types, properties, attributes, functions and parameters: what editors show.

The sentences are those of the declarations; nothing is described here.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from inspect import cleandoc

from calor.base.source import Node
from calor.lsp.language import said
from calor.model.resource_type import ResourceType
from calor.schema import AttributeSpec, PropertySpec
from calor.schema.constraints import AllowedPattern, AllowedValues, Length, Lookup, Range
from calor.template.function import Function


def of_type(type: ResourceType) -> str:
    """A type, and what must be said of it."""
    doc = str(getattr(type, "doc", ""))
    needed = [name for name, spec in type.schema.properties.items() if spec.required]
    parts = [f"**{type.name}**", doc, _support(type.support_status.get("status"))]
    if needed:
        parts.append("Required: " + ", ".join(f"`{name}`" for name in needed) + ".")
    return _text(parts)


def of_property(spec: PropertySpec) -> str:
    head = f"**{spec.name}** ({spec.kind}{', required' if spec.required else ''})"
    default = "" if spec.default in (None, "", ()) else f"Default: `{spec.default}`."
    limits = [_limit(item) for item in (*spec.constraints, *_of_items(spec))]
    return _text(
        [
            head,
            spec.doc,
            " ".join(part for part in (default, *limits) if part),
            f"An old name of `{spec.replaced_by}`." if spec.replaced_by else "",
            "" if spec.implemented else "Accepted, and without effect.",
            _change(spec),
            _support(spec.support.status),
        ]
    )


def of_attribute(spec: AttributeSpec) -> str:
    head = f"**{spec.name}**" + (f" ({spec.kind})" if spec.kind else "")
    live = "Read when it is asked for." if spec.live else ""
    secret = "Secret." if spec.sensitive else ""
    return _text([head, spec.doc, live, secret, _support(spec.support.status)])


def of_function(name: str, function: Function | None) -> str:
    """A function: what its module says of it first."""
    if function is None:
        return _text([f"**{name}**", "Not available yet."])
    about = cleandoc(sys.modules[type(function).__module__].__doc__ or "").split("\n\n")[0]
    example = f"```yaml\n{function.example}\n```" if function.example else ""
    return _text([f"**{name}**", about, example])


def of_parameter(name: str, node: Node | None, kind: str, description: str, default: str) -> str:
    """A parameter as a template declares it; the other arguments are its words for these keys."""
    head = f"**{name}**" + (f" ({said(node, kind)})" if said(node, kind) else "")
    value = said(node, default)
    return _text([head, said(node, description), f"Default: `{value}`." if value else ""])


def of_word(word: str, sentences: Mapping[str, str], role: str = "") -> str:
    """A word of the language."""
    return _text([f"**{word}**", sentences.get(role or word) or sentences.get(word, "")])


def _limit(constraint: object) -> str:
    if isinstance(constraint, AllowedValues):
        return "One of " + ", ".join(f"`{value}`" for value in constraint.values) + "."
    if isinstance(constraint, AllowedPattern):
        return f"Matches `{constraint.pattern}`."
    if isinstance(constraint, Lookup):
        return f"Names a `{constraint.kind}`."
    if isinstance(constraint, Length | Range):
        what = "Length" if isinstance(constraint, Length) else "From"
        low, high = constraint.min, constraint.max
        if high is None:
            return f"{what} {low} or more."
        return f"{what} {0 if low is None else low} to {high}."
    return ""


def _of_items(spec: PropertySpec) -> tuple[object, ...]:
    if spec.items is None:
        return ()
    return tuple(item for item in spec.items.constraints if item not in spec.constraints)


def _change(spec: PropertySpec) -> str:
    if spec.immutable:
        return "A change is refused."
    return "Changes in place." if spec.update else "A change replaces the resource."


def _support(status: object) -> str:
    words = {"DEPRECATED": "**Deprecated.**", "UNSUPPORTED": "**Not supported.**"}
    return words.get(str(status), "")


def _text(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)
