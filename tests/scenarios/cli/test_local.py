"""Local mode, without a cloud: what a newcomer does first."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from scenarios.cli.conftest import EXAMPLES, Calor


def test_a_stack_lives_through_plan_deploy_change_and_destroy(calor: Calor, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "hello.yaml", tmp_path)

    planned = calor("plan", "hello.yaml", "-f", "json")
    assert planned.returncode == 0
    assert json.loads(planned.stdout)["counts"]["create"] == 2
    assert "local mode" in planned.stderr.splitlines()[0]

    made = calor("deploy", "hello.yaml", "--yes")
    assert made.returncode == 0, made.stderr
    lines = made.stdout.splitlines()
    assert any("password" in line and "CREATE_COMPLETE" in line for line in lines)
    assert "Stack hello is CREATE_COMPLETE." in lines
    assert any(line.split() == ["greeting", "Hello,", "world!"] for line in lines)

    secret = calor("output", "hello", "password").stdout.strip()
    assert len(secret) == 12
    assert secret not in made.stdout + calor("stack", "show", "hello").stdout
    assert secret not in calor("output", "hello").stdout

    again = calor("deploy", "hello.yaml", "--yes")
    assert again.returncode == 0
    assert "Nothing to do." in again.stdout

    changed = calor("deploy", "hello.yaml", "--yes", "-p", "name=you", "-f", "json")
    assert changed.returncode == 0, changed.stderr
    told = json.loads(changed.stdout)
    assert told["status"] == "UPDATE_COMPLETE"
    assert told["outputs"]["greeting"] == "Hello, you!"
    assert calor("output", "hello", "password").stdout.strip() == secret

    gone = calor("destroy", "hello", "--yes")
    assert gone.returncode == 0, gone.stderr
    assert "Stack hello is deleted." in gone.stdout
    assert json.loads(calor("stack", "list", "-f", "json").stdout) == []
    assert calor("stack", "show", "hello").returncode == 1


def test_nothing_is_done_when_nobody_can_be_asked(calor: Calor, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "hello.yaml", tmp_path)
    refused = calor("deploy", "hello.yaml", input="")
    assert refused.returncode == 1
    assert "say --yes" in refused.stderr
    assert json.loads(calor("stack", "list", "-f", "json").stdout) == []


def test_the_cloud_is_missing_only_where_it_is_needed(calor: Calor, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "heat_template_version: 2021-04-16\nresources:\n  net: {type: OS::Neutron::Net}\n"
    )
    failed = calor("deploy", "net.yaml", "--yes")
    assert failed.returncode == 1
    assert "--os-cloud" in failed.stdout + failed.stderr


def test_a_stack_is_named_after_its_template_or_its_folder(calor: Calor, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    shutil.copy(EXAMPLES / "hello.yaml", folder / "app.yaml")
    assert calor("deploy", "shop/app.yaml", "--yes").returncode == 0
    assert json.loads(calor("stack", "list", "-f", "json").stdout)[0]["name"] == "shop"


def test_lines_tell_a_nested_stack_once(calor: Calor, tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        "heat_template_version: 2021-04-16\nresources:\n  word: {type: OS::Heat::RandomString}\n"
    )
    (tmp_path / "outer.yaml").write_text(
        "heat_template_version: 2021-04-16\nresources:\n  part: {type: inner.yaml}\n"
    )
    made = calor("deploy", "outer.yaml", "--yes")
    assert made.returncode == 0, made.stderr
    names = ("part", "part/word", "stack outer")
    expected = sorted(
        f"{name} CREATE_{how}" for name in names for how in ("IN_PROGRESS", "COMPLETE")
    )
    lines = [line.split() for line in made.stdout.splitlines()]
    told = [" ".join(words[1:]) for words in lines if words and words[0].count(":") == 2]
    assert sorted(told) == expected
    lines = [line.split() for line in calor("events", "outer").stdout.splitlines()]
    assert sorted(" ".join(words[1:]) for words in lines) == expected
    events = json.loads(calor("events", "outer", "-f", "json").stdout)
    inside = {event["name"]: event["stack"].partition("/")[0] for event in events}
    nested = next(name for name in inside if name.startswith("outer-part-"))
    assert inside == {"outer": "outer", "part": "outer", nested: nested, "word": nested}


def test_events_tree_and_graph_of_a_stack(calor: Calor, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "hello.yaml", tmp_path)
    calor("deploy", "hello.yaml", "--yes")
    events = json.loads(calor("events", "hello", "-f", "json").stdout)
    assert [event["status"] for event in events if event["name"] == "hello"] == [
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
    ]
    tree = json.loads(calor("stack", "tree", "hello", "-f", "json").stdout)
    assert [inside["name"] for inside in tree["inside"]] == ["greeting", "password"]
    assert "CREATE_COMPLETE" in calor("graph", "hello").stdout


SHARED = """AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Word: {Type: String, NoEcho: true, Default: canary}}
Resources: {V: {Type: OS::Heat::Value, Properties: {value: one}}}
Outputs:
  Value: {Value: !GetAtt V.value, Export: {Name: !Sub '${AWS::StackName}/value'}}
  Word: {Value: !Ref Word, Export: {Name: word}}
"""
IMPORTING = """AWSTemplateFormatVersion: '2010-09-09'
Resources: {V: {Type: OS::Heat::Value, Properties: {value: !ImportValue first/value}}}
"""


def test_what_a_stack_exports_is_listed_planned_with_and_kept(calor: Calor, tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text(SHARED)
    (tmp_path / "second.yaml").write_text(IMPORTING)
    early = calor("plan", "second.yaml")
    assert early.returncode == 2
    assert "second.yaml:2:60: error R163: no stack of this project exports" in early.stderr
    assert calor("deploy", "first.yaml", "--yes").returncode == 0

    listed = json.loads(calor("export", "list", "-f", "json").stdout)
    assert [(item["name"], item["value"], item["stack"]) for item in listed] == [
        ("first/value", "one", "first"),
        ("word", "******", "first"),
    ]
    planned = json.loads(calor("plan", "second.yaml", "-f", "json").stdout)
    (change,) = planned["changes"]
    assert [item["after"] for item in change["properties"]] == ["one"]
    assert calor("deploy", "second.yaml", "--yes").returncode == 0

    (shown,) = json.loads(calor("export", "show", "first/value", "-f", "json").stdout)
    assert (shown["value"], shown["imported_by"]) == ("one", "second")
    (secret,) = json.loads(calor("export", "show", "word", "-f", "json").stdout)
    assert secret["value"] == "canary"
    missing = calor("export", "show", "none")
    assert missing.returncode == 1
    assert "No stack of this project exports 'none'" in missing.stderr

    refused = calor("destroy", "first", "--yes")
    assert refused.returncode == 1
    assert "the stack 'second' imports it" in refused.stderr
    assert calor("destroy", "second", "--yes").returncode == 0
    assert calor("destroy", "first", "--yes").returncode == 0
    assert "No stack exports anything" in calor("export", "list").stderr
