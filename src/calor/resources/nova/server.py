"""OS::Nova::Server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from calor.base.errors import HttpFault, LostAnswer, ResourceFailed
from calor.base.values import Sensitive, Value, is_sensitive, reveal, revealed
from calor.model.plan import Order
from calor.model.resource_type import Made, Sibling, Work
from calor.resources.neutron.ways import INTERFACE
from calor.resources.nova import (
    block_devices,
    server_addresses,
    server_changes,
    server_interfaces,
    server_ports,
    user_data,
)
from calor.resources.nova.discreet import discreet
from calor.resources.nova.server_consoles import console_urls
from calor.resources.nova.server_identity import SERVERS, Signed, generated_name
from calor.resources.nova.server_properties import ServerAttributes, ServerProperties
from calor.resources.refer import of_type, same, same_value
from calor.resources.rest import RestType, Thing, known_before
from calor.resources.wire import Body, update_body

HINTS = "os:scheduler_hints"

USER_DATA = "OS-EXT-SRV-ATTR:user_data"

PATIENCE = 5.0
"""Seconds that a lost create may still be at work before the ports made for it go."""

RESTING = ("SHUTOFF", "PAUSED", "SUSPENDED", "SHELVED", "SHELVED_OFFLOADED", "RESCUE")
"""States in which people leave servers; a server that was ready once is fine in them."""


class Server(RestType):
    """A server, with its interfaces and disks. A server whose port, fixed address or volume the
    next one needs too is replaced old first: those can be at one server only."""

    name = "OS::Nova::Server"
    Properties = ServerProperties
    Attributes = ServerAttributes
    collection = SERVERS
    identity = Signed()
    ready_words = ("ACTIVE",)
    deleted_words = ("DELETED", "SOFT_DELETED")

    # --- what replaces it, what it needs ------------------------------------------------------

    def forces_replacement(
        self, before: Mapping[str, Value], after: Mapping[str, Value], changed: Sequence[str]
    ) -> tuple[str, ...]:
        forcing = [*super().forces_replacement(before, after, changed)]

        def policy(name: str) -> Value:
            return reveal(after.get(f"{name}_update_policy"))

        from_image = before.get("image") is not None, after.get("image") is not None
        reasons = {
            "flavor": policy("flavor") == "REPLACE",
            # Only an image is rebuilt from: a server on a volume never becomes one on an image.
            "image": policy("image") == "REPLACE" or from_image[0] != from_image[1],
            "user_data": policy("user_data") == "REPLACE"
            or (policy("user_data") == "REBUILD" and not from_image[1]),
        }
        forcing += [name for name in changed if reasons.get(name)]
        return tuple(name for name in changed if name in forcing)

    def replacement_order(self, before: Mapping[str, Value], after: Mapping[str, Value]) -> Order:
        new = _exclusive(after)
        return Order.OLD_FIRST if any(it in new for it in _exclusive(before)) else Order.NEW_FIRST

    def implicit_needs(self, own: Sibling, siblings: Mapping[str, Sibling]) -> tuple[str, ...]:
        # From which subnet of a network its address will be is not known before: all come first.
        subnets = [
            other
            for other in of_type(siblings, "OS::Neutron::Subnet")
            if _connects(own, other, "network")
        ]
        found = [subnet.name for subnet in subnets]
        if any(item.get("floating_ip") is not None for item in _networks(own.properties)):
            # A floating IP leads only where a router goes.
            found += [
                other.name
                for other in of_type(siblings, INTERFACE)
                if any(other.refers.get("subnet", ()) == (name,) for name in found)
            ]
        return tuple(found)

    # --- create -------------------------------------------------------------------------------

    def create_properties(self, work: Work) -> dict[str, Any]:
        properties = dict(work.properties)
        properties["name"] = properties.get("name") or generated_name(work.resource)
        return properties

    def shape(self, body: Body, work: Work) -> None:
        properties = work.properties
        body["metadata"] = _texts(properties.get("metadata") or {})
        data = user_data.encoded(
            str(properties.get("user_data") or ""), str(properties.get("user_data_format"))
        )
        groups = [{"name": str(name)} for name in properties.get("security_groups") or []]
        old, new = (properties.get(f"block_device_mapping{end}") for end in ("", "_v2"))
        more = {
            "user_data": data,
            "security_groups": groups,
            "personality": user_data.files(properties.get("personality") or {}),
            "block_device_mapping": block_devices.old_disks(old or []),
            "block_device_mapping_v2": new and block_devices.new_disks(new, body.get("imageRef")),
            "networks": server_interfaces.asked(properties),
        }
        body |= {key: value for key, value in more.items() if value}

    async def create(self, work: Work) -> Made:
        try:
            body = await self._with_ports(work, self.signed(work))
            server = await self._post(work, body)
        except HttpFault as error:
            if error.status < 500:  # there is no server, and nobody will look for one
                await self._sweep(work)
            raise
        if "id" not in server:
            raise LostAnswer("Nova tells the reservation instead of the server")
        return Made(str(server["id"]), _remembered(work))

    async def _with_ports(self, work: Work, body: Body) -> Body:
        wanted = [
            entry
            for entry in server_ports.entries(work.properties)
            if server_ports.needs_own_port(entry)
        ]
        if wanted:
            ports = await server_ports.provide(work, wanted)
            body["networks"] = server_interfaces.asked(work.properties, ports)
        return body

    async def _post(self, work: Work, body: Body) -> Thing:
        microversion = _microversion(body)
        if microversion != SERVERS.microversion:
            body.setdefault("networks", "auto")
        hints = work.properties.get("scheduler_hints")
        asked = work.cloud.call(
            "POST",
            SERVERS.service,
            SERVERS.path,
            body={"server": body, **({HINTS: hints} if hints else {})},
            microversion=microversion,
        )
        answer = await discreet(work, body, asked)
        server = answer.body.get("server") if isinstance(answer.body, dict) else None
        return server if isinstance(server, dict) else {}

    async def find(self, work: Work) -> list[Made]:
        found = await super().find(work)
        if not found and server_ports.may_have_own(work) and await server_ports.own_ports(work):
            await work.clock.sleep(PATIENCE)
            found = await super().find(work)
            if not found:
                await self._sweep(work)
        return [Made(made.physical_id, _remembered(work)) for made in found]

    async def _sweep(self, work: Work) -> None:
        """Removes the ports that were made for a server that there is not."""
        if server_ports.may_have_own(work):
            await server_ports.remove(work, await server_ports.own_ports(work))

    # --- ready, and what it is like -----------------------------------------------------------

    def word(self, thing: Thing) -> str:
        return server_changes.word(thing)

    def failure(self, thing: Thing) -> str:
        return server_changes.failure(thing)

    async def until_ready(self, work: Work) -> Thing:
        def done(thing: Thing | None) -> bool:
            there = self.existing(thing)
            return self.is_ready(there) or (work.resource.settled and self.word(there) in RESTING)

        await server_addresses.foresee(work)
        return self.existing(await work.cloud.watch(SERVERS, work.id, done))

    async def finish(self, work: Work) -> None:
        if work.properties.get("tags"):
            await self._put_tags(work, work.properties["tags"], await self.show(work))
        await server_interfaces.lead(work)

    async def _put_tags(self, work: Work, tags: Sequence[str], thing: Thing) -> None:
        if sorted(tags) != sorted(thing.get("tags") or []):
            await work.cloud.call(
                "PUT",
                "compute",
                f"{SERVERS.path}/{work.id}/tags",
                body={"tags": list(tags)},
                microversion=SERVERS.microversion,
            )

    async def read(self, work: Work) -> Mapping[str, Value]:
        # Watched, not shown: many that are read at once share a look.
        thing = self.existing(await work.cloud.watch(SERVERS, work.id, lambda thing: True))
        ports = await server_addresses.ports_of(work)
        return {**self.stored(thing), **await server_addresses.told(work, thing, ports)}

    async def more_attributes(self, work: Work, thing: Thing) -> Mapping[str, Value]:
        return await server_addresses.told(work, thing, await server_addresses.ports_of(work))

    async def live(self, work: Work, name: str) -> Value:
        told = await super().live(work, name)
        # Administrators see the user data, in another form than that in which it was given.
        if name == "show" and USER_DATA in told and is_sensitive(work.resource.properties):
            return {**told, USER_DATA: Sensitive(told[USER_DATA])}
        return told

    async def live_attribute(self, work: Work, thing: Thing, name: str) -> Value:
        return await console_urls(work) if name == "console_urls" else {}

    async def check(self, work: Work) -> None:
        thing = await self.show(work)
        if not self.is_ready(thing):
            raise ResourceFailed(f"its status is {self.word(thing)}, not ACTIVE")

    # --- update -------------------------------------------------------------------------------

    async def update(self, work: Work) -> Made | None:
        before = known_before(work)
        thing = await server_changes.at_rest(work)
        await self._change_words(work, before, thing)
        if _differs(work, before, "flavor"):
            await server_changes.resize(work)
        data = {**work.resource.data, **_remembered(work)}
        # Every interface that an update adds gets a port of ours.
        data["own_ports"] = server_ports.may_have_own(work) or _differs(work, before, "networks")
        new_data = _rebuilds(work) and _other(work, data, "user_data")
        if new_data or (work.properties.get("image") and _differs(work, before, "image")):
            await server_changes.rebuild(work, new_data=new_data)
        await self._change_interfaces(work, before)
        if work.properties.get("admin_pass") and _other(work, data, "admin_pass"):
            await server_changes.change_password(work)
        return Made(work.id, data)

    async def _change_words(
        self, work: Work, before: Mapping[str, Any] | None, thing: Thing
    ) -> None:
        """Name, metadata, tags."""
        body = update_body(self.schema, self.create_properties(work), before, thing)
        if body:
            await work.cloud.update(SERVERS, work.id, body)
        metadata = _texts(work.properties.get("metadata") or {})
        if metadata != (thing.get("metadata") or {}):
            path = f"{SERVERS.path}/{work.id}/metadata"
            await work.cloud.call("PUT", "compute", path, body={"metadata": metadata})
        if not work.properties.get("tags") and (before is None or before.get("tags")):
            await self._put_tags(work, [], thing)

    async def _change_interfaces(self, work: Work, before: Mapping[str, Any] | None) -> None:
        wanted = server_interfaces.floating_ips(work.properties)
        old = [*_led(work), *server_interfaces.floating_ips(before or {})]
        await server_interfaces.release(work, [id for id in dict.fromkeys(old) if id not in wanted])
        await server_interfaces.reconcile(work, before)

    # --- delete -------------------------------------------------------------------------------

    async def before_delete(self, work: Work) -> None:
        led = [*_led(work), *server_interfaces.floating_ips(work.properties)]
        await server_interfaces.release(work, list(dict.fromkeys(led)))

    async def gone(self, work: Work) -> None:
        def done(thing: Thing | None) -> bool:
            if thing is None or self.word(thing) in self.deleted_words:
                return True
            if self.word(thing) == "ERROR" and not thing.get(server_changes.TASK):
                raise ResourceFailed(f"its deletion failed: {self.failure(thing)}")
            return False

        await work.cloud.watch(SERVERS, work.id, done)
        if server_ports.may_have_own(work):
            await server_ports.remove(work, await server_ports.own_ports(work))


# --- what a row remembers -------------------------------------------------------------------------


def _remembered(work: Work) -> dict[str, Value]:
    """What can't be read back from the server: `data` of the row."""
    properties = work.properties
    return {
        "user_data": _digest(properties.get("user_data")),
        "admin_pass": _digest(properties.get("admin_pass")),
        "floating_ips": server_interfaces.floating_ips(properties),
    }


