"""The unmodified client against `calor serve --cloud ADMIN --register`, and how that begins and
ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from conformance.given import ADMIN, CLOUD, RealUser, network
from support.openstack_client import Client, openstack_client

APP = """\
heat_template_version: 2018-08-31
description: An example
parameters:
  length: {type: number, default: 8}
  net: {type: string, default: calor-test}
  port: {type: number, default: 80}
  secret: {type: string, hidden: true, default: hush}
resources:
  word: {type: OS::Heat::RandomString, properties: {length: {get_param: length}}}
  net: {type: OS::Neutron::Net, properties: {name: {get_param: net}}}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.9.0.0/24}}
  router: {type: OS::Neutron::Router, properties: {external_gateway_info: {network: public}}}
  interface:
    type: OS::Neutron::RouterInterface
    properties: {router: {get_resource: router}, subnet: {get_resource: subnet}}
  group: {type: OS::Neutron::SecurityGroup, properties: {rules: [{protocol: icmp}]}}
  rule:
    type: OS::Neutron::SecurityGroupRule
    properties:
      security_group: {get_resource: group}
      protocol: tcp
      port_range_min: {get_param: port}
      port_range_max: {get_param: port}
  nic:
    type: OS::Neutron::Port
    properties:
      network: {get_resource: net}
      security_groups: [{get_resource: group}]
      fixed_ips: [{subnet: {get_resource: subnet}}]
  address: {type: OS::Neutron::FloatingIP, properties: {floating_network: public}}
  association:
    type: OS::Neutron::FloatingIPAssociation
    properties: {floatingip_id: {get_resource: address}, port_id: {get_resource: nic}}
    depends_on: interface
  key: {type: OS::Nova::KeyPair, properties: {name: calor-test, save_private_key: true}}
  near: {type: OS::Nova::ServerGroup, properties: {policies: [anti-affinity]}}
  server:
    type: OS::Nova::Server
    properties:
      image: tiny
      flavor: m1.nano
      key_name: {get_resource: key}
      networks: [{port: {get_resource: nic}}]
      scheduler_hints: {group: {get_resource: near}}
      user_data: {get_file: script.sh}
  volume: {type: OS::Cinder::Volume, properties: {size: 1}}
  attachment:
    type: OS::Cinder::VolumeAttachment
    properties: {instance_uuid: {get_resource: server}, volume_id: {get_resource: volume}}
  inner: {type: parts/inner.yaml, properties: {word: {get_attr: [word, value]}}}
outputs:
  word: {value: {get_attr: [word, value]}, description: A word}
  address: {value: {get_attr: [address, floating_ip_address]}}
  first: {value: {get_attr: [server, first_address]}}
