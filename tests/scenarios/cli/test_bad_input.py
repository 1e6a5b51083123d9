"""Bad input: one clear message that says what to do, an exit code, no traceback, nothing made."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scenarios.cli.conftest import CALOR, Calor, environment

HEAD = "heat_template_version: 2021-04-16\n"
CASES = {
    "broken YAML": (HEAD + "resources: {a: [\n", "H1"),
    "unknown type": (HEAD + "resources:\n  a: {type: OS::Heat::RandomSting}\n", "RandomString"),
    "unknown property": (
        HEAD + "resources:\n  a:\n    type: OS::Heat::RandomString\n    properties: {lenght: 3}\n",
        "length",
    ),
    "wrong value": (
        HEAD + "resources:\n  a:\n    type: OS::Heat::RandomString\n    properties: {length: x}\n",
        "length",
    ),
    "reference to nothing": (
        HEAD + "resources:\n  a: {type: OS::Heat::Value, properties: {value: {get_resource: b}}}\n",
        "'b'",
    ),
    "a cycle": (
        HEAD
        + "resources:\n  a: {type: OS::Heat::None, depends_on: b}\n"
        + "  b: {type: OS::Heat::None, depends_on: a}\n",
        "a",
    ),
    "a file that is not there": (
        HEAD
        + "resources:\n  a: {type: OS::Heat::Value, properties: {value: {get_file: no.txt}}}\n",
        "no.txt",
    ),
    "a billion laughs": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
            for before, name in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "error",
    ),
    "very deep": ("[" * 200_000, "error"),
}


@pytest.mark.parametrize("command", ["lint", "deploy"])
@pytest.mark.parametrize("case", CASES)
def test_a_broken_template(calor: Calor, tmp_path: Path, command: str, case: str) -> None:
    text, expected = CASES[case]
    (tmp_path / "t.yaml").write_text(text)
    done = calor(command, "t.yaml", *(["--yes"] if command == "deploy" else []))
    told = done.stdout + done.stderr
    assert done.returncode in (1, 2), told
    assert expected in told
    assert "Traceback" not in told
    assert len(told) < 4000


def test_a_missing_parameter_is_told_when_it_is_needed(calor: Calor, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(HEAD + "parameters:\n  size: {type: number}\n")
    done = calor("deploy", "t.yaml", "--yes")
    assert done.returncode == 2
    assert "size" in done.stderr
    assert calor("lint", "t.yaml").returncode == 0


def test_a_template_of_50_megabytes(calor: Calor, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(HEAD + "description: " + "x" * 50_000_000 + "\n")
    for command in ("lint", "deploy"):
        done = calor(command, "t.yaml")
        assert done.returncode in (1, 2)
        assert "Traceback" not in done.stderr
        assert len(done.stdout + done.stderr) < 2000


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["lint", "no.yaml"], "no.yaml"),
        (["deploy", "no.yaml"], "no.yaml"),
        (["deploi"], "'deploy'"),
        (["plan", "t.yaml", "-p", "x"], "KEY=VALUE"),
        (["--os-cloud", "nowhere", "stack", "list"], "nowhere"),
        (["--server", "nonsense", "stack", "list"], "http"),
        (["stack", "show", "none"], "none"),
        (["types", "OS::Nova::Sever"], "OS::Nova::Server"),
        (["explain", "H999"], "H999"),
        (["graph", "t.yaml", "-o", "t.pdf"], ".svg"),
        (["serve"], "--sandbox"),
    ],
)
def test_a_wrong_argument(
    calor: Calor, tmp_path: Path, arguments: list[str], expected: str
) -> None:
    (tmp_path / "t.yaml").write_text(HEAD)
    done = calor(*arguments)
    told = done.stdout + done.stderr
    assert done.returncode in (1, 2), told
    assert expected in told
    assert "Traceback" not in told


def test_a_cloud_that_is_down_and_a_wrong_password_are_told(calor: Calor, tmp_path: Path) -> None:
    (tmp_path / "clouds.yaml").write_text(
        "clouds:\n  down:\n    auth: {auth_url: 'http://127.0.0.1:9/v3', username: u, password: p,"
        " project_name: p, user_domain_name: Default, project_domain_name: Default}\n"
    )
    done = calor("--os-cloud", "down", "stack", "list")
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_nobody_waits_long_for_help() -> None:
    """No heavy library may be imported before a command needs it."""
    heavy = ("rich", "sqlalchemy", "aiohttp", "openstack", "starlette", "keystoneauth1")
    code = (
        "import sys; sys.argv = ['calor', '--help']\n"
        "from calor.main.calor import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"sys.stderr.write(' '.join(name for name in {heavy!r} if name in sys.modules))"
    )
    python = str(Path(CALOR).with_name("python"))
    done = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    assert done.stderr == ""
