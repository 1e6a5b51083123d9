"""Whatever code a diagnostic can have, `calor explain` says what it means and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

import calor
from calor.cli.root import cli
from calor.main.calor import Programs
from calor.main.rules import all_rules

RULES = all_rules()


SOURCES = Path(calor.__file__).parent
CODE = re.compile(r'Rule\(\s*"([A-Z]\d{3})"')


def test_every_rule_in_the_code_is_known() -> None:
    written = [code for path in SOURCES.rglob("*.py") for code in CODE.findall(path.read_text())]
    assert sorted(written) == sorted(RULES)
    assert {code[0] for code in RULES} >= {"H", "R", "C", "F"}


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_explained(code: str) -> None:
    rule = RULES[code]
    assert re.fullmatch(r"[A-Z]\d{3}", code)
    assert rule.title and not rule.title.endswith(".")
    assert rule.explanation.endswith(".")
    assert len(rule.explanation.split()) >= 8, "say what is wrong and what to do"
    told = CliRunner().invoke(cli, ["explain", code.lower()], obj=Programs())
    assert told.exit_code == 0
    assert rule.title in told.output
    assert rule.explanation in told.output


def test_without_a_code_all_are_listed() -> None:
    told = CliRunner().invoke(cli, ["explain"], obj=Programs())
    assert [line.split()[0] for line in told.output.splitlines()] == list(RULES)


def test_a_shell_completes_codes() -> None:
    shell = ShellComplete(cli, {"obj": Programs()}, "calor", "_CALOR_COMPLETE")
    found = [item.value for item in shell.get_completions(["explain"], "h10")]
    assert found == [code for code in RULES if code.startswith("H10")]
