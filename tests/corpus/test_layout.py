"""Every real template in the canonical layout: it says the same, keeps its comments, and a second
time nothing changes. None is left to its author."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from calor.base.source import Source
from calor.template.layout.layout import lay_out
from calor.template.plain import to_plain
from calor.template.reader import read

CORPUS = Path(__file__).parents[2] / ".corpus"
FOLDERS = sorted(path for path in CORPUS.glob("*-*") if path.is_dir())


@pytest.mark.skipif(not FOLDERS, reason="make test-corpus downloads the templates")
def test_every_template_keeps_what_it_says() -> None:
    counts: Counter[str] = Counter()
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.yaml")):
            counts[_layout_of(path)] += 1
    print(dict(counts))
    assert counts["laid out"] > 1500


def _layout_of(path: Path) -> str:
    source = Source(str(path), path.read_text())
    result = lay_out(source)
    if result.text is None:
        assert read(source).diagnostics
        return "can't be read (most are templates of templates)"
    assert not result.reason, (path, result.reason)
    before, after = read(source).node, read(Source("", result.text)).node
    if before is not None and after is not None:
        assert to_plain(before) == to_plain(after), path
    assert sorted(_words(source.text)) == sorted(_words(result.text)), path
    assert lay_out(Source("", result.text)).text == result.text, path
    return "laid out"


def _words(text: str) -> list[str]:
    """Every word of a text, comments too, but for what layout is made of."""
    for sign in "{}[],:|->":
        text = text.replace(sign, " ")
    return text.split()
