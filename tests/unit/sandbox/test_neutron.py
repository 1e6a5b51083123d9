"""The simulated Neutron against what a real one answers."""

from __future__ import annotations

import pytest

N = "/network/v2.0"
NOTHING = "11111111-1111-1111-1111-111111111111"


def make(cloud, one, status=None, user="demo", **values):
    many = {"policy": "qos/policies"}.get(one, one.replace("_", "-") + "s")
    return cloud("POST", f"{N}/{many}", {one: values}, status=status, user=user)


@pytest.fixture
def net(cloud):
    return make(cloud, "network", name="n")["network"]["id"]


@pytest.fixture
def subnet(cloud, net):
    made = make(cloud, "subnet", network_id=net, ip_version=4, cidr="10.7.0.0/29")
    return made["subnet"]["id"]


def refused(answer):
    return answer["NeutronError"]["type"]


@pytest.mark.parametrize(
    ("values", "status", "kind"),
    [
        ({"foo": 1}, 400, "HTTPBadRequest"),
        ({"shared": True}, 403, "PolicyNotAuthorized"),
        ({"name": 5}, 400, "HTTPBadRequest"),
        ({"admin_state_up": "zz"}, 400, "InvalidInput"),
        ({"id": "abc"}, 400, "HTTPBadRequest"),
        ({"mtu": 99999999}, 400, "InvalidInput"),
        ({"provider:network_type": "vlan"}, 403, "PolicyNotAuthorized"),
    ],
)
def test_networks_that_cannot_be(cloud, values, status, kind):
    assert refused(make(cloud, "network", status, **values)) == kind


@pytest.mark.parametrize(
    ("values", "status", "kind"),
    [
        ({"cidr": "10.7.0.0/28"}, 400, "InvalidInput"),
        ({}, 400, "BadRequest"),
        ({"ip_version": 6, "cidr": "10.8.0.0/28"}, 400, "InvalidInput"),
        ({"cidr": "10.8.0.0/33"}, 400, "InvalidInput"),
        ({"cidr": "10.8.0.0/24", "network_id": NOTHING}, 404, "NetworkNotFound"),
        (
            {
                "cidr": "10.8.0.0/24",
                "gateway_ip": "10.8.0.9",
                "allocation_pools": [{"start": "10.8.0.5", "end": "10.8.0.20"}],
            },
            409,
            "GatewayConflictWithAllocationPools",
        ),
        (
            {"cidr": "10.8.0.0/24", "allocation_pools": [{"start": "10.9.0.5", "end": "10.9.0.6"}]},
            400,
            "OutOfBoundsAllocationPool",
        ),
        ({"cidr": "10.8.0.0/24", "dns_nameservers": ["x"]}, 400, "HTTPBadRequest"),
        ({"cidr": "10.8.0.0/24", "ipv6_ra_mode": "slaac"}, 400, "InvalidInput"),
    ],
)
@pytest.mark.usefixtures("subnet")
def test_subnets_that_cannot_be(cloud, net, values, status, kind):
    sent = {"network_id": net, "ip_version": 4, **values}
    assert refused(make(cloud, "subnet", status, **sent)) == kind


def test_addresses_run_out_and_come_back(cloud, net, subnet):
    ports = [make(cloud, "port", network_id=net)["port"] for _ in range(5)]
    addresses = [port["fixed_ips"][0]["ip_address"] for port in ports]
    assert addresses == [f"10.7.0.{number}" for number in range(2, 7)]
    assert refused(make(cloud, "port", 409, network_id=net)) == "IpAddressGenerationFailure"
    cloud("DELETE", f"{N}/ports/{ports[2]['id']}")
    again = make(cloud, "port", network_id=net)["port"]
    assert again["fixed_ips"][0]["ip_address"] == "10.7.0.4"


@pytest.mark.parametrize(
    ("fixed", "answer"),
    [
        ({"ip_address": "10.7.0.200"}, (400, "InvalidIpForNetwork")),
        ({"ip_address": "10.7.0.200", "subnet_id": "own"}, (400, "InvalidIpForSubnet")),
        ({"subnet_id": NOTHING}, (404, "SubnetNotFound")),
        ({"ip_address": "10.7.0.2", "subnet_id": "own"}, (409, "IpAddressAlreadyAllocated")),
    ],
)
def test_fixed_addresses(cloud, net, subnet, fixed, answer):
    make(cloud, "port", network_id=net)
    wanted = {key: subnet if value == "own" else value for key, value in fixed.items()}
    status, kind = answer
    assert refused(make(cloud, "port", status, network_id=net, fixed_ips=[wanted])) == kind


