"""The page of a resource type: its properties and attributes, as its class declares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from calor.resources.registry import Registry
from calor.schema import AttributeSpec, Lookup, PropertySpec, Support
from calor.schema.show import SHOW
from making.markdown import code, table, text


def type_page(types: Registry, name: str) -> str:
    found = types.get(name)
    assert found is not None
    parts = [f"# {name}", doc_of(types, name), _support_text(found.support_status)]
    properties = list(property_rows(found.schema.properties))
    if properties:
        parts += [
            "## Properties",
            table(("property", "type", "default", "a change", "meaning"), properties),
        ]
    else:
        parts.append("It has no properties.")
    attributes = [
        (f"`{attribute}`", spec.kind or "", _attribute_text(spec))
        for attribute, spec in {**found.attributes, "show": SHOW}.items()
        if not spec.support.hidden
    ]
    parts += ["## Attributes", table(("attribute", "type", "meaning"), attributes)]
    return text(parts)


def property_rows(specs: Mapping[str, PropertySpec], above: str = "") -> Iterable[tuple[str, ...]]:
    """A row for each property, what is inside maps and lists below it."""
    for name, spec in specs.items():
        if spec.support.hidden:
            continue
        path = f"{above}{name}"
        change = "" if above else _change(spec)
        default = "required" if spec.required else code(spec.default)
        yield f"`{path}`", str(spec.kind), default, change, _property_text(spec)
        inside = spec.items if spec.items is not None else spec
        if inside.fields is not None:
            dots = "[]." if spec.items is not None else "."
            yield from property_rows(inside.fields, f"{path}{dots}")


def _change(spec: PropertySpec) -> str:
    if spec.immutable:
        return "refused"
    return "in place" if spec.update else "replaces"


def _property_text(spec: PropertySpec) -> str:
    parts = [spec.doc]
    if spec.replaced_by:
        parts.append(f"An old name of `{spec.replaced_by}`.")
    if not spec.implemented:
        parts.append("Accepted, and without effect.")
    parts += [_constraint_text(item) for item in _constraints(spec)]
    parts.append(_since(spec.support))
    return " ".join(part for part in parts if part)


def _constraints(spec: PropertySpec) -> list[Any]:
    inside = list(spec.items.constraints) if spec.items is not None else []
    return [*spec.constraints, *(item for item in inside if item not in spec.constraints)]


def _constraint_text(constraint: Any) -> str:
    if isinstance(constraint, Lookup):
        return f"Names a `{constraint.kind}`."
    shown = constraint.to_json()
    if not shown:
        reason = getattr(constraint, "reason", "")
        return f"{reason[:1].upper()}{reason[1:].rstrip('.')}." if reason else ""
    ((kind, value),) = ((kind, value) for kind, value in shown.items() if kind != "description")
    if kind in ("length", "range"):
        low, high = value.get("min"), value.get("max")
        if low is None or high is None:
            return f"{kind.capitalize()} {f'up to {high}' if low is None else f'from {low}'}."
        return f"{kind.capitalize()} {low} to {high}."
    if kind == "allowed_values":
        return f"One of {', '.join(f'`{item}`' for item in value)}."
    if kind == "allowed_pattern":
        return f"Matches `{value}`."
    if kind == "modulo":
        return f"A multiple of {value['step']}, plus {value['offset']}."
    return f"Must be a `{value}`."


def _attribute_text(spec: AttributeSpec) -> str:
    live = "Read when it is asked for." if spec.live else ""
    secret = "Secret." if spec.sensitive else ""
    return " ".join(part for part in (spec.doc, live, secret, _since(spec.support)) if part)


def _since(support: Support) -> str:
    if support.status == "DEPRECATED":
        return "**Deprecated.**"
    return ""


def _support_text(status: Mapping[str, Any]) -> str:
    version = status.get("version")
    words = {"SUPPORTED": "Supported", "DEPRECATED": "Deprecated", "UNSUPPORTED": "Unsupported"}
    word = words.get(str(status["status"]), str(status["status"]).capitalize())
    return f"{word} since Heat {version}." if version else ""


def file_of(name: str) -> str:
    return f"{name.replace('::', '-')}.md"


def link(name: str) -> str:
    return f"[{name}](types/{file_of(name)})"


def doc_of(types: Registry, name: str) -> str:
    found = types.get(name)
    assert found is not None
    return str(getattr(found, "doc", ""))
