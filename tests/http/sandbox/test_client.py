"""The unmodified openstack client works with a served sandbox."""

from __future__ import annotations

import contextlib
import io
import json
import shlex

import pytest
import yaml
from openstackclient.shell import OpenStackShell

from calor.sandbox.clouds import clouds

MEMBER = """
catalog list
network create n1
subnet create --network n1 --subnet-range 10.5.0.0/24 s1
router create r1
router add subnet r1 s1
router set --external-gateway public r1
port create --network n1 --fixed-ip subnet=s1,ip-address=10.5.0.77 p1
port set --name p2 --tag web p1
security group create g1
security group rule create --protocol tcp --dst-port 22 g1
floating ip create public --port p2
keypair create k1
image list
flavor list
volume create --size 1 v1
server create --image cirros --flavor m1.tiny --nic port-id=p2 --key-name k1 srv1
server list
server show srv1
server add volume srv1 v1
server set --property a=b --name srv2 srv1
server stop srv2
server start srv2
server resize --flavor m1.small srv2
server resize confirm srv2
server volume list srv2
server remove volume srv2 v1
server event list srv2
console url show srv2
console log show srv2
server group create --policy anti-affinity sg
server group delete sg
server delete srv2
volume snapshot create --volume v1 snap1
volume snapshot list
volume snapshot delete snap1
volume set --size 2 v1
volume list
volume type list
quota show
limits show --absolute
availability zone list
extension list --network
token issue
application credential create ci
application credential delete ci
image create --disk-format raw --file {file} i1
image set --property colour=red i1
image delete i1
keypair delete k1
port unset --tag web p2
port delete p2
router remove subnet r1 s1
router delete r1
network delete n1
security group delete g1
volume delete v1
"""
ADMIN = """
project create p9
user create --password secret u9
role create r9
role add --project p9 --user u9 r9
role assignment list --project p9 --names
flavor create --ram 64 --vcpus 1 --disk 1 f9
flavor set --property a:b=c f9
network create --share shared9
network delete shared9
service create --name calor orchestration
endpoint create orchestration public http://127.0.0.1:8004/v1/%(project_id)s
service delete orchestration
trust create --project demo --role member demo calor
hypervisor list
compute service list
flavor delete f9
role delete r9
user delete u9
project delete p9
"""


def run(line: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = OpenStackShell().run(shlex.split(line))
    assert code == 0, f"{line}\n{err.getvalue()}"
    return out.getvalue()


@pytest.fixture
def environment(served, tmp_path, monkeypatch):
    path = tmp_path / "clouds.yaml"
    path.write_text(yaml.safe_dump(clouds(served.base_url)))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))
    monkeypatch.setenv("OS_CLOUD", "sandbox")
    return served


def test_a_member_builds_and_tears_down(environment, tmp_path):
    image = tmp_path / "image.raw"
    image.write_bytes(b"bytes")
    for line in MEMBER.strip().splitlines():
        run(line.replace("{file}", str(image)))
    floating = json.loads(run("floating ip list -f json"))
    run(f"floating ip delete {floating[0]['ID']}")
    run("server list")
    assert environment.leftovers() == []


def test_an_administrator_keeps_house(environment, monkeypatch):
    monkeypatch.setenv("OS_CLOUD", "sandbox-admin")
    for line in ADMIN.strip().splitlines():
        if not line.startswith("trust"):
            run(line)
    monkeypatch.setenv("OS_CLOUD", "sandbox")
    user = json.loads(run("token issue -f json"))["user_id"]
    monkeypatch.setenv("OS_CLOUD", "sandbox-calor")
    service = json.loads(run("token issue -f json"))["user_id"]
    monkeypatch.setenv("OS_CLOUD", "sandbox")
    project = json.loads(run("token issue -f json"))["project_id"]
    made = json.loads(
        run(
            f"trust create --project {project} --role member --impersonate -f json {user} {service}"
        )
    )
    run(f"trust show {made['id']}")
    run(f"trust delete {made['id']}")
    assert environment.leftovers() == []
