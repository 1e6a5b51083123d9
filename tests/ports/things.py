"""A small service for tests of waiting: its things become ready and go at times of their own."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit

from calor.base.clock import parse_iso
from calor.base.wire import Request, Response
from support.clouded import reply


class Things:
    """A small service: things that become ACTIVE and then go, at times of their own."""

    def __init__(self, *, plural: str = "servers", can_list: bool = True) -> None:
        self.plural = plural
        self.can_list = can_list
        self.active_at: dict[str, float] = {}
        self.gone_at: dict[str, float] = {}
        self.hidden: list[str] = []
        self.unlisted_changes: list[str] = []

    def state(self, id: str, now: float) -> dict[str, Any] | None:
        if id not in self.active_at or now >= self.gone_at.get(id, float("inf")):
            return None
        return {"id": id, "status": "ACTIVE" if now >= self.active_at[id] else "BUILD"}

    def changed(self, id: str, since: float, now: float) -> bool:
        times = [self.active_at[id], self.gone_at.get(id, float("inf"))]
        return any(since <= at <= now for at in times)

    def __call__(self, request: Request, now: float) -> Response:
        date = {"Date": formatdate(now, usegmt=True)}
        parts = urlsplit(request.url)
        if parts.path.endswith("/v2.1/"):
            return reply(200, {"version": {"min_version": "2.1", "version": "2.96"}})
        last = parts.path.rsplit("/", 1)[1]
        if request.method == "POST":
            asked = json.loads(request.body or b"{}")
            return reply(202, {key: {"id": item["name"]} for key, item in asked.items()}, **date)
        if request.method == "DELETE":
            self.gone_at.setdefault(last, now + 3)
            return Response(204, date)
        if last not in ("detail", self.plural):
            found = self.state(last, now)
            singular = self.plural[:-1]
            return reply(200, {singular: found}, **date) if found else reply(404, {})
        if not self.can_list:
            return reply(403, {})
        query = parse_qs(parts.query)
        ids = [id for id in self.active_at if id not in self.hidden]
        if "id" in query:
            ids = [id for id in ids if id in query["id"]]
        if "changes-since" in query:
            since = parse_iso(query["changes-since"][0])
            gone = {"status": "DELETED"}
            items = [
                self.state(id, now) or {"id": id, **gone}
                for id in ids
                if self.changed(id, since, now) and id not in self.unlisted_changes
            ]
        else:
            items = [item for id in ids if (item := self.state(id, now))]
        return reply(200, {self.plural: items}, **date)


def active(seen: dict[str, Any] | None) -> bool:
    return seen is not None and seen["status"] == "ACTIVE"


def gone(seen: dict[str, Any] | None) -> bool:
    return seen is None
