"""The kinds of thing that templates name: where each is found, by id and by name.

One table, under the names of the custom constraints. It asks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from calor.model.cloud import Collection


@dataclass(frozen=True, slots=True)
class Kind:
    """How to find a thing of one kind.

    - `noun`: what people call it.
    - `by`: the query key that narrows the list to a name; '' when the list is read whole and
      remembered, and its items are matched by id too.
    - `id`, `name`: which fields of an item hold them.
    - `query`: what is always asked for.
    - `only_id`: there is no way but a GET by what the template says.
    - `domains`: `name{domain}` narrows the search to a domain.
    - `pattern`: the name filter is a regular expression.
    """

    noun: str
    collection: Collection
    by: str = "name"
    id: str = "id"
    name: str = "name"
    query: tuple[tuple[str, str], ...] = ()
    only_id: bool = False
    domains: bool = False
    pattern: bool = False


def _neutron(noun: str, path: str, singular: str, plural: str = "") -> Kind:
    plural = plural or singular + "s"
    collection = Collection("network", f"/v2.0/{path}", singular, plural, id_filter="id")
    return Kind(noun, collection)


def _keystone(noun: str, path: str, *, by: str = "name", domains: bool = False) -> Kind:
    collection = Collection("identity", f"/v3/{path}", noun, path)
    return Kind(noun, collection, by=by, domains=domains)


def _octavia(noun: str, path: str, singular: str, *, plural: str = "", id: str = "id") -> Kind:
    collection = Collection(
        "load-balancer", f"/v2/lbaas/{path}", singular, plural or singular + "s"
    )
    return Kind(noun, collection, id=id)


def _cinder(noun: str, path: str, singular: str, *, detail: str = "/detail") -> Kind:
    collection = Collection("volumev3", f"/{path}", singular, singular + "s", detail=detail)
    return Kind(noun, collection)


KINDS: dict[str, Kind] = {
    "neutron.network": _neutron("network", "networks", "network"),
    "neutron.subnet": _neutron("subnet", "subnets", "subnet"),
    "neutron.router": _neutron("router", "routers", "router"),
    "neutron.port": _neutron("port", "ports", "port"),
    "neutron.security_group": _neutron("security group", "security-groups", "security_group"),
    "neutron.address_scope": _neutron("address scope", "address-scopes", "address_scope"),
    "neutron.subnetpool": _neutron("subnet pool", "subnetpools", "subnetpool"),
    "neutron.qos_policy": _neutron("QoS policy", "qos/policies", "policy", "policies"),
    "neutron.segment": _neutron("segment", "segments", "segment"),
    "neutron.flow_classifier": _neutron(
        "flow classifier", "sfc/flow_classifiers", "flow_classifier"
    ),
    "neutron.port_pair": _neutron("port pair", "sfc/port_pairs", "port_pair"),
    "neutron.port_pair_group": _neutron(
        "port pair group", "sfc/port_pair_groups", "port_pair_group"
    ),
    "neutron.taas.tap_service": _neutron("tap service", "taas/tap_services", "tap_service"),
    "neutron.taas.tap_flow": _neutron("tap flow", "taas/tap_flows", "tap_flow"),
    "nova.flavor": Kind(
        "flavor",
        Collection("compute", "/flavors", "flavor", "flavors", detail="/detail"),
        by="",
        query=(("is_public", "None"),),
    ),
    "nova.keypair": Kind(
        "key pair",
        Collection("compute", "/os-keypairs", "keypair", "keypairs"),
        id="name",
        only_id=True,
    ),
    "nova.server": Kind(
        "server",
        Collection("compute", "/servers", "server", "servers", detail="/detail"),
        pattern=True,
    ),
    "nova.host": Kind(
        "host",
        Collection("compute", "/os-hosts", "host", "hosts"),
        by="",
        id="host_name",
        name="host_name",
    ),
    "nova.availability_zone": Kind(
        "availability zone",
        Collection("compute", "/os-availability-zone", "", "availabilityZoneInfo"),
        by="",
        id="zoneName",
        name="zoneName",
    ),
    "glance.image": Kind("image", Collection("image", "/v2/images", "", "images")),
    "cinder.volume": _cinder("volume", "volumes", "volume"),
    "cinder.snapshot": _cinder("snapshot", "snapshots", "snapshot"),
    "cinder.backup": _cinder("backup", "backups", "backup"),
    "cinder.vtype": Kind(
        "volume type",
        Collection("volumev3", "/types", "volume_type", "volume_types"),
        by="",
        query=(("is_public", "None"),),
    ),
    "cinder.qos_specs": Kind(
        "QoS specs", Collection("volumev3", "/qos-specs", "qos_specs", "qos_specs"), by=""
    ),
    "keystone.project": _keystone("project", "projects", domains=True),
    "keystone.user": _keystone("user", "users", domains=True),
    "keystone.group": _keystone("group", "groups", domains=True),
    "keystone.role": _keystone("role", "roles", domains=True),
    "keystone.domain": _keystone("domain", "domains"),
    "keystone.service": _keystone("service", "services"),
    "keystone.region": Kind(
        "region", Collection("identity", "/v3/regions", "region", "regions"), by="", name="id"
    ),
    "octavia.loadbalancer": _octavia("load balancer", "loadbalancers", "loadbalancer"),
    "octavia.listener": _octavia("listener", "listeners", "listener"),
    "octavia.pool": _octavia("pool", "pools", "pool"),
    "octavia.l7policy": _octavia("L7 policy", "l7policies", "l7policy", plural="l7policies"),
    "octavia.flavor": _octavia("load balancer flavor", "flavors", "flavor"),
    "octavia.flavorprofile": _octavia("flavor profile", "flavorprofiles", "flavorprofile"),
    "octavia.availabilityzone": _octavia(
        "availability zone", "availabilityzones", "availability_zone", id="name"
    ),
    "octavia.availabilityzoneprofile": _octavia(
        "availability zone profile", "availabilityzoneprofiles", "availability_zone_profile"
    ),
    "designate.zone": Kind("zone", Collection("dns", "/v2/zones", "", "zones")),
    "ironic.node": Kind(
        "node", Collection("baremetal", "/v1/nodes", "", "nodes"), by="", id="uuid"
    ),
    "magnum.cluster_template": Kind(
        "cluster template",
        Collection("container-infra", "/v1/clustertemplates", "", "clustertemplates"),
        by="",
        id="uuid",
    ),
    "manila.share_network": Kind(
        "share network", Collection("sharev2", "/share-networks", "share_network", "share_networks")
    ),
    "manila.share_snapshot": Kind(
        "share snapshot", Collection("sharev2", "/snapshots", "snapshot", "snapshots")
    ),
    "manila.share_type": Kind(
        "share type", Collection("sharev2", "/types", "share_type", "share_types"), by=""
    ),
    "mistral.workflow": Kind("workflow", Collection("workflowv2", "/workflows", "", "workflows")),
    "trove.flavor": Kind(
        "database flavor", Collection("database", "/flavors", "flavor", "flavors"), by=""
    ),
    "zaqar.queue": Kind(
        "queue", Collection("messaging", "/v2/queues", "", "queues"), id="name", only_id=True
    ),
}
