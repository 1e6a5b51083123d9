"""Laws of converting and laying out, for templates that were broken at random."""

from __future__ import annotations

from calor.base.source import Source
from calor.template.convert.text import written
from calor.template.convert.to_hot import to_hot
from calor.template.layout.layout import lay_out
from calor.template.load import load_template
from calor.template.plain import to_plain
from calor.template.reader import read
from properties.drawn import CFN, law, texts


@law(120, texts(CFN))
def test_what_can_be_read_can_be_converted(text: str) -> None:
    """The result is a template in its layout, and what is missing in it has a place."""
    loaded = load_template(text)
    if loaded.template is None or loaded.diagnostics.errors:
        return
    if loaded.template.dialect.family != "cfn":
        return
    result = to_hot(loaded)
    made = written(result, loaded.template, result.diagnostics)
    assert all(item.span is not None for item in result.diagnostics)
    assert load_template(made).template is not None
    assert lay_out(Source("result", made)).text == made


@law(120, texts())
def test_a_layout_keeps_the_meaning_and_is_final(text: str) -> None:
    source = Source("text", text)
    made = lay_out(source).text
    if made is None:
        return
    before, after = read(source).node, read(Source("text", made)).node
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert repr(to_plain(before)) == repr(to_plain(after))
    assert lay_out(Source("text", made)).text == made
