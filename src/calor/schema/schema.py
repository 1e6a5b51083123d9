"""A whole set of properties: checks all of a value at once, and makes it uniform.

Pure. It tolerates `Unknown` and `Sensitive` anywhere, and knows no file, type or cloud: paths
lead to the places, and whoever holds the source finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from calor.base.spelling import nearest
from calor.base.values import MASK, Sensitive, Unknown, Value, revealed
from calor.schema.constraints import Unavailable
from calor.schema.kinds import Kind, Mismatch, coerce
from calor.schema.show import property_json
from calor.schema.spec import PropertySpec

Path = tuple[str | int, ...]


class ProblemKind(StrEnum):
    UNKNOWN = "unknown"
    """No property has that name."""
    MISSING = "missing"
    TYPE = "type"
    CONSTRAINT = "constraint"
    CONFLICT = "conflict"
    """Two names of one property."""
    UNAVAILABLE = "unavailable"
    """Heat has it, and Calor not yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` leads from the properties' map to the place; of a missing one, to where it belongs."""

    path: Path
    kind: ProblemKind
    message: str
    hint: str = ""


Rule = Callable[[Mapping[str, Value]], list[Problem]]
"""Judges normalised properties, which may hold `Unknown`."""


class Schema:
    """`properties` by name, old names too, in the order of declaration.

    `rule` judges properties together, once each is fine by itself. An `open` schema takes
    properties of any name.
    """

    __slots__ = ("_defaults", "_lookups", "_open", "_rule", "properties")

    def __init__(
        self,
        properties: Mapping[str, PropertySpec],
        *,
        rule: Rule | None = None,
        open: bool = False,
    ) -> None:
        self.properties = properties
        self._rule = rule
        self._open = open
        self._lookups = {name: spec for name, spec in properties.items() if _looks_up(spec)}
        self._defaults = _defaults(properties)

    def check(self, value: Mapping[str, Value], path: Path = ()) -> list[Problem]:
        """All problems of a map of properties, in the order written, missing ones last."""
        return self.judged(value, path)[0]

    def judged(
        self, value: Mapping[str, Value], path: Path = ()
    ) -> tuple[list[Problem], dict[str, Value]]:
        """What `check` and `normalise` say, at the price of one."""
        problems: list[Problem] = []
        known = self.properties
        checked = {name: value[name] for name in value if name in known} if self._open else value
        _check_map(known, checked, path, problems)
        normal = self.normalise(value)
        if not problems:
            found = self._ruled(problems, normal)
            problems = [replace(problem, path=(*path, *problem.path)) for problem in found]
        return problems, normal

    def judged_again(
        self, normal: Mapping[str, Value], given: Mapping[str, Value]
    ) -> tuple[list[Problem], dict[str, Value]] | None:
        """What `judged` says of properties that are fine and `normal`, once those that are `given`
        have these values, whatever they had before; None where all have to be judged."""
        problems: list[Problem] = []
        changed = dict(normal)
        for name, value in given.items():
            spec = self.properties.get(name)
            if spec is None or spec.replaced_by or value is None:
                return None
            _check_one(spec, value, (name,), problems)
            changed[name] = _normal(spec, value)
        return self._ruled(problems, changed), changed

    def _ruled(self, problems: list[Problem], normal: Mapping[str, Value]) -> list[Problem]:
        """With what the rule says, where nothing else is wrong."""
        if self._rule is None or problems:
            return problems
        return self._rule(revealed(normal))

    def normalise(self, value: Mapping[str, Value]) -> dict[str, Value]:
        """The same properties in one form: of the declared types, defaults filled in, old names
        become new ones, secrets marked. What `check` objects to stays as it is. Defaults are
        shared: change nothing in place."""
        return _normal_map(self.properties, value, self._defaults)

    def lookups(self, value: Mapping[str, Value]) -> list[tuple[Path, str, Value]]:
        """The names and ids of things in the cloud that a normalised map holds: where, of which
        kind, which. Values that are empty, or not known yet, are left out."""
        found: list[tuple[Path, str, Value]] = []
        for name, spec in self._lookups.items():
            if name in value:
                found.extend(_lookups_in(spec, value[name], (name,)))
        return found

    def to_json(self) -> dict[str, Any]:
        """The `properties` part of GET /resource_types/NAME."""
        return {
            name: property_json(spec)
            for name, spec in self.properties.items()
            if spec.implemented and not spec.support.hidden
        }


# --- checking -----------------------------------------------------------------------------------


def _check_map(
    specs: Mapping[str, PropertySpec], value: Mapping[str, Value], path: Path, found: list[Problem]
) -> None:
    given = {name for name, item in value.items() if item is not None}
    misspelt: set[str] = set()
    for name, item in value.items():
        spec = specs.get(name)
        if spec is None:
            known = [key for key, other in specs.items() if not other.support.hidden]
            meant = nearest(name, known)
            misspelt.add(meant)
            hint = f"did you mean {meant!r}?" if meant else ""
            found.append(
                Problem((*path, name), ProblemKind.UNKNOWN, f"Unknown property {name!r}", hint)
            )
            continue
        if item is None:
            continue
        if not spec.implemented:
            message = f"Property {name!r} is not implemented"
            found.append(Problem((*path, name), ProblemKind.UNKNOWN, message, "leave it out"))
        if spec.replaced_by in given and spec.translate is None:
            message = f"Properties {spec.replaced_by!r} and {name!r} can't be given together"
            hint = f"leave out {name!r}, the old name"
            found.append(Problem((*path, name), ProblemKind.CONFLICT, message, hint))
        _check_one(spec, item, (*path, name), found)
    for name, spec in specs.items():
        if not spec.required or name in given or name in misspelt or spec.default is not None:
            continue
        if any(other.replaced_by == name and old in given for old, other in specs.items()):
            continue
        found.append(Problem((*path, name), ProblemKind.MISSING, f"Property {name!r} is missing"))


def _check_one(
    spec: PropertySpec, value: Value, path: Path, found: list[Problem], *, hushed: bool = False
) -> None:
    if isinstance(value, Unknown):
        return
    if isinstance(value, Sensitive) or (spec.sensitive and not hushed):
        inner: list[Problem] = []
        plain = value.value if isinstance(value, Sensitive) else value
        _check_one(spec, plain, path, inner, hushed=True)
        found.extend(_without_secret(spec, problem) for problem in inner)
        return
    try:
        typed = coerce(spec.kind, value, converts=spec.converts)
    except Mismatch as error:
        found.append(Problem(path, ProblemKind.TYPE, str(error), error.hint))
        return
    for constraint in spec.constraints:
        message = _violation(constraint.check, typed)
        if message is not None:
            missing = isinstance(constraint, Unavailable)
            kind = ProblemKind.UNAVAILABLE if missing else ProblemKind.CONSTRAINT
            found.append(Problem(path, kind, message))
    if isinstance(typed, list) and spec.items is not None:
        for index, item in enumerate(typed):
            if item is not None:
                _check_one(spec.items, item, (*path, index), found)
    elif isinstance(typed, dict) and spec.fields is not None:
        _check_map(spec.fields, typed, path, found)


def _violation(check: Any, value: Value) -> str | None:
    if isinstance(value, list) and any(isinstance(item, Unknown | Sensitive) for item in value):
        value = [
            item.value if isinstance(item, Sensitive) else item
            for item in value
            if not isinstance(item, Unknown)
        ]
    message: str | None = check(value)
    return message


def _without_secret(spec: PropertySpec, problem: Problem) -> Problem:
    if problem.kind is ProblemKind.TYPE:
        message = f"the value is not of the type {spec.kind}"
    elif problem.kind is ProblemKind.CONSTRAINT:
        message = f"{MASK} breaks a constraint"
    else:
        return problem
    return Problem(problem.path, problem.kind, message, problem.hint)


# --- one form -----------------------------------------------------------------------------------


def _defaults(specs: Mapping[str, PropertySpec]) -> dict[str, Value]:
    return {
        name: _normal(spec, spec.default)
        for name, spec in specs.items()
        if spec.default is not None
    }


def _normal_map(
    specs: Mapping[str, PropertySpec], value: Mapping[str, Value], defaults: Mapping[str, Value]
) -> dict[str, Value]:
    given = {name: item for name, item in value.items() if item is not None}
    for name in [name for name in given if name in specs and specs[name].replaced_by]:
        old = specs[name]
        item = given.pop(name)
        if old.translate is not None:
            item = _inside(item, old.translate)
        given.setdefault(str(old.replaced_by), item)
    normal = {}
    for name, spec in specs.items():
        if name in given:
            normal[name] = _normal(spec, given.pop(name))
        elif name in defaults:
            normal[name] = defaults[name]
    normal.update(given)
    return normal


def _inside(value: Value, change: Any) -> Value:
    if isinstance(value, Sensitive):
        return Sensitive(_inside(value.value, change))
    return value if isinstance(value, Unknown) else change(value)


def _normal(spec: PropertySpec, value: Value) -> Value:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Sensitive):
        return Sensitive(_normal_known(spec, value.value))
    normal = _normal_known(spec, value)
    return Sensitive(normal) if spec.sensitive else normal


def _normal_known(spec: PropertySpec, value: Value) -> Value:
    if isinstance(value, Unknown):
        return value
    try:
        typed = coerce(spec.kind, value, converts=spec.converts)
    except Mismatch:
        return value
    if isinstance(typed, list):
        if spec.items is None:
            return list(typed)
        return [_normal(spec.items, item) for item in typed if item is not None]
    if isinstance(typed, dict):
        if spec.fields is None:
            return dict(typed)
        return _normal_map(spec.fields, typed, _defaults(spec.fields))
    return typed


# --- names of things in the cloud -----------------------------------------------------------------


def _looks_up(spec: PropertySpec) -> bool:
    if spec.lookup is not None:
        return True
    if spec.items is not None:
        return _looks_up(spec.items)
    return spec.fields is not None and any(_looks_up(field) for field in spec.fields.values())


def _lookups_in(spec: PropertySpec, value: Value, path: Path) -> Iterator[tuple[Path, str, Value]]:
    if isinstance(value, Sensitive):
        value = value.value
    if isinstance(value, Unknown) or value is None or value == "":
        return
    if spec.lookup is not None and spec.kind is Kind.STRING:
        yield path, spec.lookup, value
    elif isinstance(value, list):
        if spec.items is None and spec.lookup is None:
            return
        item_spec = spec.items or PropertySpec(spec.name, Kind.STRING, constraints=spec.constraints)
        for index, item in enumerate(value):
            yield from _lookups_in(item_spec, item, (*path, index))
    elif isinstance(value, dict) and spec.fields is not None:
        for name, field in spec.fields.items():
            if name in value:
                yield from _lookups_in(field, value[name], (*path, name))
