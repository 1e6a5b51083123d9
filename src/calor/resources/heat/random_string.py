"""OS::Heat::RandomString."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Annotated, Any

from calor.base.ids import Ids
from calor.base.values import Sensitive, Value, is_known
from calor.model.resource import Resource
from calor.model.resource_type import Made, Work
from calor.resources.base import Type
from calor.schema import (
    AllowedValues,
    Attributes,
    Problem,
    ProblemKind,
    Properties,
    Range,
    attribute,
    hidden,
    prop,
    since,
)

CLASSES = {
    "lettersdigits": string.ascii_letters + string.digits,
    "letters": string.ascii_letters,
    "lowercase": string.ascii_lowercase,
    "uppercase": string.ascii_uppercase,
    "digits": string.digits,
    "hexdigits": string.digits + "ABCDEF",
    "octdigits": string.octdigits,
}
LONGEST = 512


class CharacterClass(Properties):
    class_: Annotated[str, AllowedValues(*CLASSES)] = prop(
        "lettersdigits", name="class", doc="Class of characters."
    )
    min: Annotated[int, Range(1, LONGEST)] = prop(1, doc="How many of it there are at least.")


class CharacterSequence(Properties):
    sequence: str = prop(required=True, doc="The characters to draw from.")
    min: Annotated[int, Range(1, LONGEST)] = prop(1, doc="How many of it there are at least.")


class RandomStringProperties(Properties):
    length: Annotated[int, Range(1, LONGEST)] = prop(32, doc="Length of the string.")
    sequence: Annotated[str | None, AllowedValues(*CLASSES)] = prop(
        replaced_by="character_classes",
        translate=lambda name: [{"class": name, "min": 1}],
        doc="Class of characters; old form of `character_classes`.",
        support=hidden("5.0.0", deprecated="2014.2"),
    )
    character_classes: list[CharacterClass] = prop(
        [{"class": "lettersdigits", "min": 1}], doc="Classes of characters to draw from."
    )
    character_sequences: list[CharacterSequence] | None = prop(
        doc="Characters to draw from, spelt out."
    )
    salt: str | None = prop(doc="Anything; another value makes another string.")

    @classmethod
    def rule(cls, values: Mapping[str, Value]) -> list[Problem]:
        length = values.get("length")
        groups = _groups(values)
        if not isinstance(length, int) or groups is None:
            return []
        least = sum(minimum for _, minimum in groups)
        if length >= least:
            return []
        message = f"the length {length} is less than the minimums together, which are {least}"
        return [Problem(("length",), ProblemKind.CONSTRAINT, message)]


def _groups(properties: Mapping[str, Any]) -> list[tuple[str, int]] | None:
    """The alphabets with their minimums; None where a part is not known."""
    found = []
    for key, name in (("character_sequences", "sequence"), ("character_classes", "class")):
        items = properties.get(key) or []
        if not is_known(items):
            return None
        for item in items:
            alphabet, minimum = item.get(name), item.get("min")
            if not isinstance(alphabet, str) or not isinstance(minimum, int):
                return None
            found.append((CLASSES[alphabet] if name == "class" else alphabet, minimum))
    return found


def generate(properties: Mapping[str, Any], ids: Ids) -> str:
    """A random string: the minimum of each alphabet, the rest from any, in random order."""
    length = properties["length"]
    groups = [group for group in _groups(properties) or [] if group[0]]
    drawn = "".join(ids.choice(alphabet, minimum) for alphabet, minimum in groups)[:length]
    rest = length - len(drawn)
    if len(groups) == 1:
        drawn += ids.choice(groups[0][0], rest)
    elif groups:
        order = ids.choice("".join(chr(number) for number in range(len(groups))), rest)
        drawn += "".join(ids.choice(groups[ord(mark)][0], 1) for mark in order)
    return "".join(ids.shuffle(list(drawn)))


class RandomStringAttributes(Attributes):
    value: str = attribute("The random string.", sensitive=True)


class RandomString(Type):
    """A random string, drawn once and kept: for passwords, tokens and unique names."""

    name = "OS::Heat::RandomString"
    Properties = RandomStringProperties
    Attributes = RandomStringAttributes
    support = since("2014.1")

    async def create(self, work: Work) -> Made:
        value = generate(work.properties, work.ids)
        return Made(work.resource.physical_name, {"value": Sensitive(value)})

    async def read(self, work: Work) -> Mapping[str, Value]:
        return {"value": work.resource.data.get("value")}

    def reference(self, resource: Resource) -> Value:
        return resource.data.get("value", resource.name)


TYPE = RandomString()
