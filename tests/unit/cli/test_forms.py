"""What lint writes for programs, held against the rules of those who read it: the schema of SARIF,
and how a GitHub workflow's runner reads its commands."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from calor.base.diagnostics import Diagnostic, Rule, Severity
from calor.base.source import Source, Span
from calor.cli.report.github import github
from calor.cli.report.report import Report
from calor.cli.report.sarif import sarif
from calor.cli.root import cli
from calor.main.calor import Programs

ROOT = Path(__file__).parents[3]
BROKEN = ROOT / "tests" / "unit" / "template" / "broken"
SCHEMA = json.loads((Path(__file__).parent / "sarif" / "sarif-schema-2.1.0.json").read_text())
NAMES = ("a b", "a,b", "a:b", "50%", "ü🌍", "a#b", "a?b", "a'b&c", "%41", "[x]", "a=b;c")


def linted(form: str, *paths: Path | str) -> str:
    return CliRunner().invoke(cli, ["lint", "-f", form, *map(str, paths)], obj=Programs()).stdout


@cache
def of_all_that_is_broken() -> dict[str, Any]:
    return _valid(linted("sarif", BROKEN))


def _valid(text: str) -> dict[str, Any]:
    """A log of SARIF that its schema allows."""
    log = json.loads(text)
    checker = jsonschema.FormatChecker()
    assert {"uri", "uri-reference"} <= checker.checkers.keys()
    validator = jsonschema.Draft4Validator(SCHEMA, format_checker=checker)
    assert [f"{item.json_path}: {item.message}" for item in validator.iter_errors(log)] == []
    return log


def test_the_schema_refuses_what_is_wrong() -> None:
    log = json.loads(json.dumps(of_all_that_is_broken()))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(AssertionError, match="fatal"):
        _valid(json.dumps(log))


def test_all_that_is_broken_is_sarif() -> None:
    results = of_all_that_is_broken()["runs"][0]["results"]
    assert len(results) > 300
    assert {item["level"] for item in results} == {"error", "warning"}
    assert any("relatedLocations" in item for item in results)


def test_what_the_schema_cant_say_holds_too() -> None:
    """Indexes lead to their rules, ids are not given twice, and a region ends after it begins."""
    (run,) = of_all_that_is_broken()["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        related = result.get("relatedLocations", [])
        assert len({place["id"] for place in related}) == len(related)
        for place in [*result["locations"], *related]:
            region = place["physicalLocation"]["region"]
            start = region["startLine"], region["startColumn"]
            assert (1, 1) <= start <= (region["endLine"], region["endColumn"])


def test_nothing_found_is_sarif(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("heat_template_version: 2021-04-16\n")
    assert _valid(linted("sarif", tmp_path))["runs"][0]["results"] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("absolute", [False, True])
def test_every_name_of_a_file_is_a_reference(
    name: str, absolute: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(f"{name}.yaml").absolute() if absolute else Path(f"{name}.yaml")
    path.write_text("heat_template_version: 2021-04-16\noutputs: {o: {}}\n")
    (result,) = _valid(linted("sarif", path))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("file:///") == absolute
    assert unquote(uri).endswith(str(path))


# --- GitHub -------------------------------------------------------------------------------------


def _command(line: str) -> tuple[str, dict[str, str], str]:
    """Name, properties and message of a workflow's command, as a runner takes it apart."""
    _, told, message = line.split("::", 2)
    name, _, properties = told.partition(" ")
    pairs = [pair.split("=", 1) for pair in properties.strip().split(",")]
    return name, {key: _back(value, ":", ",") for key, value in pairs}, _back(message)


def _back(text: str, *more: str) -> str:
    for sign in ("\r", "\n", *more, "%"):
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text


text = st.text(st.characters(codec="utf-8") | st.sampled_from("%:,=\r\n%0A"), min_size=1)


@given(name=text, message=text, hint=text, title=text, severity=st.sampled_from(Severity))
def test_a_runner_reads_what_was_meant(
    name: str, message: str, hint: str, title: str, severity: Severity
) -> None:
    source = Source(name, "one\ntwo\n")
    rule = Rule("X1", title, severity=severity)
    found = Diagnostic(rule, message, Span(source, 4, 7), hint=hint)
    line = github(Report((found,), 1, 0))
    assert not re.search("[\r\n]", line)
    assert _command(line) == (
        severity.value,
        {
            "file": name,
            "line": "2",
            "endLine": "2",
            "col": "1",
            "endColumn": "3",
            "title": _ends_trimmed(f"X1 {title}"),
        },
        f"{message}\nhint: {hint}",
    )
    _valid(sarif(Report((found,), 1, 0)))


def _ends_trimmed(title: str) -> str:
    """White space at the end of the properties is not part of them, but for the line ends in it:
    they are written as `%0D` and `%0A`."""
    while title[-1:].isspace() and title[-1] not in "\r\n":
        title = title[:-1]
    return title


def test_a_runner_can_place_all_that_is_broken() -> None:
    """Lines rise; columns are told where they stand in one line, which is what a runner asks."""
    lines = linted("github", BROKEN).splitlines()
    assert len(lines) == len(of_all_that_is_broken()["runs"][0]["results"])
    several = 0
    for line in lines:
        name, place, message = _command(line)
        assert name in ("error", "warning")
        assert message
        if "line" not in place:
            continue
        first, last = int(place["line"]), int(place["endLine"])
        several += first < last
        assert 1 <= first <= last
        assert ("col" in place) == ("endColumn" in place) == (first == last)
        if first == last:
            assert 1 <= int(place["col"]) <= int(place["endColumn"])
    assert several
