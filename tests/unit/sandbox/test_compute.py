"""The simulated Nova, Cinder and Glance: life of servers and volumes, microversions, refusals."""

from __future__ import annotations

import json

import pytest

from calor.sandbox.faults import Fault

C = "/compute/v2.1"
N = "/network/v2.0"
LATEST = "compute 2.96"
NOTHING = "11111111-1111-1111-1111-111111111111"


def body(cloud, **values):
    sent = {
        "name": "s",
        "flavorRef": cloud.id_of(f"{C}/flavors", "m1.tiny"),
        "imageRef": cloud.id_of("/image/v2/images", "cirros"),
        "networks": [{"uuid": cloud.id_of(f"{N}/networks", "private")}],
        **values,
    }
    return {"server": {key: value for key, value in sent.items() if value is not None}}


def boot(cloud, version=LATEST, **values):
    made = cloud("POST", f"{C}/servers", body(cloud, **values), version=version)
    return made["server"]["id"]


def show(cloud, key, version=LATEST):
    return cloud("GET", f"{C}/servers/{key}", version=version)["server"]


def act(cloud, key, action, status=None):
    path = f"{C}/servers/{key}/action"
    return cloud("POST", path, action, status=status, version=LATEST)


def test_a_server_is_built_and_deleted_in_time(slow):
    port = slow(
        "POST", f"{N}/ports", {"port": {"network_id": slow.id_of(f"{N}/networks", "private")}}
    )
    mine = port["port"]["id"]
    private = slow.id_of(f"{N}/networks", "private")
    key = boot(slow, networks=[{"port": mine}, {"uuid": private}])
    assert show(slow, key)["status"] == "BUILD"
    assert show(slow, key)["addresses"] == {}
    slow.wait(1.6)
    server = show(slow, key)
    assert server["status"] == "ACTIVE"
    assert len(server["addresses"]["private"]) == 2
    ports = slow("GET", f"{N}/ports?device_id={key}")["ports"]
    assert [item["device_owner"] for item in ports] == ["compute:nova", "compute:nova"]
    slow("DELETE", f"{C}/servers/{key}", status=204)
    assert show(slow, key)["OS-EXT-STS:task_state"] == "deleting"
    slow.wait(1.1)
    slow("GET", f"{C}/servers/{key}", status=404)
    assert slow("GET", f"{N}/ports/{mine}")["port"]["device_id"] == ""
    assert [thing.id for thing in slow.sandbox.leftovers()] == [mine]
    gone = slow("GET", f"{C}/servers/detail?changes-since=2020-01-01T00:00:00Z")["servers"]
    assert [item["status"] for item in gone] == ["DELETED"]


def test_a_delete_during_the_build_leaves_nothing(slow):
    key = boot(slow)
    slow.wait(0.8)
    slow("DELETE", f"{C}/servers/{key}")
    slow.wait(5)
    assert slow.sandbox.leftovers(slow.now) == []


@pytest.mark.parametrize(
    ("values", "status", "text"),
    [
        ({"imageRef": NOTHING}, 400, "Can not find requested image"),
        ({"imageRef": "x"}, 400, "imageRef"),
        ({"imageRef": None}, 400, "Missing imageRef attribute"),
        ({"flavorRef": "99"}, 400, "Flavor 99 could not be found."),
        ({"name": None}, 400, "'name' is a required property"),
        ({"foo": 1}, 400, "Additional properties are not allowed ('foo' was unexpected)"),
        ({"networks": [{"uuid": NOTHING}]}, 400, f"Network {NOTHING} could not be found."),
        ({"networks": [{"port": NOTHING}]}, 400, f"Port id {NOTHING} could not be found."),
        ({"networks": "foo"}, 400, "not valid under any"),
        ({"key_name": "none"}, 400, "Invalid key_name provided."),
        ({"security_groups": [{"name": "none"}]}, 400, "Unable to find security_group"),
        ({"availability_zone": "none"}, 400, "The requested availability zone is not available"),
        ({"metadata": {"a": 1}}, 400, "is not of type 'string'"),
        ({"personality": []}, 400, "'personality' was unexpected"),
    ],
)
def test_servers_that_cannot_be(cloud, values, status, text):
    answer = cloud("POST", f"{C}/servers", body(cloud, **values), version=LATEST, status=status)
    assert text in answer["badRequest"]["message"]