def test_slaac_addresses_follow_the_mac(cloud, net, subnet):
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    make(cloud, "subnet", network_id=net, ip_version=6, cidr="fd00:77::/64", **modes)
    port = make(cloud, "port", network_id=net, mac_address="fa:16:3e:11:22:33")["port"]
    assert [fixed["ip_address"] for fixed in port["fixed_ips"]] == [
        "10.7.0.2",
        "fd00:77::f816:3eff:fe11:2233",
    ]


def test_bulk_is_all_or_nothing(cloud, net, subnet):
    sent = [{"network_id": net, "name": str(number)} for number in range(6)]
    failed = cloud("POST", f"{N}/ports", {"ports": sent}, status=409)
    assert refused(failed) == "IpAddressGenerationFailure"
    assert cloud("GET", f"{N}/ports?network_id={net}")["ports"] == []
    made = cloud("POST", f"{N}/ports", {"ports": sent[:5]}, status=201)["ports"]
    assert [port["name"] for port in made] == ["0", "1", "2", "3", "4"]


def test_filters_fields_and_pages(cloud, net):
    for name in "abcde":
        make(cloud, "port", network_id=net, name=name)
    every = cloud("GET", f"{N}/ports?network_id={net}&name=a&name=c&fields=name")["ports"]
    assert sorted(port["name"] for port in every) == ["a", "c"]
    path = f"{N}/ports?network_id={net}&limit=2&sort_key=name&sort_dir=asc"
    seen = []
    while path:
        answer = cloud("GET", path)
        seen += [port["name"] for port in answer["ports"]]
        links = {link["rel"]: link["href"] for link in answer.get("ports_links", [])}
        path = links.get("next", "").removeprefix(cloud.sandbox.base_url)
    assert seen == list("abcde")
    for bad in ("limit=x", "sort_key=name", "foo=bar"):
        cloud("GET", f"{N}/ports?{bad}", status=400)


def test_what_is_in_use_stays(cloud, net, subnet):
    port = make(cloud, "port", network_id=net)["port"]
    assert refused(cloud("DELETE", f"{N}/networks/{net}", status=409)) == "NetworkInUse"
    assert refused(cloud("DELETE", f"{N}/subnets/{subnet}", status=409)) == "SubnetInUse"
    group = port["security_groups"][0]
    in_use = cloud("DELETE", f"{N}/security-groups/{group}", status=409)
    assert refused(in_use) == "SecurityGroupInUse"
    cloud("DELETE", f"{N}/ports/{port['id']}")
    cloud("DELETE", f"{N}/networks/{net}")
    cloud("GET", f"{N}/subnets/{subnet}", status=404)


def test_a_router_and_a_floating_ip(cloud, net, subnet):
    public = cloud("GET", f"{N}/networks?router:external=True")["networks"][0]["id"]
    gateway = {"network_id": public}
    router = make(cloud, "router", name="r")["router"]["id"]
    port = make(cloud, "port", network_id=net)["port"]["id"]
    floating = {"floating_network_id": public, "port_id": port}
    unreachable = make(cloud, "floatingip", 404, **floating)
    assert refused(unreachable) == "ExternalGatewayForFloatingIPNotFound"
    cloud("PUT", f"{N}/routers/{router}/add_router_interface", {"subnet_id": subnet})
    twice = cloud(
        "PUT", f"{N}/routers/{router}/add_router_interface", {"subnet_id": subnet}, status=400
    )
    assert refused(twice) == "BadRequest"
    cloud("PUT", f"{N}/routers/{router}", {"router": {"external_gateway_info": gateway}})
    made = make(cloud, "floatingip", **floating)["floatingip"]
    assert (made["status"], made["router_id"]) == ("ACTIVE", router)
    assert refused(make(cloud, "floatingip", 409, **floating)) == "FloatingIPPortAlreadyAssociated"
    interface = cloud("GET", f"{N}/ports?device_id={router}")["ports"][0]["id"]
    for method, path, body, kind in (
        ("DELETE", f"routers/{router}", None, "RouterInUse"),
        ("DELETE", f"ports/{interface}", None, "ServicePortInUse"),
        (
            "PUT",
            f"routers/{router}/remove_router_interface",
            {"subnet_id": subnet},
            "RouterInterfaceInUseByFloatingIP",
        ),
        (
            "PUT",
            f"routers/{router}",
            {"router": {"external_gateway_info": None}},
            "RouterExternalGatewayInUseByFloatingIp",
        ),
    ):
        assert refused(cloud(method, f"{N}/{path}", body, status=409)) == kind
    cloud("DELETE", f"{N}/ports/{port}")
    left = cloud("GET", f"{N}/floatingips/{made['id']}")["floatingip"]
    assert (left["port_id"], left["status"]) == (None, "DOWN")
    cloud("DELETE", f"{N}/floatingips/{made['id']}")
    cloud("PUT", f"{N}/routers/{router}/remove_router_interface", {"subnet_id": subnet})
    cloud("DELETE", f"{N}/routers/{router}")
    cloud("DELETE", f"{N}/networks/{net}")
    assert cloud.sandbox.leftovers() == []


