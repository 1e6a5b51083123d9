"""Every template of this project in the canonical layout: it says the same, keeps its comments, and
a second time nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from calor.base.source import Source
from calor.template.layout.layout import lay_out
from calor.template.plain import to_plain
from calor.template.reader import read

ROOT = Path(__file__).parents[4]
FILES = sorted(
    path
    for folder in ("examples", "tests", "docs")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".yaml", ".yml", ".json", ".template") and not path.name.startswith(".")
)
# No map and no list, or a map for a key: what only its author can lay out.
LEFT = ("text.yaml", "empty.yaml", "placeholder_unquoted.yaml", "text_at_top.yaml")


def test_there_are_many() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_meaning_and_the_comments_stay(path: Path) -> None:
    source = Source(path.name, path.read_bytes().decode("utf-8", "replace"))
    result = lay_out(source)
    before = read(source)
    if before.node is None and before.diagnostics:
        assert result.text is None
        assert [item.code for item in result.diagnostics] == [
            item.code for item in before.diagnostics
        ]
        return
    assert bool(result.reason) == (path.name in LEFT), result.reason
    assert result.text is not None
    after = read(Source(path.name, result.text))
    if before.node is not None and after.node is not None:
        assert to_plain(after.node) == to_plain(before.node)
    else:
        assert after.node is before.node
    assert [item.code for item in after.diagnostics] == [item.code for item in before.diagnostics]
    assert result.text.count("#") == source.text.count("#")
    assert lay_out(Source(path.name, result.text)).text == result.text
