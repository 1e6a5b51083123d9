"""The core: routing, faults, counting, leftovers, determinism."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from calor.base.ids import SeededIds
from calor.base.wire import Request
from calor.sandbox.agenda import Agenda
from calor.sandbox.core import Sandbox
from calor.sandbox.faults import Fault
from calor.sandbox.neutron.ipam import Pool
from calor.sandbox.settings import SandboxSettings
from calor.sandbox.table import Table

NETWORKS = "/network/v2.0/networks"


def test_agenda_keeps_the_order_of_time_and_entry():
    agenda, seen = Agenda(), []
    for name, at in (("late", 2.0), ("first", 1.0), ("second", 1.0)):
        agenda.enter(at, lambda moment, name=name: seen.append((name, moment)))
    agenda.run(1.5)
    assert seen == [("first", 1.0), ("second", 1.0)]
    assert agenda.next_change() == 2.0


def test_table_finds_by_index_after_a_change():
    table = Table("name")
    row = table.add({"id": "1", "name": "old"})
    table.change(row, name="new")
    assert table.where("name", "old") == []
    assert table.narrowed([("name", ["new", "other"])]) == [row]


def test_pool_gives_the_lowest_free_address_again():
    pool = Pool("10.0.0.0/29", [("10.0.0.2", "10.0.0.4")], automatic=False)
    for number in (2, 3, 4):
        assert pool.first_free() == f"10.0.0.{number}"
        pool.take(f"10.0.0.{number}", "port")
    assert pool.first_free() is None
    pool.release("10.0.0.3")
    assert pool.first_free() == "10.0.0.3"


def test_version_documents_need_no_token(cloud):
    for path in ("/identity/v3", "/compute/v2.1", "/network/", "/volume/v3/", "/image/versions"):
        assert cloud.send("GET", path).status == 200, path


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/identity/v3/projects", "error"),
        ("/compute/v2.1/servers", "error"),
        (NETWORKS, "error"),
        ("/image/v2/images", "message"),
    ],
)
def test_no_token_is_401_in_the_services_own_shape(cloud, path, key):
    answer = cloud.send("GET", path)
    assert answer.status == 401
    assert key in json.loads(answer.body)
    assert answer.header("www-authenticate")


def test_fault_answers_instead_of_the_service_and_is_used_up(cloud):
    cloud.sandbox.faults.add(
        Fault(method="POST", service="network", path="networks$", nth=2, status=503)
    )
    body = {"network": {"name": "a"}}
    cloud("POST", NETWORKS, body)
    assert "NeutronError" in cloud("POST", NETWORKS, body, status=503)
    cloud("POST", NETWORKS, body)


@pytest.mark.parametrize(("lost", "made"), [("before", 0), ("after", 1)])
def test_lost_answers(cloud, lost, made):
    token = cloud.log_in()
    cloud.sandbox.faults.add(Fault(method="POST", path="networks", lost=lost, delay=3.0))
    url = cloud.sandbox.base_url + NETWORKS
    body = b'{"network": {"name": "a"}}'
    outcome = cloud.sandbox.exchange(Request("POST", url, {"x-auth-token": token}, body), cloud.now)
    assert outcome.lost
    assert outcome.delay == 3.0
    assert len(cloud("GET", NETWORKS + "?name=a")["networks"]) == made


def test_control_sets_faults_and_settings(cloud):
    fault = {"faults": [{"path": "networks", "status": 429, "headers": {"Retry-After": "7"}}]}
    shown = json.loads(cloud.send("PUT", "/sandbox/faults", fault).body)["faults"]
    assert shown[0]["seen"] == 0
    answer = cloud.send("GET", NETWORKS, token=cloud.log_in())
    assert (answer.status, answer.header("retry-after")) == (429, "7")
    assert cloud.send("DELETE", "/sandbox/faults").status == 204
    cloud("GET", NETWORKS)
    changed = cloud.send("PUT", "/sandbox/settings", {"delays": {"server_build": 9}, "latency": 1})
    assert json.loads(changed.body)["settings"]["delays"]["server_build"] == 9.0
    assert cloud.sandbox.latency(Request("GET", "x")) == 1.0
    for bad in ({"nothing": 1}, {"delays": {"nothing": 1}}, {"latency": "much"}, []):
        assert cloud.send("PUT", "/sandbox/settings", bad).status == 400
    for bad in ({"path": "("}, {"foo": 1}, {"lost": "sometimes"}):
        assert cloud.send("PUT", "/sandbox/faults", bad).status == 400


def test_calls_are_counted_by_pattern(cloud):
    cloud.log_in()
    cloud.sandbox.forget_calls()
    cloud("GET", NETWORKS)
    cloud("GET", NETWORKS + "/nothing", status=404)
    assert cloud.sandbox.calls() == {
        ("GET", "neutron", "/v2.0/networks"): 1,
        ("GET", "neutron", "/v2.0/networks/{id}"): 1,
    }
    counted = json.loads(cloud.send("GET", "/sandbox/calls").body)
    assert counted["total"] == 2
    cloud.send("DELETE", "/sandbox/calls")
    assert json.loads(cloud.send("GET", "/sandbox/calls").body)["total"] == 0


def test_leftovers_are_what_was_not_there_at_first(cloud):
    assert cloud.sandbox.leftovers() == []
    made = cloud("POST", NETWORKS, {"network": {"name": "mine"}})["network"]["id"]
    left = cloud.sandbox.leftovers()
    assert [(thing.kind, thing.name) for thing in left] == [("network", "mine")]
    shown = json.loads(cloud.send("GET", "/sandbox/leftovers").body)["leftovers"]
    assert [item["id"] for item in shown] == [made]
    cloud.send("PUT", "/sandbox/baseline")
    assert cloud.sandbox.leftovers() == []


SCRIPT = """
import hashlib, json
from calor.base.ids import SeededIds
from calor.base.wire import Request
from calor.sandbox.core import Sandbox
sandbox = Sandbox(ids=SeededIds(3))
digest, now, token = hashlib.sha256(), 1.8e9, ""
def call(method, path, body=None):
    global now
    now += 0.7
    data = json.dumps(body).encode() if body else b""
    request = Request(method, sandbox.base_url + path, {"X-Auth-Token": token}, data)
    response = sandbox.handle(request, now)
    digest.update(repr((response.status, sorted(response.headers.items()))).encode())
    digest.update(response.body)
    return response
