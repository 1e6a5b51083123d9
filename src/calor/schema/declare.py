"""How a type describes itself: classes of annotated properties and attributes.

The annotation is the type checker's type, the validator, the name-to-id lookup and the wire name
at once:

    class SubnetProperties(Properties):
        network: Annotated[str, Lookup("neutron.network"), Wire("network_id")] = prop(
            required=True, doc="The network to which the subnet belongs."
        )
        ip_version: Annotated[int, AllowedValues(4, 6)] = prop(4, doc="4 or 6.")

Out of a class comes a plain `Schema`; nothing here checks values.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import (
    Annotated,
    Any,
    ClassVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from calor.base.values import Value
from calor.schema.kinds import Kind
from calor.schema.schema import Problem, Schema
from calor.schema.spec import AttributeSpec, PropertySpec, Wire
from calor.schema.support import SUPPORTED, Support

_KINDS = {str: Kind.STRING, int: Kind.INTEGER, float: Kind.NUMBER, bool: Kind.BOOLEAN}


@dataclass(frozen=True, slots=True)
class _Declared:
    """A property as declared; on an instance it is the value."""

    spec: PropertySpec
    key: str = ""
    view: type[Properties] | None = None

    def __get__(self, instance: Properties | None, owner: type[Properties]) -> Any:
        if instance is None:
            return self
        value = instance.values.get(self.key)
        if self.view is None or value is None:
            return value
        if isinstance(value, list):
            return [self.view(item) for item in value]
        return self.view(value)


def prop(
    default: Value = None,
    *,
    required: bool = False,
    update: bool = False,
    immutable: bool = False,
    sensitive: bool = False,
    name: str = "",
    replaced_by: str | None = None,
    translate: Callable[[Value], Value] | None = None,
    doc: str,
    support: Support = SUPPORTED,
) -> Any:
    """Declares a property of a `Properties` class; see `PropertySpec`.

    `name` is for names that Python can't write, as 'binding:vnic_type'.
    """
    return _Declared(
        PropertySpec(
            name,
            Kind.ANY,
            required=required,
            default=default,
            update=update,
            immutable=immutable,
            sensitive=sensitive,
            replaced_by=replaced_by,
            translate=translate,
            doc=doc,
            support=support,
        )
    )


class Properties:
    """The base of all property classes. An instance is a typed view of a map of properties; what
    the map lacks is None."""

    schema: ClassVar[Schema]

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        hints = get_type_hints(cls, include_extras=True)
        specs: dict[str, PropertySpec] = {}
        for attribute in _declared(cls, _Declared):
            declared: _Declared = _inherited(cls, attribute)
            name = declared.spec.name or attribute
            spec = _typed(replace(declared.spec, name=name), hints[attribute])
            specs[name] = spec
            setattr(cls, attribute, _Declared(declared.spec, name, _view(hints[attribute])))
        judges = cls.rule.__func__ is not Properties.rule.__func__  # type: ignore[attr-defined]  # bound classmethods
        cls.schema = Schema(specs, rule=cls.rule if judges else None)

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        """What is wrong with the properties taken together; see `Schema`."""
        return []


def _declared(cls: type, kind: type) -> list[str]:
    """Names of declarations, those of base classes first."""
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, kind):
                names[name] = None
    return list(names)


def _inherited(cls: type, name: str) -> Any:
    return next(vars(base)[name] for base in cls.__mro__ if name in vars(base))


def _typed(spec: PropertySpec, hint: Any) -> PropertySpec:
    """The spec with what the annotation says."""
    notes: tuple[Any, ...] = ()
    hint = _plain(hint)
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        notes = tuple(rest)
        hint = _plain(hint)
    wire = next((note for note in notes if isinstance(note, Wire)), None)
    constraints = tuple(note for note in notes if not isinstance(note, Wire))
    spec = replace(spec, constraints=constraints, wire=wire)
    if isinstance(hint, type) and issubclass(hint, Properties):
        return replace(spec, kind=Kind.MAP, fields=hint.schema.properties)
    if hint in _KINDS:
        return replace(spec, kind=_KINDS[hint])
    origin = get_origin(hint) or hint
    if origin is list:
        inner = get_args(hint)
        items = None
        if inner and inner[0] is not Any:
            items = _typed(PropertySpec("*", Kind.ANY), inner[0])
        return replace(spec, kind=Kind.LIST, items=items)
    if origin is dict:
        return replace(spec, kind=Kind.MAP)
    if hint is Any:
        return replace(spec, kind=Kind.ANY)
    raise TypeError(f"property {spec.name}: {hint!r} is no type of a property")


def _plain(hint: Any) -> Any:
    """Without `| None`, which only says that a property may be absent."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [item for item in get_args(hint) if item is not type(None)]
        if len(rest) == 1:
            return rest[0]
    return hint


def _view(hint: Any) -> type[Properties] | None:
    """The nested class behind `X`, `X | None`, `list[X]` and their annotated forms."""
    hint = _plain(hint)
    if get_origin(hint) is Annotated:
        hint = _plain(get_args(hint)[0])
    if get_origin(hint) is list:
        hint = get_args(hint)[0]
    return hint if isinstance(hint, type) and issubclass(hint, Properties) else None


# --- attributes ----------------------------------------------------------------------------------


def attribute(
    doc: str,
    *,
    wire: str | None = None,
    live: bool = False,
    sensitive: bool = False,
    name: str = "",
    support: Support = SUPPORTED,
) -> Any:
    """Declares an attribute of an `Attributes` class; see `AttributeSpec`. Without `wire` it has
    the same name in what the cloud shows; `wire=''` says that code makes it."""
    return _Attribute(
        AttributeSpec(
            name,
            doc=doc,
            live=live,
            sensitive=sensitive,
            wire="?" if wire is None else wire,
            support=support,
        )
    )


@dataclass(frozen=True, slots=True)
class _Attribute:
    spec: AttributeSpec


class Attributes:
    """The base of all attribute classes; `specs` holds what they declare."""

    specs: ClassVar[Mapping[str, AttributeSpec]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        hints = get_type_hints(cls)
        specs = {}
        for key in _declared(cls, _Attribute):
            spec: AttributeSpec = _inherited(cls, key).spec
            name = spec.name or key
            kind = _typed(PropertySpec(name, Kind.ANY), hints[key]).kind
            specs[name] = replace(
                spec,
                name=name,
                kind=None if kind is Kind.ANY else kind,
                wire=name if spec.wire == "?" else spec.wire,
            )
        cls.specs = specs
