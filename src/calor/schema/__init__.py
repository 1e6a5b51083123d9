"""Floor 1: what properties and attributes are, declared once and checked everywhere.

Pure; it knows neither templates nor clouds.

- `Properties`, `prop`, `Attributes`, `attribute`: how a type declares itself (`declare`).
- `Schema`: `check(value, path) -> [Problem]`, `normalise(value)`, `lookups(value)`, `to_json()`.
- `PropertySpec`, `AttributeSpec`, `Wire`: what is known of one; `Kind`, `coerce`: the types.
- `Length`, `Range`, `Modulo`, `AllowedValues`, `AllowedPattern`, `Format`, `Lookup`: constraints;
  `FORMATS`: those that templates name and that need no cloud.
- `Support`, `since`, `deprecated`, `hidden`: support states.
"""

from calor.schema.constraints import (
    AllowedPattern,
    AllowedValues,
    Constraint,
    Format,
    Length,
    Lookup,
    Modulo,
    Range,
    Unavailable,
)
from calor.schema.declare import Attributes, Properties, attribute, prop
from calor.schema.formats import FORMATS
from calor.schema.kinds import Kind, Mismatch, coerce
from calor.schema.schema import Path, Problem, ProblemKind, Schema
from calor.schema.show import SHOW, attribute_json, attributes_json, property_json
from calor.schema.spec import KEEP, AttributeSpec, PropertySpec, Wire
from calor.schema.support import SUPPORTED, Support, deprecated, hidden, since

__all__ = [
    "FORMATS",
    "KEEP",
    "SHOW",
    "SUPPORTED",
    "AllowedPattern",
    "AllowedValues",
    "AttributeSpec",
    "Attributes",
    "Constraint",
    "Format",
    "Kind",
    "Length",
    "Lookup",
    "Mismatch",
    "Modulo",
    "Path",
    "Problem",
    "ProblemKind",
    "Properties",
    "PropertySpec",
    "Range",
    "Schema",
    "Support",
    "Unavailable",
    "Wire",
    "attribute",
    "attribute_json",
    "attributes_json",
    "coerce",
    "deprecated",
    "hidden",
    "prop",
    "property_json",
    "since",
]
