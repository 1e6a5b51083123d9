"""The unmodified python-openstackclient and python-heatclient against `calor serve --sandbox`."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from support.openstack_client import Client, openstack_client

APP = """\
heat_template_version: 2018-08-31
description: An example
parameters:
  size: {type: number, default: 8}
  secret: {type: string, hidden: true, default: hush}
resources:
  word: {type: OS::Heat::RandomString, properties: {length: {get_param: size}}}
  net: {type: OS::Neutron::Net}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.9.0.0/24}}
  inner: {type: parts/inner.yaml, properties: {word: {get_attr: [word, value]}}}
  script: {type: OS::Heat::Value, properties: {value: {get_file: script.sh}}}
outputs:
  word: {value: {get_attr: [word, value]}, description: A word}
  net: {value: {get_resource: net}}
"""

INNER = """\
heat_template_version: 2018-08-31
parameters: {word: {type: string}}
resources: {copy: {type: OS::Heat::Value, properties: {value: {get_param: word}}}}
"""

BROKEN = """\
heat_template_version: 2018-08-31
resources:
  word: {type: OS::Heat::RandomStrin}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("openstack")
    (folder / "parts").mkdir()
    (folder / "app.yaml").write_text(APP)
    (folder / "parts/inner.yaml").write_text(INNER)
    (folder / "broken.yaml").write_text(BROKEN)
    (folder / "script.sh").write_text("#!/bin/sh\n")
    (folder / "env.yaml").write_text(
        "parameters: {size: 9}\nresource_registry: {My::Inner: parts/inner.yaml}\n"
    )
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Path]:
    """A running server; gives its clouds.yaml."""
    command = [sys.executable, "-m", "calor.main.calor", "serve", "--sandbox", "--instant"]
    process = subprocess.Popen(
        [*command, "--port", "0", "--dir", str(folder / "state")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Calor is at"):
                break
        else:
            pytest.fail("".join(said))
        yield folder / "state/clouds.yaml"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def openstack(server: Path, folder: Path) -> Iterator[Client]:
    environment = {"OS_CLIENT_CONFIG_FILE": str(server), "OS_CLOUD": "sandbox"}
    with openstack_client(folder, environment) as client:
        yield client


@pytest.fixture(scope="module")
def app(openstack: Client) -> str:
    """The id of a stack that was made as people make it."""
    told = openstack("stack create -t app.yaml -e env.yaml --tags a,b app --wait --poll 1")
    assert "[app.word]: CREATE_COMPLETE" in told
    assert "[app]: CREATE_COMPLETE  Stack CREATE completed successfully" in told
    return str(openstack.json("stack show app")["id"])


def test_list(openstack: Client, app: str) -> None:
    (found,) = openstack.json("stack list")
    assert found["ID"] == app
    assert (found["Stack Name"], found["Stack Status"]) == ("app", "CREATE_COMPLETE")
    nested = openstack.json("stack list --nested --property status=COMPLETE --limit 5")
    assert [item["Parent"] for item in nested if item["ID"] != app] == [app]
    assert [item["ID"] for item in openstack.json("stack list --tags a --short")] == [app]


def test_show(openstack: Client, app: str) -> None:
    found = openstack.json(f"stack show {app}")
    assert found["stack_status_reason"] == "Stack CREATE completed successfully"
    assert found["parameters"] == {
        "OS::project_id": found["parameters"]["OS::project_id"],
        "OS::stack_id": app,
        "OS::stack_name": "app",
        "size": "9",
        "secret": "******",
    }
    assert found["tags"] == ["a", "b"]
    assert found["stack_owner"] == "demo"
    assert "An example" in openstack("stack show app")


def test_resources(openstack: Client, app: str) -> None:
    found = openstack.json("stack resource list app -n 2")
    assert [item["resource_name"] for item in found] == [
        "inner",
        "net",
        "script",
        "subnet",
        "word",
        "copy",
    ]
    assert all(item["resource_status"] == "CREATE_COMPLETE" for item in found)
    assert found[-1]["stack_name"].startswith("app-inner-")
    shown = openstack.json("stack resource show app net")
    assert shown["resource_status_reason"] == "state changed"
    assert shown["required_by"] == ["subnet"]
    assert shown["attributes"]["status"] == "ACTIVE"
    shown = openstack.json("stack resource show app net --with-attr show --with-attr subnets")
    assert shown["attributes"]["show"]["id"] == shown["physical_resource_id"]
    assert len(shown["attributes"]["subnets"]) == 1  # it was made after the network
    assert openstack("stack resource list app -n 2 -f dot").startswith("digraph G {")
    assert openstack.json("stack resource metadata app net") == {}


def test_events(openstack: Client, app: str) -> None:
    found = openstack.json("stack event list app --resource net")
    assert [item["resource_status"] for item in found] == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    by_name = openstack.json("stack event list app --sort resource_name --sort id")
    names = [item["resource_name"] for item in by_name]
    assert names == sorted(names) and len(set(names)) == 6
    shown = openstack.json(f"stack event show app net {found[1]['id']}")
    assert shown["resource_type"] == "OS::Neutron::Net"
    lines = openstack("stack event list app --nested-depth 2").splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ \S+ \[app\]: CREATE_IN_PROGRESS", lines[0])
    assert any("copy]: CREATE_COMPLETE" in line for line in lines)


def test_outputs(openstack: Client, app: str) -> None:
    assert openstack.json("stack output list app") == [
        {"output_key": "word", "description": "A word"},
        {"output_key": "net", "description": "No description given"},
    ]
    assert re.fullmatch(r"\w{9}", openstack.json("stack output show app word")["output_value"])
    assert "******" in openstack("stack output show app --all")
    assert "not found" in openstack("stack output show app none", code=1)


def test_what_was_written(openstack: Client, app: str) -> None:
    template = yaml.safe_load(openstack("stack template show app"))
    assert template["resources"]["net"] == {"type": "OS::Neutron::Net"}
    files = yaml.safe_load(openstack("stack file list app"))["files"]
    assert (openstack.folder / "script.sh").as_uri() in files
    environment = yaml.safe_load(openstack("stack environment show app"))
    assert environment["parameters"] == {"size": 9}
    inner = (openstack.folder / "parts/inner.yaml").as_uri()
    assert environment["resource_registry"]["My::Inner"] == inner


def test_update(openstack: Client, app: str) -> None:
    changes = openstack.json("stack update --existing --parameter size=10 app --dry-run")
    assert [item["resource_name"] for item in changes["replaced"]] == ["word"]
    told = openstack("stack update --existing --parameter size=10 app --wait")
    assert "[app]: UPDATE_COMPLETE  Stack UPDATE completed successfully" in told
    assert len(openstack.json("stack output show app word")["output_value"]) == 10
    told = openstack("stack update -t app.yaml --parameter size=11 app --wait")
    assert len(openstack.json("stack output show app word")["output_value"]) == 11


def test_check_and_preview(openstack: Client, app: str) -> None:
    assert "CHECK_COMPLETE" in openstack("stack check app --wait")
    preview = openstack.json("stack create -t app.yaml --dry-run other")
    assert len(preview["resources"]) == 5


def test_catalog(openstack: Client) -> None:
    validated = yaml.safe_load(openstack("orchestration template validate -t app.yaml"))
    assert validated["Parameters"]["size"]["Default"] == 8
    types = openstack.json("orchestration resource type list --filter name=OS::Heat")
    assert {"Resource Type": "OS::Heat::Value"} in types
    assert "OS::Heat::Value" in openstack("orchestration resource type show OS::Heat::Value")
    versions = openstack.json("orchestration template version list")
    assert "heat_template_version.2018-08-31" in [item["Version"] for item in versions]
    assert openstack("orchestration template function list heat_template_version.2018-08-31")
    assert "revision" in openstack("orchestration build info")


def test_what_goes_wrong(openstack: Client, app: str) -> None:
    assert "already" in openstack("stack create -t app.yaml app", code=1)
    broken = openstack("stack create -t broken.yaml broken", code=1)
    assert "did you mean 'OS::Heat::RandomString'?" in broken
    assert "not available" in openstack("stack suspend app", code=1)
    assert "not available" in openstack("stack abandon app", code=1)
    assert "Stack not found: none" in openstack("stack show none", code=1)


FAILING = """\
heat_template_version: 2018-08-31
parameters: {fail: {type: boolean, default: true}}
resources:
  bad:
    type: OS::Heat::TestResource
    properties: {value: {get_param: fail}, fail: {get_param: fail}}
"""


def test_who_waits_for_what_is_rolled_back_hears_that_it_failed(openstack: Client) -> None:
    (openstack.folder / "failing.yaml").write_text(FAILING)
    told = openstack("stack create -t failing.yaml --enable-rollback back --wait --poll 1", code=1)
    assert "Stack back CREATE_FAILED" in told
    assert ended(openstack, "back") == "ROLLBACK_COMPLETE"
    openstack("stack create -t failing.yaml --parameter fail=false again --wait --poll 1")
    told = openstack("stack update -t failing.yaml --rollback enabled again --wait", code=1)
    assert "Stack again UPDATE_FAILED" in told
    assert ended(openstack, "again") == "ROLLBACK_COMPLETE"
    openstack("stack delete back again -y --wait")


def test_an_update_during_an_update_is_waited_for(openstack: Client) -> None:
    openstack("stack create -t app.yaml -e env.yaml twice --wait --poll 1")
    openstack("stack update --existing --parameter size=10 --pre-update word twice")
    told = openstack("stack update -t app.yaml -e env.yaml --parameter size=11 twice --wait")
    assert "[twice]: UPDATE_COMPLETE  Stack UPDATE completed successfully" in told
    assert len(openstack.json("stack output show twice word")["output_value"]) == 11
    openstack("stack delete twice -y --wait")


def test_zz_delete(openstack: Client, app: str) -> None:
    openstack("stack delete app -y --wait")
    assert openstack.json("stack list") == []
    assert openstack.json(f"stack show {app}")["stack_status"] == "DELETE_COMPLETE"


# --- hooks --------------------------------------------------------------------------------------


def poll(openstack: Client, stack: str, count: int, options: str = "") -> list[tuple[str, str]]:
    """Waits until so many wait at hooks, and lists them: resources and their states."""
    for _ in range(100):
        found = openstack.json(f"stack hook poll {stack} {options}")
        if len(found) == count:
            return sorted((item["Resource Name"], item["Resource Status"]) for item in found)
    pytest.fail(f"not {count} of {stack} wait")


def ended(openstack: Client, stack: str) -> str:
    for _ in range(100):
        state = str(openstack.json(f"stack show {stack}")["stack_status"])
        if not state.endswith("IN_PROGRESS"):
            return state
    pytest.fail(f"{stack} does not end")


def test_hooks_are_set_listed_and_cleared(openstack: Client, app: str) -> None:
    openstack("stack create -t app.yaml -e env.yaml --pre-create net --pre-create inner/* hooked")
    found = poll(openstack, "hooked", 2, "--nested-depth 2")
    assert found == [("copy", "INIT_COMPLETE"), ("net", "INIT_COMPLETE")]
    assert openstack.json("stack show hooked")["stack_status"] == "CREATE_IN_PROGRESS"
    assert openstack.json("stack resource show hooked net")["resource_status"] == "INIT_COMPLETE"
    assert openstack.json("stack resource show hooked net")["resource_status_reason"] == ""
    registry = openstack.json("stack environment show hooked")["resource_registry"]
    assert registry["resources"]["net"] == {"hooks": ["pre-create"]}
    told = openstack("stack hook clear hooked word", code=1)
    assert "does not wait at the hook" in told
    told = openstack("stack resource signal hooked word", code=1)
    assert "Signals to resources are not available" in told
    openstack("stack hook clear hooked inner/copy")
    openstack("stack hook clear hooked n*")
    assert ended(openstack, "hooked") == "CREATE_COMPLETE"
    assert "not IN_PROGRESS" in openstack("stack hook poll hooked", code=1)
    openstack("stack update --existing --pre-update net hooked")
    assert poll(openstack, "hooked", 1) == [("net", "CREATE_COMPLETE")]
    openstack("stack hook clear hooked net --pre-update")
    assert ended(openstack, "hooked") == "UPDATE_COMPLETE"
    openstack("stack delete hooked --yes --wait")
