"""The kinds of things that a seed may draw: how each is made, changed in place, and replaced.

A kind is a recipe for a template's entry; it calls nothing.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulation.draft import Draft, Item, ref

PUBLIC = "public"
"""A network of the sandbox with addresses for the outside."""
SHARED = "shared"
"""A network of the sandbox that all projects may use."""
IMAGES = ("debian-12", "tiny")
FLAVORS = ("m1.nano", "m1.micro")
NAMES = ("web", "db", "app")
"""Names are drawn from few, so that different things have the same one."""


class Drawer:
    """Chance, and numbers that no two things of a seed share."""

    def __init__(self, seed: str, *, admin: bool) -> None:
        self.chance = random.Random(seed)
        self.admin = admin
        self._numbers = 0

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def word(self) -> str:
        return f"w{self.chance.randrange(10**6)}"


Recipe = Callable[[Drawer, Draft], "Item | None"]
Revise = Callable[[Drawer, Draft, Item], bool]


@dataclass(frozen=True)
class Kind:
    """`make` adds an item to a draft; `tweak` changes one in place, `replace` so that it must be
    made anew: both tell whether they could. `cloud` says that it lives in the cloud."""

    make: Recipe
    tweak: Revise
    replace: Revise
    weight: float = 1.0
    admin: bool = False
    cloud: bool = True


def _never(d: Drawer, draft: Draft, item: Item) -> bool:
    return False


def _item(d: Drawer, draft: Draft, kind: str, type: str, **properties: Any) -> Item:
    return draft.add(Item(f"{kind}{d.number()}", kind, type, properties))


def _named(d: Drawer, item: Item, share: float = 0.5) -> Item:
    if d.maybe(share):
        item.properties["name"] = d.chance.choice(NAMES)
    return item


def _rename(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["name"] = f"{d.chance.choice(NAMES)}-{d.number()}"
    return True


def _some(d: Drawer, draft: Draft, kind: str, share: float = 0.7) -> Item:
    """An item of a kind: most often one that is there."""
    found = draft.of(kind)
    if found and d.maybe(share):
        return d.chance.choice(found)
    made = KINDS[kind].make(d, draft)
    assert made is not None
    return made


# --- networks -------------------------------------------------------------------------------


def _net(d: Drawer, draft: Draft) -> Item:
    return _named(d, _item(d, draft, "net", "OS::Neutron::Net", admin_state_up=d.maybe(0.9)))


def _tweak_net(d: Drawer, draft: Draft, item: Item) -> bool:
    if d.maybe(0.5):
        return _rename(d, draft, item)
    item.properties["admin_state_up"] = not item.properties["admin_state_up"]
    return True


def _cidr(d: Drawer) -> str:
    number = d.number()
    return f"10.{number // 250 + 1}.{number % 250}.0/24"


def _subnet(d: Drawer, draft: Draft) -> Item:
    net = _some(d, draft, "net")
    return _named(
        d,
        _item(d, draft, "subnet", "OS::Neutron::Subnet", network=ref(net.name), cidr=_cidr(d)),
    )


def _tweak_subnet(d: Drawer, draft: Draft, item: Item) -> bool:
    if d.maybe(0.5):
        return _rename(d, draft, item)
    item.properties["dns_nameservers"] = [f"9.9.9.{d.chance.randrange(1, 250)}"]
    return True


def _replace_subnet(d: Drawer, draft: Draft, item: Item) -> bool:
    if draft.users(item.name):
        return False
    item.properties["cidr"] = _cidr(d)
    return True


def _port(d: Drawer, draft: Draft) -> Item:
    if d.maybe(0.25):
        item = _item(d, draft, "port", "OS::Neutron::Port", network=SHARED)
    else:
        subnet = _some(d, draft, "subnet")
        item = _port_on(d, draft, subnet)
    if d.maybe(0.3):
        item.properties["security_groups"] = [ref(_some(d, draft, "group").name)]
    return _named(d, item)


def _port_on(d: Drawer, draft: Draft, subnet: Item) -> Item:
    return _item(
        d,
        draft,
        "port",
        "OS::Neutron::Port",
        network=subnet.properties["network"],
        fixed_ips=[{"subnet": ref(subnet.name)}],
    )


def _tweak_port(d: Drawer, draft: Draft, item: Item) -> bool:
    if d.maybe(0.6):
        return _rename(d, draft, item)
    item.properties["admin_state_up"] = not item.properties.get("admin_state_up", True)
    return True


def _replace_port(d: Drawer, draft: Draft, item: Item) -> bool:
    if draft.users(item.name) or "fixed_ips" not in item.properties:
        return False
    subnet = _some(d, draft, "subnet")
    if subnet.properties["network"] == item.properties["network"]:
        return False
    item.properties["network"] = subnet.properties["network"]
    item.properties["fixed_ips"] = [{"subnet": ref(subnet.name)}]
    return True


def _router(d: Drawer, draft: Draft) -> Item:
    item = _item(d, draft, "router", "OS::Neutron::Router")
    if d.maybe(0.5):
        item.properties["external_gateway_info"] = {"network": PUBLIC}
    return _named(d, item)


def _interface(d: Drawer, draft: Draft) -> Item:
    taken = [_target(item, "subnet") for item in draft.of("interface")]
    free = [item for item in draft.of("subnet") if item.name not in taken]
    subnet = d.chance.choice(free) if free else _subnet(d, draft)
    router = _some(d, draft, "router")
    return _item(
        d,
        draft,
        "interface",
        "OS::Neutron::RouterInterface",
        router=ref(router.name),
        subnet=ref(subnet.name),
    )


def _target(item: Item, key: str) -> str:
    return str(item.properties[key]["get_resource"])


def _replace_interface(d: Drawer, draft: Draft, item: Item) -> bool:
    if draft.users(item.name):
        return False
    router = _some(d, draft, "router", 0.5)
    if router.name == _target(item, "router"):
        return False
    item.properties["router"] = ref(router.name)
    return True


def _floating(d: Drawer, draft: Draft) -> Item:
    return _item(d, draft, "floating", "OS::Neutron::FloatingIP", floating_network=PUBLIC)


def _association(d: Drawer, draft: Draft) -> Item:
    """A floating IP at a port that can be reached from outside; all but the subnet are new."""
    taken = [_target(item, "subnet") for item in draft.of("interface")]
    free = [item for item in draft.of("subnet") if item.name not in taken]
    subnet = d.chance.choice(free) if free else _subnet(d, draft)
    router = _item(
        d, draft, "router", "OS::Neutron::Router", external_gateway_info={"network": PUBLIC}
    )
    interface = _item(
        d,
        draft,
        "interface",
        "OS::Neutron::RouterInterface",
        router=ref(router.name),
        subnet=ref(subnet.name),
    )
    port = _port_on(d, draft, subnet)
    floating = _floating(d, draft)
    item = _item(
        d,
        draft,
        "association",
        "OS::Neutron::FloatingIPAssociation",
        floatingip_id=ref(floating.name),
        port_id=ref(port.name),
    )
    item.uses.append(interface.name)
    return item


def _group(d: Drawer, draft: Draft) -> Item:
    rules = [
        {"protocol": "tcp", "port_range_min": port, "port_range_max": port}
        for port in d.chance.sample(range(1, 900), d.chance.randrange(3))
    ]
    return _named(
        d,
        _item(d, draft, "group", "OS::Neutron::SecurityGroup", description=d.word(), rules=rules),
    )


def _tweak_group(d: Drawer, draft: Draft, item: Item) -> bool:
    if d.maybe(0.5):
        item.properties["description"] = d.word()
    else:
        port = d.chance.randrange(900, 1000)
        item.properties["rules"] = [
            {"protocol": "udp", "port_range_min": port, "port_range_max": port}
        ]
    return True


def _rule(d: Drawer, draft: Draft) -> Item:
    group = _some(d, draft, "group")
    port = 1000 + d.number()
    return _item(
        d,
        draft,
        "rule",
        "OS::Neutron::SecurityGroupRule",
        security_group=ref(group.name),
        protocol="tcp",
        port_range_min=port,
        port_range_max=port,
    )


def _replace_rule(d: Drawer, draft: Draft, item: Item) -> bool:
    port = 1000 + d.number()
    item.properties.update(port_range_min=port, port_range_max=port)
    return True


# --- servers and volumes --------------------------------------------------------------------


def _key(d: Drawer, draft: Draft) -> Item:
    return _item(
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
    return _named(
        d, _item(d, draft, "servergroup", "OS::Nova::ServerGroup", policies=["soft-anti-affinity"])
    )


def _replace_server_group(d: Drawer, draft: Draft, item: Item) -> bool:
    return not draft.users(item.name) and _rename(d, draft, item)


def _server(d: Drawer, draft: Draft) -> Item:
    item_properties: dict[str, Any] = {
        "image": d.chance.choice(IMAGES),
        "flavor": d.chance.choice(FLAVORS),
        "user_data_format": "RAW",
    }
    if d.maybe(0.3):
        item_properties["networks"] = [{"network": SHARED}]
    else:
        subnet = _some(d, draft, "subnet")
        item_properties["networks"] = [{"port": ref(_port_on(d, draft, subnet).name)}]
    if d.maybe(0.3):
        item_properties["key_name"] = ref(_some(d, draft, "key").name)
    if d.maybe(0.2):
        group = _some(d, draft, "servergroup")
        item_properties["scheduler_hints"] = {"group": ref(group.name)}
    if d.admin and d.maybe(0.3):
        item_properties["flavor"] = ref(_some(d, draft, "flavor").name)
    if d.maybe(0.5):
        item_properties["metadata"] = {"role": d.word()}
    return _named(d, _item(d, draft, "server", "OS::Nova::Server", **item_properties))


def _tweak_server(d: Drawer, draft: Draft, item: Item) -> bool:
    what = d.chance.randrange(3)
    if what == 0:
        return _rename(d, draft, item)
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
    return _named(d, _item(d, draft, "volume", "OS::Cinder::Volume", size=d.chance.randrange(1, 5)))


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
    taken = [_target(item, "volume_id") for item in draft.of("attachment")]
    free = [item for item in draft.of("volume") if item.name not in taken]
    volume = d.chance.choice(free) if free else _volume(d, draft)
    server = _some(d, draft, "server")
    return _item(
        d,
        draft,
        "attachment",
        "OS::Cinder::VolumeAttachment",
        instance_uuid=ref(server.name),
        volume_id=ref(volume.name),
    )


def _flavor(d: Drawer, draft: Draft) -> Item:
    item = _item(
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


# --- identity -----------------------------------------------------------------------------


def _identity(kind: str, type: str) -> Recipe:
    def make(d: Drawer, draft: Draft) -> Item:
        item = _item(d, draft, kind, type)
        if d.maybe(0.4):
            item.properties["name"] = f"{kind}-{d.number()}"
        if kind == "user":
            item.properties["password"] = f"secret-{d.word()}"
        return item

    return make


def _describe(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["description"] = d.word()
    return True


# --- without a cloud, and stacks inside ------------------------------------------------------


def _random(d: Drawer, draft: Draft) -> Item:
    return _item(d, draft, "random", "OS::Heat::RandomString", length=d.chance.randrange(4, 40))


def _replace_random(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["salt"] = d.word()
    return True


def _value(d: Drawer, draft: Draft) -> Item:
    others = [item for item in draft.items.values() if item.kind != "value"]
    value: Any = ref(d.chance.choice(others).name) if others else d.word()
    return _item(d, draft, "value", "OS::Heat::Value", value=value)


def _tweak_value(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["value"] = d.word()
    return True


def _none(d: Drawer, draft: Draft) -> Item:
    return _item(d, draft, "none", "OS::Heat::None")


def _test(d: Drawer, draft: Draft) -> Item:
    return _item(
        d,
        draft,
        "test",
        "OS::Heat::TestResource",
        value=d.word(),
        wait_secs=d.chance.choice((0, 2)),
    )


def _replace_test(d: Drawer, draft: Draft, item: Item) -> bool:
    item.properties["update_replace_value"] = d.word()
    return True


def _delay(d: Drawer, draft: Draft) -> Item:
    return _item(
        d, draft, "delay", "OS::Heat::Delay", min_wait=d.chance.choice((0, 3)), actions=["CREATE"]
    )


INSIDE = ("net", "volume", "group", "random", "subnet", "port", "value")


def _inside(d: Drawer) -> Draft:
    inner = Draft()
    for _ in range(d.chance.randrange(1, 3)):
        KINDS[d.chance.choice(INSIDE)].make(d, inner)
    return inner


def _stack(d: Drawer, draft: Draft) -> Item:
    inner = _inside(d)
    item = _item(d, draft, "stack", "OS::Heat::Stack", template=inner.template())
    draft.inner[item.name] = inner
    return item


def _tweak_inner(d: Drawer, draft: Draft, item: Item) -> bool:
    inner = draft.inner[item.name]
    if not revise(d, inner, kinds=INSIDE):
        return False
    if item.kind == "stack":
        item.properties["template"] = inner.template()
    else:
        draft.files[item.type] = inner.template()
    return True


def _file(d: Drawer, draft: Draft) -> Item:
    inner = _inside(d)
    number = d.number()
    name = f"inner{number}.yaml"
    draft.files[name] = inner.template()
    item = draft.add(Item(f"file{number}", "file", name, {}))
    draft.inner[item.name] = inner
    return item


def _many(d: Drawer, draft: Draft) -> Item:
    type, properties = d.chance.choice(
        (
            ("OS::Neutron::Net", {"name": "member-%index%"}),
            ("OS::Cinder::Volume", {"size": 1}),
            ("OS::Heat::RandomString", {"length": 8}),
        )
    )
    item = _item(
        d,
        draft,
        "many",
        "OS::Heat::ResourceGroup",
        count=d.chance.randrange(1, 4),
        resource_def={"type": type, "properties": properties},
    )
    draft.inner[item.name] = Draft({"member": Item("member", "member", type, {})})
    return item


def _tweak_many(d: Drawer, draft: Draft, item: Item) -> bool:
    old = item.properties["count"]
    item.properties["count"] = d.chance.choice([n for n in range(4) if n != old])
    return True


KINDS: dict[str, Kind] = {
    "net": Kind(_net, _tweak_net, _never, 2),
    "subnet": Kind(_subnet, _tweak_subnet, _replace_subnet, 2),
    "port": Kind(_port, _tweak_port, _replace_port, 3),
    "router": Kind(_router, _rename, _never, 1),
    "interface": Kind(_interface, _never, _replace_interface, 1.5),
    "floating": Kind(_floating, _never, _never, 0.7),
    "association": Kind(_association, _never, _never, 0.8),
    "group": Kind(_group, _tweak_group, _never, 1),
    "rule": Kind(_rule, _never, _replace_rule, 1),
    "key": Kind(_key, _never, _replace_key, 1),
    "servergroup": Kind(_server_group, _never, _replace_server_group, 0.7),
    "server": Kind(_server, _tweak_server, _replace_server, 2.5),
    "volume": Kind(_volume, _tweak_volume, _replace_volume, 2),
    "attachment": Kind(_attachment, _never, _never, 1.2),
    "flavor": Kind(_flavor, _tweak_flavor, _replace_flavor, 1, admin=True),
    "project": Kind(
        _identity("project", "OS::Keystone::Project"), _describe, _never, 0.7, admin=True
    ),
    "user": Kind(_identity("user", "OS::Keystone::User"), _describe, _never, 0.7, admin=True),
    "role": Kind(_identity("role", "OS::Keystone::Role"), _rename, _never, 0.7, admin=True),
    "random": Kind(_random, _never, _replace_random, 0.7, cloud=False),
    "value": Kind(_value, _tweak_value, _never, 0.5, cloud=False),
    "none": Kind(_none, _never, _never, 0.1, cloud=False),
    "test": Kind(_test, _tweak_value, _replace_test, 0.4, cloud=False),
    "delay": Kind(_delay, _never, _never, 0.2, cloud=False),
    "stack": Kind(_stack, _tweak_inner, _never, 0.7),
    "file": Kind(_file, _tweak_inner, _never, 0.7),
    "many": Kind(_many, _tweak_many, _never, 0.7),
}
SMALLEST, LARGEST = 5, 30


def draw(d: Drawer, *, size: int, must: tuple[str, ...] = ()) -> Draft:
    """A draft of about `size` resources, most of them of the cloud, with the kinds it must have."""
    draft = Draft()
    for kind in must:
        KINDS[kind].make(d, draft)
    while draft.size() < size:
        _grow(d, draft)
    return draft


def _grow(d: Drawer, draft: Draft, kinds: tuple[str, ...] = ()) -> None:
    names = [name for name in kinds or KINDS if d.admin or not KINDS[name].admin]
    pure = sum(not KINDS[item.kind].cloud for item in draft.items.values())
    if pure * 3 >= len(draft.items):
        names = [name for name in names if KINDS[name].cloud]
    KINDS[d.chance.choices(names, [KINDS[name].weight for name in names])[0]].make(d, draft)


def revise(
    d: Drawer, draft: Draft, *, must: tuple[str, ...] = (), kinds: tuple[str, ...] = ()
) -> bool:
    """Changes a draft a little: in place, by replacement, by adding (of `kinds`), by taking away.
    Of the kinds in `must` one item each is replaced. Tells whether anything changed."""
    before = (draft.template(), dict(draft.files))
    for kind in must:
        for item in draft.of(kind):
            if KINDS[kind].replace(d, draft, item):
                break
    for _ in range(d.chance.randrange(1, 5)):
        what = d.chance.random()
        item = d.chance.choice(list(draft.items.values()))
        recipe = KINDS[item.kind]
        if what < 0.4:
            recipe.tweak(d, draft, item)
        elif what < 0.65:
            recipe.replace(d, draft, item)
        elif what < 0.85 and draft.size() < LARGEST - 8:
            _grow(d, draft, kinds)
        elif len(draft.items) - len(draft.users(item.name)) > 3:
            draft.remove(item.name)
    return (draft.template(), dict(draft.files)) != before