def test_a_port_in_use_is_a_conflict(cloud):
    key = boot(cloud)
    show(cloud, key)
    port = cloud("GET", f"{N}/ports?device_id={key}")["ports"][0]["id"]
    sent = body(cloud, networks=[{"port": port}])
    cloud("POST", f"{C}/servers", sent, version=LATEST, status=409)


def test_microversions_change_what_is_seen_and_said(cloud):
    key = boot(cloud, tags=["t"], description="d")
    old, new = show(cloud, key, ""), show(cloud, key)
    assert "id" in old["flavor"]
    assert new["flavor"]["original_name"] == "m1.tiny"
    for name in ("tags", "description", "locked", "locked_reason", "server_groups"):
        assert name not in old
        assert name in new
    cloud("GET", f"{C}/servers/{key}/tags", status=404)
    for version, status in (("compute 2.999", 406), ("compute foo", 400)):
        cloud("GET", f"{C}/servers", version=version, status=status)
    sent = body(cloud, tags=["t"])
    cloud("POST", f"{C}/servers", sent, version="compute 2.51", status=400)
    answer = cloud.send(
        "GET",
        f"{C}/servers",
        token=cloud.log_in(),
        headers={"OpenStack-API-Version": "compute latest"},
    )
    assert answer.header("openstack-api-version") == "compute 2.96"


def test_a_resize_waits_for_its_confirmation(slow):
    key = boot(slow)
    slow.wait(2)
    small = slow.id_of(f"{C}/flavors", "m1.small")
    act(slow, key, {"confirmResize": None}, 409)
    act(slow, key, {"resize": {"flavorRef": show(slow, key, "")["flavor"]["id"]}}, 400)
    act(slow, key, {"resize": {"flavorRef": small}})
    assert show(slow, key)["status"] == "RESIZE"
    slow.wait(2)
    assert show(slow, key)["status"] == "VERIFY_RESIZE"
    act(slow, key, {"confirmResize": None}, 204)
    server = show(slow, key)
    assert (server["status"], server["OS-EXT-STS:task_state"]) == ("VERIFY_RESIZE", None)
    for action in ("confirmResize", "revertResize"):
        act(slow, key, {action: None}, 400)
    slow.wait(1)
    server = show(slow, key, "")
    assert (server["status"], server["flavor"]["id"]) == ("ACTIVE", small)
    act(slow, key, {"resize": {"flavorRef": slow.id_of(f"{C}/flavors", "m1.tiny")}})
    slow.wait(2)
    act(slow, key, {"revertResize": None})
    assert show(slow, key)["status"] == "REVERT_RESIZE"
    slow.wait(1)
    assert show(slow, key)["flavor"]["original_name"] == "m1.small"


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([{"os-stop": None}], "SHUTOFF"),
        ([{"os-stop": None}, {"os-start": None}], "ACTIVE"),
        ([{"suspend": None}], "SUSPENDED"),
        ([{"suspend": None}, {"resume": None}], "ACTIVE"),
        ([{"reboot": {"type": "HARD"}}], "ACTIVE"),
        ([{"pause": None}], "PAUSED"),
    ],
)
def test_power(cloud, steps, status):
    key = boot(cloud)
    for step in steps:
        show(cloud, key)
        act(cloud, key, step)
    assert show(cloud, key)["status"] == status


