"""Servers: all in one beside a sandbox, halves on one database, and the cloud's catalog."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from scenarios.cli.conftest import EXAMPLES
from scenarios.cli.processes import calor, cloud_of, running

NETWORK = """\
heat_template_version: 2021-04-16
parameters:
  cidr: {type: string, default: 10.7.0.0/24}
resources:
  net: {type: OS::Neutron::Net}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: {get_param: cidr}}
  port:
    type: OS::Neutron::Port
    depends_on: subnet
    properties: {network: {get_resource: net}}
outputs:
  address: {value: {get_attr: [port, fixed_ips, 0, ip_address]}}
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A sandbox's URL, and the folder with its clouds.yaml."""
    folder = tmp_path_factory.mktemp("sandbox")
    with running("calor", "sandbox", "--instant", "--dir", str(folder), folder=folder) as url:
        yield url, folder


def leftovers(url: str) -> list[str]:
    with urlopen(f"{url}/sandbox/leftovers") as answer:
        return [thing["kind"] for thing in json.load(answer)["leftovers"]]


def test_all_in_one_beside_a_sandbox(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(NETWORK)
    with running("calor", "serve", "--sandbox", "--port", "0", "--dir", ".", folder=tmp_path):
        user = {**cloud_of(tmp_path), "CALOR_SERVER": "catalog"}
        made = calor("deploy", "net.yaml", "--yes", folder=tmp_path, **user)
        assert made.returncode == 0, made.stderr
        assert calor("output", "net", "address", folder=tmp_path, **user).stdout.startswith("10.7.")
        replaced = calor(
            "plan", "net.yaml", "-p", "cidr=10.8.0.0/24", "-f", "json", folder=tmp_path, **user
        )
        verbs = {item["name"]: item["verb"] for item in json.loads(replaced.stdout)["changes"]}
        assert (verbs["net"], verbs["subnet"]) == ("keep", "replace")
        gone = calor("destroy", "net", "--yes", folder=tmp_path, **user)
        assert gone.returncode == 0, gone.stderr


def test_halves_on_one_database_find_one_another_by_polling(
    sandbox: tuple[str, Path], tmp_path: Path
) -> None:
    url, clouds = sandbox
    (tmp_path / "net.yaml").write_text(NETWORK)
    half = (
        *("--cloud", "sandbox-calor", "--dir", str(tmp_path)),
        *("--database", f"sqlite:///{tmp_path}/calor.sqlite"),
    )
    service = cloud_of(clouds, "sandbox-calor")
    with (
        running("calor-api", *half, "--port", "0", folder=tmp_path, **service) as server,
        running("calor-engine", *half, "--name", tmp_path.name, folder=tmp_path, **service),
    ):
        user = {**cloud_of(clouds), "CALOR_SERVER": server}
        made = calor("deploy", "net.yaml", "--yes", folder=tmp_path, **user)
        assert made.returncode == 0, made.stderr
        gone = calor("destroy", "net", "--yes", folder=tmp_path, **user)
        assert gone.returncode == 0, gone.stderr
    assert leftovers(url) == []


def test_a_server_is_in_the_catalog_while_it_runs_and_never_beside_another(
    sandbox: tuple[str, Path], tmp_path: Path
) -> None:
    url, clouds = sandbox
    service = cloud_of(clouds, "sandbox-calor")
    serve = ("serve", "--cloud", "sandbox-calor", "--register", "--port", "0", "--dir")
    with running("calor", *serve, "one", folder=tmp_path, **service):
        assert "endpoint" in leftovers(url)
        user = {**cloud_of(clouds), "CALOR_SERVER": "catalog"}
        assert calor("stack", "list", folder=tmp_path, **user).returncode == 0
        second = calor(*serve, "two", folder=tmp_path, **service)
        assert second.returncode == 1
        assert "another orchestration endpoint" in second.stderr
    assert leftovers(url) == []


def test_local_mode_on_a_cloud(sandbox: tuple[str, Path], tmp_path: Path) -> None:
    url, clouds = sandbox
    (tmp_path / "net.yaml").write_text(NETWORK)
    where = {**cloud_of(clouds), "XDG_DATA_HOME": str(tmp_path / "data")}
    for command in (("deploy", "net.yaml"), ("destroy", "net")):
        done = calor(*command, "--yes", folder=tmp_path, **where)
        assert done.returncode == 0, done.stderr
        assert "local mode: cloud sandbox" in done.stderr
    assert leftovers(url) == []


def test_a_wrong_password_is_told(sandbox: tuple[str, Path], tmp_path: Path) -> None:
    _, clouds = sandbox
    text = (clouds / "clouds.yaml").read_text()
    (tmp_path / "clouds.yaml").write_text(text.replace("password: sandbox", "password: wrong"))
    refused = calor("stack", "list", folder=tmp_path, **cloud_of(tmp_path))
    assert refused.returncode == 1
    assert "password" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_drawings_in_every_language(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "hello.yaml", tmp_path)
    for form, expected in {"dot": "digraph", "mermaid": "flowchart", "svg": "<svg"}.items():
        drawn = calor("graph", "hello.yaml", "-f", form, folder=tmp_path)
        assert drawn.stdout.startswith(expected)
    assert calor("graph", "hello.yaml", "-o", "x.svg", folder=tmp_path).returncode == 0
    assert (tmp_path / "x.svg").read_text().startswith("<svg")
