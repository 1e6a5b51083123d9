"""Hooks from two terminals: one deploys and waits, the other one lets it go on."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from scenarios.cli.conftest import environment
from scenarios.cli.processes import PATIENCE, PROGRAMS, calor, cloud_of, running

TEMPLATE = """\
heat_template_version: 2021-04-16
resources:
  word: {type: OS::Heat::RandomString}
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: 2, resource_def: {type: OS::Heat::RandomString}}
"""
ENVIRONMENT = """\
resource_registry:
  resources:
    word: {hooks: [pre-create, pre-delete]}
    g*: {"1": {hooks: post-create}}
"""


def held(folder: Path, where: dict[str, str], count: int) -> dict[str, str]:
    """Waits until so many wait: hooks by name."""
    for _ in range(60):
        found = calor("hook", "list", "app", "-f", "json", folder=folder, **where)
        waiting = json.loads(found.stdout) if found.returncode == 0 else []
        if len(waiting) == count:
            return {item["resource"]: item["hook"] for item in waiting}
    raise AssertionError(found.stderr)


def told(folder: Path, where: dict[str, str]) -> None:
    (folder / "app.yaml").write_text(TEMPLATE)
    (folder / "env.yaml").write_text(ENVIRONMENT)
    with subprocess.Popen(
        [PROGRAMS / "calor", "deploy", "app.yaml", "-e", "env.yaml", "--name", "app", "--yes"],
        cwd=folder,
        env=environment(**where),
        stdout=subprocess.PIPE,
        text=True,
    ) as deploying:
        expected = {"word": "pre-create", "group/1": "post-create"}
        assert held(folder, where, 2) == expected
        tree = calor("stack", "tree", "app", folder=folder, **where).stdout
        assert tree.count("waits at") == 2
        wrong = calor("hook", "clear", "app", "ward", "group/1", folder=folder, **where)
        assert wrong.returncode == 1
        assert "'ward' of stack app does not wait at a hook" in wrong.stderr
        assert held(folder, where, 2) == expected
        unclear = calor("hook", "clear", "app", folder=folder, **where)
        assert unclear.returncode == 1
        one = calor("hook", "clear", "app", "*/1", folder=folder, **where)
        assert one.stdout == "group/1 goes on from post-create.\n"
        assert held(folder, where, 1) == {"word": "pre-create"}
        rest = calor(
            "hook", "clear", "app", "--all", "--hook", "pre-create", folder=folder, **where
        )
        assert rest.stdout == "word goes on from pre-create.\n"
        said, _ = deploying.communicate(timeout=PATIENCE)
    assert deploying.returncode == 0
    assert "waits at pre-create; go on with `calor hook clear app word`" in said
    assert "Hook pre-create is cleared" in said
    none = calor("hook", "list", "app", folder=folder, **where)
    assert (none.returncode, none.stdout) == (0, "")
    assert "Nothing of stack app waits at a hook." in none.stderr
    asked = calor("destroy", "app", folder=folder, **where)
    assert asked.returncode == 1
    assert "waits at pre-delete; go on with `calor hook clear app word`" in asked.stdout
    assert asked.stdout.count("waits at") == 1
    assert "nobody can be asked here" in asked.stderr


def test_in_local_mode(tmp_path: Path) -> None:
    told(tmp_path, {"XDG_DATA_HOME": str(tmp_path)})


def test_at_a_server(tmp_path: Path) -> None:
    with running("calor", "serve", "--sandbox", "--port", "0", "--dir", ".", folder=tmp_path):
        told(tmp_path, {**cloud_of(tmp_path), "CALOR_SERVER": "catalog"})