def test_actions_in_the_wrong_state_are_refused(cloud):
    key = boot(cloud)
    show(cloud, key)
    act(cloud, key, {"os-start": None}, 409)
    act(cloud, key, {"foo": None}, 400)
    act(cloud, key, {"os-resetState": {"state": "error"}}, 403)
    act(cloud, key, {"lock": {"locked_reason": "mine"}})
    assert show(cloud, key)["locked_reason"] == "mine"
    act(cloud, key, {"os-stop": None}, 409)
    cloud("DELETE", f"{C}/servers/{key}", status=409)


def test_interfaces_come_and_go(cloud):
    key = boot(cloud, networks="none")
    show(cloud, key)
    private = cloud.id_of(f"{N}/networks", "private")
    mine = cloud("POST", f"{N}/ports", {"port": {"network_id": private}})["port"]["id"]
    path = f"{C}/servers/{key}/os-interface"
    cloud("POST", path, {"interfaceAttachment": {"port_id": mine}})
    cloud("POST", path, {"interfaceAttachment": {"port_id": mine}}, status=409)
    cloud("POST", path, {"interfaceAttachment": {"port_id": NOTHING}}, status=404)
    made = cloud("POST", path, {"interfaceAttachment": {"net_id": private}})
    other = made["interfaceAttachment"]["port_id"]
    assert len(cloud("GET", path)["interfaceAttachments"]) == 2
    for port in (mine, other):
        cloud("DELETE", f"{path}/{port}", status=202)
    cloud("GET", f"{path}/{mine}", status=404)
    assert cloud("GET", f"{N}/ports/{mine}")["port"]["device_id"] == ""
    cloud("GET", f"{N}/ports/{other}", status=404)


def test_volumes_are_attached_and_detached(slow):
    volumes = f"/volume/v3/{slow.project}/volumes"
    key = boot(slow)
    slow.wait(2)
    volume = slow("POST", volumes, {"volume": {"size": 1, "name": "v"}})["volume"]
    assert volume["status"] == "creating"
    path = f"{C}/servers/{key}/os-volume_attachments"
    attach = {"volumeAttachment": {"volumeId": volume["id"]}}
    slow("POST", path, attach, status=400)
    slow.wait(1.1)
    slow("POST", path, attach)
    one = f"{volumes}/{volume['id']}"
    assert slow("GET", one)["volume"]["status"] == "attaching"
    slow.wait(0.6)
    assert slow("GET", one)["volume"]["attachments"][0]["server_id"] == key
    slow("DELETE", one, status=400)
    slow("DELETE", f"{path}/{volume['id']}", status=202)
    assert slow("GET", one)["volume"]["status"] == "detaching"
    slow.wait(0.6)
    assert slow("GET", one)["volume"]["status"] == "available"
    slow("DELETE", f"{path}/{volume['id']}", status=404)


def test_a_server_boots_from_a_new_volume_and_takes_it_along(cloud):
    disk = {
        "uuid": cloud.id_of("/image/v2/images", "cirros"),
        "source_type": "image",
        "destination_type": "volume",
        "volume_size": 2,
        "boot_index": 0,
        "delete_on_termination": True,
    }
    key = boot(cloud, imageRef="", block_device_mapping_v2=[disk])
    show(cloud, key)
    server = show(cloud, key)
    assert (server["status"], server["image"]) == ("ACTIVE", "")
    assert len(server["os-extended-volumes:volumes_attached"]) == 1
    cloud("DELETE", f"{C}/servers/{key}")
    for _ in range(3):
        cloud("GET", f"{C}/servers")
    assert cloud.sandbox.leftovers() == []


def test_doomed_servers_and_volumes_end_in_error(cloud):
    cloud.sandbox.faults.add(Fault(method="POST", path="servers$", server_error="no luck"))
    key = boot(cloud)
    show(cloud, key)
    server = show(cloud, key)
    assert (server["status"], server["fault"]["message"]) == ("ERROR", "no luck")
    cloud.sandbox.faults.add(Fault(method="POST", path="volumes$", volume_error="no disk"))
    volumes = f"/volume/v3/{cloud.project}/volumes"
    made = cloud("POST", volumes, {"volume": {"size": 1}})["volume"]["id"]
    assert cloud("GET", f"{volumes}/{made}")["volume"]["status"] == "error"


