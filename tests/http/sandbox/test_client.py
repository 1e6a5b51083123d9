"""The unmodified openstack client works with a served sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml

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
trust create --project demo --role admin admin calor
hypervisor list
compute service list
flavor delete f9
role delete r9
user delete u9
project delete p9
"""


SCRIPT = """
import contextlib, io, json, shlex, sys
from openstackclient.shell import OpenStackShell
printed = []
for line in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = OpenStackShell().run(shlex.split(line))
    if code:
        sys.exit(f"{line}\\n{err.getvalue()}")
    printed.append(out.getvalue())
print(json.dumps(printed))
"""


class Client:
    """Runs commands of the client one after another, in one process for each `run`: it keeps
    what it found out about a cloud as long as its process lives."""

    def __init__(self, config: str) -> None:
        self._config = config

    def run(self, cloud: str, *lines: str) -> list[str]:
        environment = {**os.environ, "OS_CLIENT_CONFIG_FILE": self._config, "OS_CLOUD": cloud}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SCRIPT],
            input=json.dumps(lines),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def client(served, tmp_path):
    path = tmp_path / "clouds.yaml"
    path.write_text(yaml.safe_dump(clouds(served.base_url)))
    return Client(str(path))


def commands(text: str) -> list[str]:
    return text.strip().splitlines()


def test_a_member_builds_and_tears_down(served, client, tmp_path):
    image = tmp_path / "image.raw"
    image.write_bytes(b"bytes")
    lines = commands(MEMBER.replace("{file}", str(image)))
    floating = json.loads(client.run("sandbox", *lines, "floating ip list -f json")[-1])
    client.run("sandbox", f"floating ip delete {floating[0]['ID']}", "server list")
    assert served.leftovers() == []


def test_an_administrator_keeps_house(served, client):
    trusts = json.loads(client.run("sandbox-admin", *commands(ADMIN), "trust list -f json")[-1])
    key = trusts[0]["ID"]
    client.run("sandbox-admin", f"trust show {key}", f"trust delete {key}")
    assert served.leftovers() == []