def _digest(text: Any) -> Value:
    """None where there is nothing to digest: most servers need no seal then."""
    return Sensitive(hashlib.sha256(str(text).encode()).hexdigest()) if text else None


def _other(work: Work, now: Mapping[str, Value], name: str) -> bool:
    """Whether the server got something else when it was last settled."""
    return bool(reveal(work.resource.data.get(name)) != reveal(now[name]))


def _led(work: Work) -> list[str]:
    return [str(id) for id in work.resource.data.get("floating_ips") or []]


# --- properties -----------------------------------------------------------------------------------


def _texts(metadata: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in metadata.items()
    }


def _microversion(body: Body) -> str:
    """The lowest that serves what is asked."""
    if any("volume_type" in disk for disk in body.get("block_device_mapping_v2", [])):
        return "2.67"
    networks = body.get("networks")
    if isinstance(networks, list) and any("tag" in item for item in networks):
        return "2.42"
    return "2.37" if isinstance(networks, str) else SERVERS.microversion


def _differs(work: Work, before: Mapping[str, Any] | None, name: str) -> bool:
    """Whether a property changed, or nobody knows. What others did to the server meanwhile is no
    reason to rebuild or resize it."""
    return before is None or before.get(name) != work.properties.get(name)


def _rebuilds(work: Work) -> bool:
    return work.properties.get("user_data_update_policy") == "REBUILD"


def _networks(properties: Mapping[str, Value]) -> list[Mapping[str, Value]]:
    items = revealed(properties.get("networks"))
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _connects(own: Sibling, subnet: Sibling, key: str) -> bool:
    """Whether a subnet is of a network to which the server is connected."""
    if same(own, "networks", subnet, key):
        return True
    return any(
        same_value(item.get("network"), subnet.properties.get(key))
        for item in _networks(own.properties)
    )


def _exclusive(properties: Mapping[str, Value]) -> list[tuple[str, str]]:
    """What can be at one server only: ports, fixed addresses, MAC addresses, volumes."""
    found = [("volume", id) for id in block_devices.volumes(reveal(dict(properties)))]
    for item in _networks(properties):
        extra = item.get("port_extra_properties")
        parts = (
            ("port", item.get("port")),
            ("address", item.get("fixed_ip")),
            ("mac", extra.get("mac_address") if isinstance(extra, dict) else None),
        )
        found += [(kind, value) for kind, value in parts if isinstance(value, str)]
    return found


TYPE = Server()