def test_quotas_answer_as_each_service_does(cloud):
    cloud(
        "PUT", f"{C}/os-quota-sets/{cloud.project}", {"quota_set": {"instances": 0}}, user="admin"
    )
    answer = cloud("POST", f"{C}/servers", body(cloud), status=403)
    assert answer["forbidden"]["message"].startswith("Quota exceeded for instances: Requested 1")
    cloud.send("PUT", "/sandbox/settings", {"quotas": {"volume": {"gigabytes": 3}}})
    volumes = f"/volume/v3/{cloud.project}/volumes"
    over = cloud("POST", volumes, {"volume": {"size": 4}}, status=413)
    assert over["overLimit"]["retryAfter"] == "0"


def test_server_lists_filter_and_page(cloud):
    for name in ("a1", "a2", "b1"):
        boot(cloud, name=name)
        cloud.wait(1)
    cloud("GET", f"{C}/servers")
    names = [item["name"] for item in cloud("GET", f"{C}/servers?name=^a&status=ACTIVE")["servers"]]
    assert names == ["a2", "a1"]
    first = cloud("GET", f"{C}/servers?limit=2")
    following = first["servers_links"][0]["href"].removeprefix(cloud.sandbox.base_url)
    assert [item["name"] for item in cloud("GET", following)["servers"]] == ["a1"]
    cloud("GET", f"{C}/servers?marker=foo", status=400)
    cloud("GET", f"{C}/servers?all_tenants=1", status=403)


def test_keypairs_belong_to_users(cloud):
    path = f"{C}/os-keypairs"
    made = cloud("POST", path, {"keypair": {"name": "k"}}, version="compute 2.2")["keypair"]
    assert made["private_key"].startswith("-----BEGIN")
    cloud("POST", path, {"keypair": {"name": "k"}}, version="compute 2.2", status=409)
    cloud("POST", path, {"keypair": {"name": "l"}}, version="compute 2.92", status=400)
    bad = {"keypair": {"name": "l", "public_key": "bad"}}
    cloud("POST", path, bad, version="compute 2.92", status=400)
    good = {"keypair": {"name": "l", "public_key": made["public_key"]}}
    cloud("POST", path, good, version="compute 2.92")
    assert [item["keypair"]["name"] for item in cloud("GET", path)["keypairs"]] == ["k", "l"]
    assert cloud("GET", path, user="alt_demo")["keypairs"] == []
    cloud("DELETE", f"{path}/k", version="compute 2.2", status=204)
    cloud("DELETE", f"{path}/k", status=404)


def test_anti_affinity_puts_servers_apart(cloud):
    sent = {"server_group": {"name": "g", "policy": "anti-affinity"}}
    group = cloud("POST", f"{C}/os-server-groups", sent, version="compute 2.64")["server_group"]
    hints = {"os:scheduler_hints": {"group": group["id"]}}
    for _ in range(17):
        cloud("POST", f"{C}/servers", {**body(cloud), **hints}, version=LATEST)
    servers = cloud("GET", f"{C}/servers/detail", version=LATEST)["servers"]
    servers = cloud("GET", f"{C}/servers/detail", version=LATEST)["servers"]
    assert sorted(item["status"] for item in servers) == ["ACTIVE"] * 16 + ["ERROR"]


