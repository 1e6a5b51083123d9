"""Servers, volumes, and what servers are made of."""

from __future__ import annotations

import base64
from typing import Any

from simulation.draft import Draft, Item, ref
from simulation.kinds.drawing import SHARED, Drawer, Kind, add, free, named, never, rename, some
from simulation.kinds.networks import port_on

IMAGES = ("debian-12", "tiny")
FLAVORS = ("m1.nano", "m1.micro")


def _key(d: Drawer, draft: Draft) -> Item:
    return add(
        d,
        draft,
        "key",
        "OS::Nova::KeyPair",
        name=f"key-{d.number()}",
        public_key=_public_key(d),
    )


def _public_key(d: Drawer) -> str:
    raw = b"\0\0\0\x0bssh-ed25519\0\0\0 " + d.chance.randbytes(32)
    return f"ssh-ed25519 {base64.b64encode(raw).decode()} {d.word()}"


def _replace_key(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["public_key"] = _public_key(d)
    return True


def _server_group(d: Drawer, draft: Draft) -> Item:
    return named(
        d, add(d, draft, "servergroup", "OS::Nova::ServerGroup", policies=["soft-anti-affinity"])
    )


def _replace_server_group(d: Drawer, draft: Draft, item: Item) -> bool:
    return not draft.users(item.name) and rename(d, draft, item)


def _server(d: Drawer, draft: Draft) -> Item:
    item_properties: dict[str, Any] = {
        "image": d.chance.choice(IMAGES),
        "flavor": d.chance.choice(FLAVORS),
        "user_data_format": "RAW",
    }
    if d.maybe(0.3):
        item_properties["networks"] = [{"network": SHARED}]
    else:
        subnet = some(d, draft, "subnet")
        item_properties["networks"] = [{"port": ref(port_on(d, draft, subnet).name)}]
    if d.maybe(0.3):
        item_properties["key_name"] = ref(some(d, draft, "key").name)
    if d.maybe(0.2):
        group = some(d, draft, "servergroup")
        item_properties["scheduler_hints"] = {"group": ref(group.name)}
    if d.admin and d.maybe(0.3):
        item_properties["flavor"] = ref(some(d, draft, "flavor").name)
    if d.maybe(0.5):
        item_properties["metadata"] = {"role": d.word()}
    return named(d, add(d, draft, "server", "OS::Nova::Server", **item_properties))


def _tweak_server(d: Drawer, draft: Draft, item: Item) -> bool:
    what = d.chance.randrange(3)
    if what == 0:
        return rename(d, draft, item)
    if what == 1 and isinstance(item.properties["flavor"], str):
        item.properties["flavor"] = next(
            name for name in FLAVORS if name != item.properties["flavor"]
        )
    else:
        item.properties["metadata"] = {"role": d.word()}
    return True


def _replace_server(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["image_update_policy"] = "REPLACE"
    item.properties["image"] = next(name for name in IMAGES if name != item.properties["image"])
    return True


def _volume(d: Drawer, draft: Draft) -> Item:
    return named(d, add(d, draft, "volume", "OS::Cinder::Volume", size=d.chance.randrange(1, 5)))


def _tweak_volume(d: Drawer, draft: Draft, item: Item) -> bool:
    if d.maybe(0.5):
        item.properties["metadata"] = {"use": d.word()}
    else:
        item.properties["description"] = d.word()
    return True


def _replace_volume(d: Drawer, draft: Draft, item: Item) -> bool:
    if draft.users(item.name):
        return False
    item.properties["availability_zone"] = "nova"
    return True


def _attachment(d: Drawer, draft: Draft) -> Item:
    volume = free(d, draft, "volume", user="attachment", key="volume_id")
    server = some(d, draft, "server")
    return add(
        d,
        draft,
        "attachment",
        "OS::Cinder::VolumeAttachment",
        instance_uuid=ref(server.name),
        volume_id=ref(volume.name),
    )


def _flavor(d: Drawer, draft: Draft) -> Item:
    item = add(
        d, draft, "flavor", "OS::Nova::Flavor", ram=d.chance.choice((512, 1024)), vcpus=1, disk=1
    )
    if d.maybe(0.3):
        item.properties["name"] = f"flavor-{d.number()}"
    return item


def _tweak_flavor(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["extra_specs"] = {"hw:mark": d.word()}
    return True


def _replace_flavor(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["ram"] += 256
    return True


COMPUTE: dict[str, Kind] = {
    "key": Kind(_key, never, _replace_key, 1),
    "servergroup": Kind(_server_group, never, _replace_server_group, 0.7),
    "server": Kind(_server, _tweak_server, _replace_server, 2.5),
    "volume": Kind(_volume, _tweak_volume, _replace_volume, 2),
    "attachment": Kind(_attachment, never, never, 1.2),
    "flavor": Kind(_flavor, _tweak_flavor, _replace_flavor, 1, admin=True),
}
