"""Every file of broken/ gives exactly the diagnostics that broken/expected.yaml lists."""

from pathlib import Path

import pytest
import yaml

from calor.base.diagnostics import render
from calor.template.load import load_template

FOLDER = Path(__file__).parent / "broken"
EXPECTED = yaml.safe_load((FOLDER / "expected.yaml").read_text())


def test_every_file_is_listed() -> None:
    files = {path.name for path in FOLDER.iterdir()} - {"expected.yaml"}
    assert files == set(EXPECTED)
    assert len(files) >= 60


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_diagnostics(name: str) -> None:
    found = load_template((FOLDER / name).read_bytes(), name=name, files=()).diagnostics
    assert [f"{item.code} {item.span.line}:{item.span.column}" for item in found] == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_diagnostics_can_be_printed(name: str) -> None:
    for item in load_template((FOLDER / name).read_bytes(), name=name, files=()).diagnostics:
        text = render(item)
        assert text.startswith(f"{name}:{item.span.line}:{item.span.column}: ")
        assert "\n" not in item.message
        assert item.rule.explanation
