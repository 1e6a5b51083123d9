"""Remembers what was made in a real cloud, whoever made it, so that it can be looked at and taken
away again.

It changes no call.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from calor.base.errors import LostAnswer
from calor.base.wire import Request, Response, Transport
from conformance.given import RealUser, parsed, service_of

LOGIN = "/auth/tokens"
NO_THINGS = ("/action", LOGIN, "/tags", "/os-volume_attachments", "/os-interface")
"""Ends of paths whose POSTs make nothing that stands by itself."""


@dataclass(slots=True)
class Thing:
    """Something that was made, by its URL."""

    kind: str
    id: str
    name: str
    url: str


class Records:
    """What was made and not seen to be deleted, by URL, and the calls."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.ids: dict[str, None] = {}
        """Ids of all that was ever made."""
        self.calls: Counter[tuple[str, str, str]] = Counter()
        self.lost: dict[str, list[str]] = {}
        """Names in creates that a slow cloud really gave no answer to, by the list's URL."""

    def note_lost(self, request: Request) -> None:
        """A call took too long; what it may have made is known by its name alone."""
        if request.method == "POST" and not request.url.endswith(NO_THINGS):
            body = json.loads(request.body or b"{}")
            for value in body.values():
                items = value if isinstance(value, list) else [value]
                things = [item for item in items if isinstance(item, dict)]
                names = [str(item["name"]) for item in things if item.get("name")]
                self.lost.setdefault(request.url, []).extend(names)

    def found(self, url: str, project_id: str, response: Response) -> None:
        """A list, in which may be what was lost."""
        for key, items in (parsed(response) or {}).items():
            for item in items if isinstance(items, list) else []:
                ours = item.get("project_id", project_id) == project_id
                if ours and item.get("name") in self.lost[url]:
                    self._add(key.removesuffix("s"), url, item)

    def note(self, request: Request, response: Response) -> None:
        url = request.url.partition("?")[0].rstrip("/")
        path = urlsplit(url).path
        if not path.endswith(LOGIN):
            self.calls[request.method, service_of(url), path] += 1
        if response.status >= 400 and response.status != 404:
            return
        if request.method == "DELETE":
            self._deleted(url, response)
        elif request.method == "POST" and response.status < 300 and not path.endswith(NO_THINGS):
            self._made(url, response)

    def _deleted(self, url: str, response: Response) -> None:
        # What goes slowly is still there until a GET says otherwise.
        if response.status != 202 or service_of(url) == "neutron":
            self.things.pop(url, None)

    def _made(self, url: str, response: Response) -> None:
        body = parsed(response)
        if not isinstance(body, dict) or len(body) != 1:
            return
        key, value = next(iter(body.items()))
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and (item.get("id") or item.get("name")):
                self._add(key.removesuffix("s") if isinstance(value, list) else key, url, item)

    def _add(self, kind: str, url: str, item: dict[str, object]) -> None:
        id = str(item["name"] if kind == "keypair" else item.get("id") or item["name"])
        self.ids[id] = None
        thing = Thing(kind, id, str(item.get("name") or ""), f"{url}/{id}")
        self.things[thing.url] = thing


class Recorder:
    """A transport that keeps records."""

    def __init__(self, inner: Transport, records: Records) -> None:
        self._inner = inner
        self.records = records

    async def send(self, request: Request, *, timeout: float) -> Response:
        try:
            response = await self._inner.send(request, timeout=timeout)
        except LostAnswer:
            self.records.note_lost(request)
            raise
        self.records.note(request, response)
        return response

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        response = self._inner.send_blocking(request, timeout=timeout)
        self.records.note(request, response)
        return response

    async def close(self) -> None:
        await self._inner.close()


def existing(records: Records, users: Sequence[RealUser]) -> list[tuple[Thing, RealUser]]:
    """Of the recorded things those that are there, each with a user who sees it."""
    for url in list(records.lost):
        for user in users:
            response = user.send("GET", url)
            if response.status == 200:
                records.found(url, user.project_id, response)
    found = []
    for thing in list(records.things.values()):
        owner = next((user for user in users if _is_there(thing, user)), None)
        if owner is None:
            records.things.pop(thing.url, None)
        else:
            found.append((thing, owner))
    return found


def _is_there(thing: Thing, user: RealUser) -> bool:
    response = user.send("GET", thing.url)
    if response.status != 200:
        return False
    shown = next(iter((parsed(response) or {"": {}}).values()))
    thing.name = str(shown.get("name") or "")
    return str(shown.get("status") or "").upper() != "DELETED"


def clean(records: Records, users: Sequence[RealUser], *, within: float = 60.0) -> list[str]:
    """Takes away whatever is left, the newest first; says what would not go."""
    end = time.monotonic() + within
    while True:
        left = existing(records, users)
        if not left or time.monotonic() > end:
            return [f"{thing.kind} {thing.name or thing.id}" for thing, _ in left]
        for thing, owner in reversed(left):
            _free(thing, owner)
            for user in (owner, *users):  # what looks like another service's, only some may delete
                if user.send("DELETE", thing.url).status not in (401, 403):
                    break
        time.sleep(0.5)


def _free(thing: Thing, owner: RealUser) -> None:
    """Unplugs what keeps a thing from being deleted."""
    if thing.kind == "router":
        _, ports = owner.ask("GET", f"/network/v2.0/ports?device_id={thing.id}")
        for port in ports["ports"]:
            body = {"port_id": port["id"]}
            owner.send("PUT", f"{thing.url}/remove_router_interface", body)
