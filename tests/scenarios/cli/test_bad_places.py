"""Bad surroundings: clouds.yaml, folders, keys, databases, ports, settings. Each is told once, with
what to do; nothing is begun."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from scenarios.cli.conftest import CALOR, Calor, environment

HEAD = "heat_template_version: 2021-04-16\n"
AUTH = (
    "auth_url: 'http://127.0.0.1:9/v3', username: u, project_name: p, user_domain_name: Default,"
    " project_domain_name: Default"
)
CLOUDS = f"""
clouds:
  text: hello
  auth_text: {{auth: hello}}
  nothing: {{region_name: x}}
  no_password: {{auth: {{{AUTH}}}}}
  down: {{auth: {{{AUTH}, password: p}}}}
  strange: {{auth_type: v9nonsense, auth: {{{AUTH}}}}}
"""


def run(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CALOR, *arguments],
        cwd=cwd,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str], *expected: str) -> None:
    told = done.stdout + done.stderr
    assert done.returncode in (1, 2), told
    assert "Traceback" not in told
    assert "mistake of its own" not in told
    assert told.count("Error:") == 1, told
    for text in expected:
        assert text in told


@pytest.mark.parametrize(
    ("cloud", "expected"),
    [
        ("text", "does not describe the cloud 'text'"),
        ("auth_text", "does not describe the cloud 'auth_text'"),
        ("nothing", "auth_url"),
        ("no_password", "password"),
        ("down", "check that the address is right"),
        ("strange", "v9nonsense"),
        ("dwon", "did you mean 'down'?"),
    ],
)
def test_a_cloud_that_is_described_wrongly(tmp_path: Path, cloud: str, expected: str) -> None:
    (tmp_path / "clouds.yaml").write_text(CLOUDS)
    done = run("--dir", "state", "--os-cloud", cloud, "stack", "list", cwd=tmp_path)
    refused(done, expected)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("text", [None, "clouds: [", "- a\n"])
def test_a_clouds_yaml_that_is_none(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "mine.yaml"
    if text is not None:
        path.write_text(text)
    done = run("--os-cloud", "x", "stack", "list", cwd=tmp_path, OS_CLIENT_CONFIG_FILE=str(path))
    refused(done, "mine.yaml")


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused(run("--dir", "file/state", "stack", "list", cwd=tmp_path), "--dir")
    refused(run("--dir", "/proc/calor", "stack", "list", cwd=tmp_path), "--dir")
    refused(run("serve", "--sandbox", "--dir", "/proc/calor", cwd=tmp_path), "--dir")


def test_keys_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "keys").write_text("no key\n")
    refused(run("--dir", "state", "stack", "list", cwd=tmp_path), "state/keys", "backup")


def test_a_lost_key(calor: Calor, tmp_path: Path) -> None:
    text = "parameters: {p: {type: string, hidden: true}}\nresources: {a: {type: OS::Heat::None}}\n"
    (tmp_path / "t.yaml").write_text(HEAD + text)
    assert calor("deploy", "t.yaml", "--yes", "-p", "p=x").returncode == 0
    (tmp_path / "state" / "keys").unlink()
    refused(calor("stack", "show", "t"), "CALOR_ENCRYPTION_KEYS")


def test_a_database_that_is_none_newer_or_full(calor: Calor, tmp_path: Path) -> None:
    assert calor("stack", "list").returncode == 0
    path = tmp_path / "state" / "local.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    refused(calor("stack", "list"), "newer version")
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    path.write_bytes(b"no database" * 100)
    refused(calor("stack", "list"), "not a database")


def test_two_servers_on_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "sandbox.sqlite").write_bytes(b"of the other one")
    with (folder / "serve.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused(run("serve", "--sandbox", "--dir", "state", cwd=tmp_path), "at work in", "--dir")
    assert (folder / "sandbox.sqlite").read_bytes() == b"of the other one"


def test_a_port_in_use_and_one_that_is_none(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in (["serve", "--sandbox"], ["sandbox"]):
            done = run(*command, "--dir", "state", "--port", port, cwd=tmp_path)
            refused(done, "in use", "--port")
    refused(run("serve", "--sandbox", "--port", "99999", cwd=tmp_path), "65535")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CALOR_MAX_STEPS", "many", "no int"),
        ("CALOR_MAX_STEPS", "0", "1 or more"),
        ("CALOR_LOG_LEVEL", "loud", "debug, info"),
        ("CALOR_BIND_PORT", "70000", "65535"),
        ("CALOR_ENCRYPTION_KEYS", "short", "Fernet"),
        ("CALOR_DATABASE", "nonsense", "sqlite:///"),
    ],
)
def test_a_setting_that_makes_no_sense(
    tmp_path: Path, name: str, value: str, expected: str
) -> None:
    arguments = ["serve", "--sandbox", "--port", "0", "--dir", "state"]
    if name == "CALOR_DATABASE":
        arguments += ["--database", value]
    refused(run(*arguments, cwd=tmp_path, **{name: value}), expected)


def test_limits_name_their_setting(calor: Calor, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        HEAD + "resources:\n" + "".join(f"  r{n}: {{type: OS::Heat::None}}\n" for n in range(1001))
    )
    refused(calor("plan", "t.yaml"), "CALOR_MAX_RESOURCES_PER_STACK")
    # lint doesn't know which server a template is for, and that server's limit
    assert calor("lint", "t.yaml").returncode == 0
    (tmp_path / "t.yaml").write_text(HEAD + "description: " + "x" * 600_000)
    refused(calor("plan", "t.yaml"), "CALOR_MAX_TEMPLATE_SIZE")


ODD = {
    "CRLF": (HEAD + "resources: {a: {type: OS::Heat::Nnoe}}\n").replace("\n", "\r\n").encode(),
    "BOM": b"\xef\xbb\xbf" + (HEAD + "resources: {a: {type: OS::Heat::Nnoe}}\n").encode(),
    "tab": (HEAD + "resources:\n\ta: {type: OS::Heat::None}\n").encode(),
    "empty": b"",
    "not UTF-8": HEAD.encode() + b"description: caf\xe9\n",
    "UTF-16": HEAD.encode("utf-16"),
    "NUL": HEAD.encode() + b"description: a\0b\n",
}


@pytest.mark.parametrize("case", ODD)
def test_odd_files(calor: Calor, tmp_path: Path, case: str) -> None:
    (tmp_path / "odd näme (1).yaml").write_bytes(ODD[case])
    done = calor("lint", "odd näme (1).yaml")
    assert done.returncode in (1, 2)
    assert "odd näme (1).yaml" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["plan", "t.yaml", "-p", "=3"], "KEY=VALUE"),
        (["plan", "t.yaml", "-p", "siez=3"], "did you mean 'size'?"),
        (["plan", "t.yaml", "--parameters-file", "e.yaml"], "-e"),
        (["plan", "t.yaml", "-e", "e.yaml"], "no cloud is chosen"),
        (["plan", "t.yaml", "-e", "none.yaml"], "none.yaml"),
        (["graph", "none.yaml"], "none.yaml"),
        (["types", "OS::None::*"], "OS::None::*"),
        (["deploy", "t.yaml"], "--yes"),
    ],
)
def test_wrong_arguments(calor: Calor, tmp_path: Path, arguments: list[str], expected: str) -> None:
    (tmp_path / "t.yaml").write_text(HEAD + "parameters: {size: {type: number, default: 1}}\n")
    (tmp_path / "e.yaml").write_text(
        "parameters: {size: 3}\nevent_sinks: [{type: zaqar-queue, target: q}]\n"
    )
    done = calor(*arguments)
    told = done.stdout + done.stderr
    assert done.returncode in (1, 2), told
    assert expected in told
    assert "Traceback" not in told
    if arguments[0] == "deploy":
        assert json.loads(calor("stack", "list", "-f", "json").stdout) == []


def test_an_immutable_parameter_stays(calor: Calor, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        HEAD + "parameters: {size: {type: number, default: 1, immutable: true}}\n"
        "resources: {a: {type: OS::Heat::Value, properties: {value: {get_param: size}}}}\n"
    )
    assert calor("deploy", "t.yaml", "--yes").returncode == 0
    for command in (["plan"], ["deploy", "--yes"]):
        refused(calor(*command, "t.yaml", "-p", "size=2"), "'size' can't be changed", "immutable")
    assert calor("deploy", "t.yaml", "--yes", "-p", "size=1").returncode == 0


def test_nobody_but_the_owner_reads_the_state(calor: Calor, tmp_path: Path) -> None:
    assert calor("stack", "list").returncode == 0
    assert os.stat(tmp_path / "state").st_mode & 0o077 == 0
    assert os.stat(tmp_path / "state" / "keys").st_mode & 0o077 == 0
