"""What the client answers: frozen data made from the API's JSON.

Times are seconds since 1970, None where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from calor.base.clock import parse_iso
from calor.base.values import Unknown, Value

UNKNOWN_KEY = "$unknown"
"""In plans, `{"$unknown": "server.first_address"}` stands for a value known after creation."""


@dataclass(frozen=True, slots=True)
class StackInfo:
    """A stack. `parameters` and `outputs` are empty in lists."""

    id: str
    name: str
    status: str
    reason: str = ""
    description: str = ""
    created_at: float | None = None
    updated_at: float | None = None
    deleted_at: float | None = None
    owner: str = ""
    parent_id: str | None = None
    tags: tuple[str, ...] = ()
    disable_rollback: bool = True
    timeout_mins: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[OutputInfo, ...] = ()

    @property
    def ref(self) -> str:
        """`NAME/ID`, which every call takes without asking for the id first."""
        return f"{self.name}/{self.id}"

    @property
    def in_progress(self) -> bool:
        return self.status.endswith("_IN_PROGRESS")

    @property
    def failed(self) -> bool:
        return self.status.endswith("_FAILED")

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> StackInfo:
        return cls(
            id=body["id"],
            name=body["stack_name"],
            status=body.get("stack_status", ""),
            reason=body.get("stack_status_reason") or "",
            description=body.get("description") or "",
            created_at=_time(body.get("creation_time")),
            updated_at=_time(body.get("updated_time")),
            deleted_at=_time(body.get("deletion_time")),
            owner=body.get("stack_owner") or "",
            parent_id=body.get("parent"),
            tags=tuple(body.get("tags") or ()),
            disable_rollback=body.get("disable_rollback", True),
            timeout_mins=body.get("timeout_mins"),
            parameters=body.get("parameters") or {},
            outputs=tuple(OutputInfo.from_json(item) for item in body.get("outputs") or ()),
        )


@dataclass(frozen=True, slots=True)
class OutputInfo:
    """An output. `error` says why there is no value."""

    key: str
    value: Any = None
    description: str = ""
    error: str = ""

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> OutputInfo:
        return cls(
            key=body["output_key"],
            value=body.get("output_value"),
            description=body.get("description") or "",
            error=body.get("output_error") or "",
        )


@dataclass(frozen=True, slots=True)
class ResourceInfo:
    """A resource. `stack` and `nested` are refs (`NAME/ID`), `nested` '' where there is none;
    `hook` is that at which it waits, '' while it waits at none."""

    name: str
    type: str
    status: str
    reason: str = ""
    physical_id: str = ""
    created_at: float | None = None
    updated_at: float | None = None
    required_by: tuple[str, ...] = ()
    parent: str = ""
    stack: str = ""
    nested: str = ""
    description: str = ""
    hook: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> ResourceInfo:
        links = _links(body)
        return cls(
            name=body["resource_name"],
            type=body.get("resource_type") or "",
            status=body.get("resource_status") or "",
            reason=body.get("resource_status_reason") or "",
            physical_id=body.get("physical_resource_id") or "",
            created_at=_time(body.get("creation_time")),
            updated_at=_time(body.get("updated_time")),
            required_by=tuple(body.get("required_by") or ()),
            parent=body.get("parent_resource") or "",
            stack=stack_ref(links.get("stack", "")),
            nested=stack_ref(links.get("nested", "")),
            description=body.get("description") or "",
            hook=body.get("hook") or "",
            attributes=body.get("attributes") or {},
        )


_CLEARED = re.compile(r"Hook \S+ is cleared")
_PAUSED = re.compile(r"[A-Z]+ paused until Hook (\S+) is cleared")


@dataclass(frozen=True, slots=True)
class EventInfo:
    """Something that happened. `stack` is the ref of the stack; `is_stack` says that the event is
    the stack's own, not a resource's; `hook` is that to which the resource came by it, and
    `is_clearing` says that it went on from one."""

    id: str
    at: float
    name: str
    status: str
    reason: str = ""
    physical_id: str = ""
    stack: str = ""

    @property
    def is_stack(self) -> bool:
        return bool(self.physical_id) and self.stack.rpartition("/")[2] == self.physical_id

    @property
    def hook(self) -> str:
        paused = _PAUSED.fullmatch(self.reason)
        return paused[1] if paused else ""

    @property
    def is_clearing(self) -> bool:
        return _CLEARED.fullmatch(self.reason) is not None

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> EventInfo:
        return cls(
            id=body["id"],
            at=_time(body["event_time"]) or 0.0,
            name=body.get("resource_name") or "",
            status=body.get("resource_status") or "",
            reason=body.get("resource_status_reason") or "",
            physical_id=body.get("physical_resource_id") or "",
            stack=stack_ref(_links(body).get("stack", "")),
        )


@dataclass(frozen=True, slots=True)
class ExportInfo:
    """A value that a stack shows to others under a name of the project. `imported_by` are names
    of stacks, where one export was asked for."""

    name: str
    value: Value
    stack_name: str
    stack_id: str
    imported_by: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> ExportInfo:
        return cls(
            name=body["name"],
            value=body["value"],
            stack_name=body["stack_name"],
            stack_id=body["stack_id"],
            imported_by=tuple(one["stack_name"] for one in body.get("imported_by", ())),
        )


@dataclass(frozen=True, slots=True)
class PropertyChangeInfo:
    """A property that differs; values may hold `base.values.Unknown`; `***` stands for secrets."""

    property: str
    before: Value
    after: Value
    forces: bool = False


@dataclass(frozen=True, slots=True)
class ChangeInfo:
    """What becomes of one resource: `verb` is a word of `model.plan.Verb`;
    `order` 'new first' or 'old first' for a replacement, else ''; `hooks` are those at which it
    will wait."""

    name: str
    type: str
    verb: str
    order: str = ""
    reason: str = ""
    properties: tuple[PropertyChangeInfo, ...] = ()
    waits_for: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> ChangeInfo:
        return cls(
            name=body["name"],
            type=body["type"],
            verb=body["verb"],
            order=body.get("order") or "",
            reason=body.get("reason") or "",
            properties=tuple(
                PropertyChangeInfo(
                    item["property"],
                    _value(item.get("before")),
                    _value(item.get("after")),
                    item.get("forces", False),
                )
                for item in body.get("properties", ())
            ),
            waits_for=tuple(body.get("waits_for", ())),
            hooks=tuple(body.get("hooks", ())),
        )


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """A plan: `changes` in an order in which they could run one by one; `counts` by verb.
    `generation` is None for a plan of what was not asked for yet."""

    stack_name: str
    changes: tuple[ChangeInfo, ...]
    counts: Mapping[str, int]
    generation: int | None = None

    @property
    def changes_nothing(self) -> bool:
        return all(change.verb == "keep" for change in self.changes)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> PlanInfo:
        return cls(
            stack_name=body.get("stack_name") or "",
            changes=tuple(ChangeInfo.from_json(item) for item in body["changes"]),
            counts=body["counts"],
            generation=body.get("generation"),
        )


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """A resource type: properties and attributes as JSON schemas of Heat's kind."""

    name: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    support_status: Mapping[str, Any]
    description: str = ""

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> TypeInfo:
        return cls(
            name=body["resource_type"],
            properties=body.get("properties") or {},
            attributes=body.get("attributes") or {},
            support_status=body.get("support_status") or {},
            description=body.get("description") or "",
        )


def stack_ref(href: str) -> str:
    """`NAME/ID` out of a link to a stack or to something in it; '' for no link."""
    _, found, rest = href.partition("/stacks/")
    return "/".join(rest.split("/")[:2]) if found else ""


def _links(body: Mapping[str, Any]) -> dict[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in body.get("links") or ()}


def _time(text: str | None) -> float | None:
    return parse_iso(text) if text else None


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        if list(value) == [UNKNOWN_KEY]:
            return Unknown(value[UNKNOWN_KEY])
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    return value