"""
INNER = """\
heat_template_version: 2018-08-31
parameters: {word: {type: string}}
resources: {copy: {type: OS::Heat::Value, properties: {value: {get_param: word}}}}
"""


class Server:
    """A running `calor serve` and what it said."""

    def __init__(self, folder: Path, *options: str, cloud: str) -> None:
        command = [sys.executable, "-m", "calor.main.calor", "serve", "--cloud", cloud]
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--dir", str(folder), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def said(self) -> str:
        """Its first line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> str:
        """Asks it to end, and says what else it printed."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=60)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("openstack")
    (folder / "parts").mkdir()
    (folder / "app.yaml").write_text(APP)
    (folder / "parts/inner.yaml").write_text(INNER)
    (folder / "script.sh").write_text("#!/bin/sh\n")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """A server in the catalog; in the end it is out of it, and has given back every trust."""
    server = Server(folder / "state", "--register", cloud=os.environ[ADMIN])
    line = server.said()
    assert "The catalog lists it as orchestration." in line, line
    try:
        yield server
    finally:
        said = server.end()
    assert server.process.returncode == 0, said
    assert registered() == []
    assert trusts(folder) == 0


def registered() -> list[str]:
    """The orchestration endpoints in the catalog."""
    admin = RealUser(ADMIN, network(ADMIN))
    _, body = admin.ask("GET", "/identity/v3/services?type=orchestration")
    found = []
    for service in body["services"]:
        _, body = admin.ask("GET", f"/identity/v3/endpoints?service_id={service['id']}")
        found += [item["interface"] for item in body["endpoints"]]
    return sorted(found)


def trusts(folder: Path) -> int:
    """How many the server knows; others may be at work beside it, with trusts of their own."""
    with closing(sqlite3.connect(folder / "state/calor.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM trusts").fetchone()[0])


@pytest.fixture(scope="module")
def openstack(server: Server, folder: Path) -> Iterator[Client]:
    with openstack_client(folder, {"OS_CLOUD": os.environ[CLOUD]}) as client:
        yield client


@pytest.fixture(scope="module")
def app(openstack: Client) -> Iterator[str]:
    """The id of a stack that was made as people make it; it is gone in the end."""
    told = openstack("stack create -t app.yaml --tags a,b app --wait --poll 1")
    assert "[app.attachment]: CREATE_COMPLETE" in told, told
    assert "[app]: CREATE_COMPLETE  Stack CREATE completed successfully" in told
    yield str(openstack.json("stack show app")["id"])
    if openstack.json("stack list"):
        openstack("stack delete app -y --wait")


def test_it_is_in_the_catalog_and_refuses_another(server: Server, tmp_path: Path) -> None:
    assert registered() == ["admin", "internal", "public"]
    other = Server(tmp_path, "--register", cloud=os.environ[ADMIN])
    said, _ = other.process.communicate(timeout=60)
    assert other.process.returncode != 0
    assert "the catalog has another orchestration endpoint" in said
    assert "Traceback" not in said
    assert registered() == ["admin", "internal", "public"]


def test_who_may_not_change_the_catalog_is_told(tmp_path: Path) -> None:
    other = Server(tmp_path, "--register", cloud=os.environ[CLOUD])
    said, _ = other.process.communicate(timeout=60)
    assert other.process.returncode != 0
    assert "administrator" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("auth", "message"),
    [
        ({"auth_type": "v3token", "auth": {"token": "x"}}, "has no user with a password"),
        ({"auth": {"username": "calor-test", "password": "wrong"}}, "refuses these credentials"),
    ],
)
def test_a_cloud_that_makes_no_service_user(
    tmp_path: Path, auth: dict[str, object], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = RealUser(ADMIN, network(ADMIN)).url("/identity/v3")
    inner = {"auth_url": url, "project_name": "admin", "project_domain_name": "Default"}
    if "auth_type" not in auth:
        inner["user_domain_name"] = "Default"
    entry = {**auth, "auth": {**inner, **auth["auth"]}}  # type: ignore[dict-item]  # a mapping
    file = tmp_path / "clouds.yaml"
    file.write_text(yaml.safe_dump({"clouds": {"bad": entry}}))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    server = Server(tmp_path / "state", "--register", cloud="bad")
    said, _ = server.process.communicate(timeout=60)
    assert server.process.returncode != 0
    assert message in said
    assert "Traceback" not in said


def test_lists_and_shows(openstack: Client, app: str) -> None:
    (found,) = openstack.json("stack list")
    assert (found["ID"], found["Stack Status"]) == (app, "CREATE_COMPLETE")
    shown = openstack.json("stack show app")
    assert shown["parameters"]["secret"] == "******"
    assert shown["tags"] == ["a", "b"]
    assert trusts(openstack.folder) == 1


def test_resources(openstack: Client, app: str) -> None:
    found = openstack.json("stack resource list app -n 2")
    assert [item["resource_name"] for item in found if item["stack_name"] != "app"] == ["copy"]
    assert {item["resource_status"] for item in found} == {"CREATE_COMPLETE"}
    shown = openstack.json("stack resource show app server")
    assert shown["attributes"]["first_address"].startswith("10.9.0.")
    assert shown["required_by"] == ["attachment"]
    assert openstack.json(f"server show {shown['physical_resource_id']}")["status"] == "ACTIVE"


def test_events(openstack: Client, app: str) -> None:
    found = openstack.json("stack event list app --resource server")
    assert [item["resource_status"] for item in found] == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


def test_outputs(openstack: Client, app: str) -> None:
    keys = [item["output_key"] for item in openstack.json("stack output list app")]
    assert keys == ["word", "address", "first"]
    assert len(openstack.json("stack output show app word")["output_value"]) == 8
    assert openstack.json("stack output show app first")["output_value"].startswith("10.9.0.")


def test_what_was_written(openstack: Client, app: str) -> None:
    template = yaml.safe_load(openstack("stack template show app"))
    assert template["resources"]["near"]["type"] == "OS::Nova::ServerGroup"
    files = yaml.safe_load(openstack("stack file list app"))["files"]
    assert (openstack.folder / "script.sh").as_uri() in files
    environment = yaml.safe_load(openstack("stack environment show app"))
    assert environment["parameters"] == {}


def test_update(openstack: Client, app: str) -> None:
    change = "--existing --parameter length=9 --parameter net=calor-other --parameter port=443"
    changes = openstack.json(f"stack update {change} app --dry-run")
    assert [item["resource_name"] for item in changes["replaced"]] == ["word", "rule"]
    assert [item["resource_name"] for item in changes["updated"]] == ["net", "inner"]
    told = openstack(f"stack update {change} app --wait")
    assert "[app]: UPDATE_COMPLETE  Stack UPDATE completed successfully" in told, told
    assert len(openstack.json("stack output show app word")["output_value"]) == 9
    assert openstack.json("network show calor-other")["status"] == "ACTIVE"


def test_check(openstack: Client, app: str) -> None:
    assert "CHECK_COMPLETE" in openstack("stack check app --wait")


def test_zz_delete(openstack: Client, app: str) -> None:
    openstack("stack delete app -y --wait")
    assert openstack.json("stack list") == []
    assert openstack.json(f"stack show {app}")["stack_status"] == "DELETE_COMPLETE"
