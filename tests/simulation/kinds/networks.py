"""Networks and what is plugged into them."""

from __future__ import annotations

from simulation.draft import Draft, Item, ref
from simulation.kinds.drawing import (
    PUBLIC,
    SHARED,
    Drawer,
    Kind,
    add,
    free,
    named,
    never,
    rename,
    some,
    target,
)


def _net(d: Drawer, draft: Draft) -> Item:
    return named(d, add(d, draft, "net", "OS::Neutron::Net", admin_state_up=d.maybe(0.9)))


def _tweak_net(d: Drawer, draft: Draft, item: Item) -> bool:
    if d.maybe(0.5):
        return rename(d, draft, item)
    item.properties["admin_state_up"] = not item.properties["admin_state_up"]
    return True


def _cidr(d: Drawer) -> str:
    number = d.number()
    return f"10.{number // 250 + 1}.{number % 250}.0/24"


def _subnet(d: Drawer, draft: Draft) -> Item:
    net = some(d, draft, "net")
    return named(
        d,
        add(d, draft, "subnet", "OS::Neutron::Subnet", network=ref(net.name), cidr=_cidr(d)),
    )


def _tweak_subnet(d: Drawer, draft: Draft, item: Item) -> bool:
    if d.maybe(0.5):
        return rename(d, draft, item)
    item.properties["dns_nameservers"] = [f"9.9.9.{d.chance.randrange(1, 250)}"]
    return True


def _replace_subnet(d: Drawer, draft: Draft, item: Item) -> bool:
    if draft.users(item.name):
        return False
    item.properties["cidr"] = _cidr(d)
    return True


def _port(d: Drawer, draft: Draft) -> Item:
    if d.maybe(0.25):
        item = add(d, draft, "port", "OS::Neutron::Port", network=SHARED)
    else:
        subnet = some(d, draft, "subnet")
        item = port_on(d, draft, subnet)
    if d.maybe(0.3):
        item.properties["security_groups"] = [ref(some(d, draft, "group").name)]
    return named(d, item)


def port_on(d: Drawer, draft: Draft, subnet: Item) -> Item:
    return add(
        d,
        draft,
        "port",
        "OS::Neutron::Port",
        network=subnet.properties["network"],
        fixed_ips=[{"subnet": ref(subnet.name)}],
    )


def _tweak_port(d: Drawer, draft: Draft, item: Item) -> bool:
    if d.maybe(0.6):
        return rename(d, draft, item)
    item.properties["admin_state_up"] = not item.properties.get("admin_state_up", True)
    return True


def _replace_port(d: Drawer, draft: Draft, item: Item) -> bool:
    if draft.users(item.name) or "fixed_ips" not in item.properties:
        return False
    subnet = some(d, draft, "subnet")
    if subnet.properties["network"] == item.properties["network"]:
        return False
    item.properties["network"] = subnet.properties["network"]
    item.properties["fixed_ips"] = [{"subnet": ref(subnet.name)}]
    return True


def _router(d: Drawer, draft: Draft) -> Item:
    item = add(d, draft, "router", "OS::Neutron::Router")
    if d.maybe(0.5):
        item.properties["external_gateway_info"] = {"network": PUBLIC}
    return named(d, item)


def _interface(d: Drawer, draft: Draft) -> Item:
    subnet = free(d, draft, "subnet", user="interface", key="subnet")
    router = some(d, draft, "router")
    return _between(d, draft, router, subnet)


def _between(d: Drawer, draft: Draft, router: Item, subnet: Item) -> Item:
    return add(
        d,
        draft,
        "interface",
        "OS::Neutron::RouterInterface",
        router=ref(router.name),
        subnet=ref(subnet.name),
    )


def _replace_interface(d: Drawer, draft: Draft, item: Item) -> bool:
    if draft.users(item.name):
        return False
    router = some(d, draft, "router", 0.5)
    if router.name == target(item, "router"):
        return False
    item.properties["router"] = ref(router.name)
    return True


def _floating(d: Drawer, draft: Draft) -> Item:
    return add(d, draft, "floating", "OS::Neutron::FloatingIP", floating_network=PUBLIC)


def _association(d: Drawer, draft: Draft) -> Item:
    """A floating IP at a port that can be reached from outside; all but the subnet are new."""
    subnet = free(d, draft, "subnet", user="interface", key="subnet")
    router = add(
        d, draft, "router", "OS::Neutron::Router", external_gateway_info={"network": PUBLIC}
    )
    interface = _between(d, draft, router, subnet)
    port = port_on(d, draft, subnet)
    floating = _floating(d, draft)
    item = add(
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
    return named(
        d,
        add(d, draft, "group", "OS::Neutron::SecurityGroup", description=d.word(), rules=rules),
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
    group = some(d, draft, "group")
    port = 1000 + d.number()
    return add(
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


NETWORKS: dict[str, Kind] = {
    "net": Kind(_net, _tweak_net, never, 2),
    "subnet": Kind(_subnet, _tweak_subnet, _replace_subnet, 2),
    "port": Kind(_port, _tweak_port, _replace_port, 3),
    "router": Kind(_router, rename, never, 1),
    "interface": Kind(_interface, never, _replace_interface, 1.5),
    "floating": Kind(_floating, never, never, 0.7),
    "association": Kind(_association, never, never, 0.8),
    "group": Kind(_group, _tweak_group, never, 1),
    "rule": Kind(_rule, never, _replace_rule, 1),
}
