"""`calor fmt` over files, folders and standard input: what is written, what is told, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calor.cli.errors import Failed
from calor.cli.root import cli
from calor.main.calor import Programs

UGLY = "heat_template_version:   2021-04-16\noutputs:\n    o:   {value: 1}  # kept\n"
FINE = "heat_template_version: 2021-04-16\n\noutputs:\n  o: { value: 1 }  # kept\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fmt(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["fmt", *arguments], obj=Programs(), input=given)


def test_files_are_written_and_named() -> None:
    Path("a.yaml").write_text(UGLY)
    Path("b.yaml").write_text(FINE)
    done = fmt("a.yaml", "b.yaml")
    assert done.exit_code == 0
    assert done.stdout == "a.yaml\n"
    assert done.stderr == "1 of 2 files changed.\n"
    assert Path("a.yaml").read_text() == Path("b.yaml").read_text() == FINE
    assert fmt("a.yaml").stdout == ""


def test_check_changes_nothing() -> None:
    Path("a.yaml").write_text(UGLY)
    done = fmt("--check", "a.yaml")
    assert isinstance(done.exception, Failed)
    assert done.stdout == "a.yaml\n"
    assert Path("a.yaml").read_text() == UGLY
    Path("a.yaml").write_text(FINE)
    assert fmt("--check", "a.yaml").exit_code == 0


def test_in_a_folder_only_templates_and_environments_are_touched() -> None:
    Path("deep").mkdir()
    Path("deep/a.yaml").write_text(UGLY)
    Path("deep/env.yaml").write_text("parameters:   {a: 1}\n")
    Path("deep/other.yaml").write_text("a:   1\n")
    done = fmt(".")
    assert done.stdout == "deep/a.yaml\ndeep/env.yaml\n"
    assert Path("deep/other.yaml").read_text() == "a:   1\n"
    assert Path("deep/env.yaml").read_text() == "parameters: { a: 1 }\n"


def test_standard_input_goes_to_standard_output() -> None:
    done = fmt("-", given=UGLY)
    assert done.exit_code == 0
    assert done.stdout == FINE
    assert done.stderr == ""


def test_what_cant_be_read_is_told_and_the_rest_is_done() -> None:
    Path("a.yaml").write_text("a: [\n")
    Path("b.yaml").write_text(UGLY)
    done = fmt("a.yaml", "b.yaml")
    assert done.exit_code == 2
    assert "a.yaml:2:1: error H103" in done.stderr
    assert Path("a.yaml").read_text() == "a: [\n"
    assert Path("b.yaml").read_text() == FINE


def test_what_only_its_author_can_lay_out_is_left_and_told() -> None:
    Path("a.yaml").write_text("? a\n: 1\n")
    done = fmt("a.yaml")
    assert done.exit_code == 0
    assert "a.yaml: left as it is: a key is marked with a question mark" in done.stderr