user = {"name": "demo", "domain": {"id": "default"}, "password": "sandbox"}
scope = {"project": {"name": "demo", "domain": {"id": "default"}}}
identity = {"methods": ["password"], "password": {"user": user}}
answer = call("POST", "/identity/v3/auth/tokens", {"auth": {"identity": identity, "scope": scope}})
token = answer.header("X-Subject-Token")
first = lambda path: list(json.loads(call("GET", path).body).values())[0][0]["id"]
image, flavor = first("/image/v2/images"), first("/compute/v2.1/flavors")
network = first("/network/v2.0/networks?name=private")
for name in ("a", "b", "c"):
    server = {"name": name, "imageRef": image, "flavorRef": flavor, "networks": [{"uuid": network}]}
    call("POST", "/compute/v2.1/servers", {"server": server})
for path in ("/compute/v2.1/servers/detail", "/network/v2.0/ports", "/network/v2.0/security-groups",
             "/network/v2.0/routers", "/sandbox/leftovers"):
    call("GET", path)
print(digest.hexdigest())
"""


def test_the_same_seed_gives_the_same_answers_whatever_the_hash_seed():
    prints = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert prints[0] == prints[1]


def test_the_base_url_may_come_later():
    sandbox = Sandbox(ids=SeededIds(1), settings=SandboxSettings.instant(latency=0.5))
    sandbox.base_url = "http://127.0.0.1:9999/"
    request = Request("GET", "http://127.0.0.1:9999/identity/v3")
    assert b"http://127.0.0.1:9999/identity/v3" in sandbox.handle(request, 1.0).body