@pytest.mark.parametrize(
    ("values", "status", "kind"),
    [
        ({}, 409, "SecurityGroupRuleExists"),
        ({"port_range_min": 90}, 400, "SecurityGroupInvalidPortRange"),
        ({"protocol": "foo"}, 400, "SecurityGroupRuleInvalidProtocol"),
        ({"protocol": None}, 400, "SecurityGroupProtocolRequiredWithPorts"),
        ({"direction": "x"}, 400, "HTTPBadRequest"),
        ({"remote_ip_prefix": "zz"}, 400, "InvalidCIDR"),
        ({"remote_ip_prefix": "fd00::/64"}, 400, "SecurityGroupRuleParameterConflict"),
        ({"ethertype": "IPv5"}, 400, "SecurityGroupRuleInvalidEtherType"),
        ({"security_group_id": NOTHING}, 404, "SecurityGroupNotFound"),
        ({"port_range_min": 70000, "port_range_max": 70000}, 400, "SecurityGroupInvalidPortValue"),
    ],
)
def test_security_group_rules(cloud, values, status, kind):
    group = make(cloud, "security_group", name="g")["security_group"]
    assert len(group["security_group_rules"]) == 2
    rule = {
        "security_group_id": group["id"],
        "direction": "ingress",
        "protocol": "tcp",
        "port_range_min": 80,
        "port_range_max": 80,
    }
    make(cloud, "security_group_rule", **rule)
    assert refused(make(cloud, "security_group_rule", status, **{**rule, **values})) == kind


def test_strangers_see_nothing_and_touch_nothing(cloud, net):
    cloud("GET", f"{N}/networks/{net}", user="alt_demo", status=404)
    cloud("DELETE", f"{N}/networks/{net}", user="alt_demo", status=404)
    public = cloud("GET", f"{N}/networks?name=public")["networks"][0]["id"]
    cloud("DELETE", f"{N}/networks/{public}", status=403)
    make(cloud, "port", 403, network_id=public)


def test_quotas_and_tags(cloud, net):
    quota = {"quota": {"network": 2}}
    cloud("PUT", f"{N}/quotas/{cloud.project}", quota, status=403)
    cloud("PUT", f"{N}/quotas/{cloud.project}", quota, user="admin")
    assert refused(make(cloud, "network", 409)) == "OverQuota"
    cloud("PUT", f"{N}/networks/{net}/tags", {"tags": ["b", "a"]})
    assert cloud("GET", f"{N}/networks?tags=a,b")["networks"][0]["id"] == net
    assert refused(cloud("DELETE", f"{N}/networks/{net}/tags/zz", status=404)) == "TagNotFound"
    cloud("PUT", f"{N}/networks/{net}/tags/red", status=201)
    assert cloud("GET", f"{N}/networks/{net}")["network"]["tags"] == ["a", "b", "red"]


def test_a_subnet_from_a_pool(cloud, net):
    prefixes = {"prefixes": ["10.200.0.0/16"], "default_prefixlen": 24}
    pool = make(cloud, "subnetpool", name="p", **prefixes)["subnetpool"]["id"]
    made = make(cloud, "subnet", network_id=net, ip_version=4, subnetpool_id=pool)["subnet"]
    assert made["cidr"] == "10.200.0.0/24"
    assert refused(cloud("DELETE", f"{N}/subnetpools/{pool}", status=400)) == (
        "SubnetPoolDeleteError"
    )


def test_ports_of_servers_are_deleted_by_services(cloud, net):
    port = make(cloud, "port", network_id=net, device_owner="compute:mine")["port"]["id"]
    answer = cloud("DELETE", f"{N}/ports/{port}", status=403)
    assert refused(answer) == "PolicyNotAuthorized"
    cloud("DELETE", f"{N}/ports/{port}", status=204, user="admin")
