"""Things of other people beside ours: same names, same properties, never to be touched.

They are made by the same user in the same project, by hand, so that nothing but Calor's own
knowledge tells them from ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulation.draft import Draft, Item
from simulation.kinds.drawing import Drawer
from support.user import CloudUser
from support.watch import Watch


@dataclass(frozen=True)
class Place:
    """Where a kind of thing is made: the path, and the key around it."""

    path: str
    key: str
    ready: str = ""
    """The status in which it rests."""


PLACES = {
    "net": Place("/network/v2.0/networks", "network"),
    "port": Place("/network/v2.0/ports", "port"),
    "router": Place("/network/v2.0/routers", "router"),
    "group": Place("/network/v2.0/security-groups", "security_group"),
    "floating": Place("/network/v2.0/floatingips", "floatingip"),
    "server": Place("/compute/v2.1/servers", "server"),
    "servergroup": Place("/compute/v2.1/os-server-groups", "server_group"),
    "volume": Place("/volume/v3/{project}/volumes", "volume"),
    "flavor": Place("/compute/v2.1/flavors", "flavor"),
    "key": Place("/compute/v2.1/os-keypairs", "keypair"),
    "project": Place("/identity/v3/projects", "project"),
    "user": Place("/identity/v3/users", "user"),
    "role": Place("/identity/v3/roles", "role"),
}
UNIQUE = ("key", "flavor", "project", "user", "role")
"""Kinds of which no two may have the same name: a twin has another one, or takes ours away."""


@dataclass(frozen=True)
class Twin:
    """A planted thing: how to look at it, and what it looked like."""

    kind: str
    id: str
    path: str
    looks: tuple[tuple[str, Any], ...]


class Plantation:
    """All that was planted in a world."""

    def __init__(self, user: CloudUser, watch: Watch, drawer: Drawer) -> None:
        self._user = user
        self._watch = watch
        self._drawer = drawer
        self._ids: dict[str, dict[str, str]] = {}
        self.twins: list[Twin] = []

    def beside(self, draft: Draft, stack: str, *, share: float) -> None:
        """Plants twins of some of a draft's things."""
        for item in draft.items.values():
            if self._drawer.maybe(share):
                self._plant(item, stack)

    def _plant(self, item: Item, stack: str) -> None:
        body = self._body(item, stack)
        place = PLACES.get(item.kind)
        if body is None or place is None:
            return
        status, made = self._user.ask("POST", place.path, {place.key: body})
        if status >= 300:
            return
        thing = made[place.key]
        id = str(thing.get("id") or thing["name"])
        path = f"{place.path}/{id}"
        _, shown = self._user.ask("GET", path)
        if shown is None or place.key not in shown:
            return
        self.twins.append(Twin(item.kind, id, path, _looks(shown[place.key])))
        self._watch.foreign[id] = f"{item.kind} {thing.get('name')!r}"

    def _body(self, item: Item, stack: str) -> dict[str, Any] | None:
        """The same properties as in the template, as far as they name nothing of the template."""
        name = item.properties.get("name")
        if item.kind in UNIQUE and name is not None:
            name = f"{name}-other"
        if name is None:
            # As our own names look, with another end.
            name = f"{stack}-{item.name}-{self._drawer.chance.randrange(36**8):012x}"
        body = {key: value for key, value in item.properties.items() if key != "name"}
        if item.kind == "server":
            return self._server(body, name)
        body["name"] = name
        if item.kind == "port":
            if body.get("network") != "shared" or "security_groups" in body:
                return None
            body["network_id"] = self._id("/network/v2.0/networks", "networks", body.pop("network"))
        elif item.kind == "router":
            if body.pop("external_gateway_info", None):
                public = self._id("/network/v2.0/networks", "networks", "public")
                body["external_gateway_info"] = {"network_id": public}
        elif item.kind == "floating":
            network = body.pop("floating_network")
            body = {"floating_network_id": self._id("/network/v2.0/networks", "networks", network)}
        elif item.kind == "group":
            body.pop("rules", None)
        elif item.kind == "flavor":
            body.pop("extra_specs", None)
        elif item.kind == "servergroup":
            body["policy"] = body.pop("policies")[0]
        return body

    def _server(self, body: dict[str, Any], name: str) -> dict[str, Any] | None:
        if body["networks"] != [{"network": "shared"}] or not isinstance(body["flavor"], str):
            return None
        if "key_name" in body or "scheduler_hints" in body:
            return None
        return {
            "name": name,
            "imageRef": self._id("/image/v2/images", "images", body["image"]),
            "flavorRef": self._id("/compute/v2.1/flavors", "flavors", body["flavor"]),
            "networks": [{"uuid": self._id("/network/v2.0/networks", "networks", "shared")}],
            "metadata": body.get("metadata", {}),
        }

    def _id(self, path: str, key: str, name: str) -> str:
        known = self._ids.setdefault(path, {})
        if name not in known:
            _, answer = self._user.ask("GET", path)
            known.update({item["name"]: item["id"] for item in answer[key]})
        return known[name]

    def inspect(self) -> None:
        """Each is still there, as it was."""
        for twin in self.twins:
            status, shown = self._user.ask("GET", twin.path)
            key = PLACES[twin.kind].key
            if status != 200:
                self._watch.wrong(f"the foreign {self._watch.foreign[twin.id]} is gone")
            elif _looks(shown[key]) != twin.looks:
                self._watch.wrong(f"the foreign {self._watch.foreign[twin.id]} was changed")


def _looks(thing: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    names = ("name", "description", "admin_state_up", "metadata", "tags", "size", "ram")
    return tuple((name, str(thing.get(name))) for name in names)