def test_no_host_has_a_class_of_resource_that_is_unheard_of(cloud):
    sent = {"flavor": {"name": "f", "ram": 64, "vcpus": 1, "disk": 1}}
    flavor = cloud("POST", f"{C}/flavors", sent, user="admin", version="compute 2.55")["flavor"]
    specs = {"extra_specs": {"resources:MEMORY_MB": "64", "resources:PGPU": "1"}}
    cloud("POST", f"{C}/flavors/{flavor['id']}/os-extra_specs", specs, user="admin")
    wanted = body(cloud)
    wanted["server"]["flavorRef"] = flavor["id"]
    made = cloud("POST", f"{C}/servers", wanted, version=LATEST)["server"]
    cloud("GET", f"{C}/servers/{made['id']}", version=LATEST)
    shown = cloud("GET", f"{C}/servers/{made['id']}", version=LATEST)["server"]
    assert shown["status"] == "ERROR"
    assert shown["fault"]["message"] == "No valid host was found. "


def test_flavors(cloud):
    sent = {"flavor": {"name": "f", "ram": 64, "vcpus": 1, "disk": 0}}
    cloud("POST", f"{C}/flavors", sent, status=403)
    made = cloud("POST", f"{C}/flavors", sent, user="admin", version="compute 2.55")["flavor"]
    assert made["swap"] == ""
    cloud("POST", f"{C}/flavors", sent, user="admin", status=409)
    path = f"{C}/flavors/{made['id']}"
    cloud("POST", f"{path}/os-extra_specs", {"extra_specs": {"a": "b"}}, user="admin")
    assert cloud("GET", f"{path}/os-extra_specs")["extra_specs"] == {"a": "b"}
    cloud("DELETE", path, user="admin", status=202)
    cloud("DELETE", path, user="admin", status=404)


def test_snapshots_hold_their_volume(cloud):
    base = f"/volume/v3/{cloud.project}"
    volume = cloud("POST", f"{base}/volumes", {"volume": {"size": 2}})["volume"]["id"]
    cloud("GET", f"{base}/volumes")
    sent = {"snapshot": {"volume_id": volume, "name": "s"}}
    snapshot = cloud("POST", f"{base}/snapshots", sent)["snapshot"]["id"]
    cloud("DELETE", f"{base}/volumes/{volume}", status=400)
    small = {"volume": {"size": 1, "snapshot_id": snapshot}}
    cloud("POST", f"{base}/volumes", small, status=400)
    copy = cloud("POST", f"{base}/volumes", {"volume": {"snapshot_id": snapshot}})["volume"]
    assert copy["size"] == 2
    cloud("POST", f"{base}/volumes/{volume}/action", {"os-extend": {"new_size": 1}}, status=400)
    cloud("POST", f"{base}/volumes/{volume}/action", {"os-extend": {"new_size": 3}})
    cloud("POST", f"{base}/volumes/{volume}/action", {"foo": None}, status=400)
    assert cloud("GET", f"{base}/volumes/{volume}")["volume"]["size"] == 3
    cloud("DELETE", f"{base}/snapshots/{snapshot}")
    cloud("GET", f"{base}/snapshots/{snapshot}", status=404)


def test_images_are_made_filled_and_protected(cloud):
    path = "/image/v2/images"
    sent = {"name": "i", "disk_format": "raw", "container_format": "bare", "mine": "x"}
    made = cloud("POST", path, sent)
    assert (made["status"], made["mine"]) == ("queued", "x")
    token = cloud.log_in()
    patch = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    change = [
        {"op": "replace", "path": "/protected", "value": True},
        {"op": "remove", "path": "/mine"},
    ]
    one = f"{path}/{made['id']}"
    assert cloud.send("PATCH", one, change, token=token, headers=patch).status == 200
    assert "mine" not in cloud("GET", one)
    cloud("DELETE", one, status=403)
    change = [{"op": "replace", "path": "/id", "value": "x"}]
    assert cloud.send("PATCH", one, change, token=token, headers=patch).status == 403
    kind = {"Content-Type": "application/octet-stream"}
    assert cloud.send("PUT", f"{one}/file", "bytes", token=token, headers=kind).status == 204
    assert cloud("GET", one)["size"] == len(json.dumps("bytes"))
    cloud("GET", f"{path}/{NOTHING}", status=404)
    cloud("POST", path, {"visibility": "public"}, status=403)
