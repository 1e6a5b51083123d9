"""Laws of reading, for templates and environments that were broken at random."""

from __future__ import annotations

from typing import Any

from calor.base.diagnostics import Diagnostics
from calor.base.settings import Settings
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.identity import Identity
from calor.resources.registry import Registry
from calor.service.wanted import as_text
from calor.template.load import load_environment, load_template
from properties.drawn import cases, law, template_of, texts

COMPOSER = Composer(Registry(plugins=False), Settings())
WHO = Identity("stack-id", "stack", "project", "RegionOne")


@law(120, texts())
def test_a_broken_template_is_told_with_places(text: str) -> None:
    _have_places(load_template(text).diagnostics)


@law(100, texts())
def test_a_broken_environment_is_told_with_places(text: str) -> None:
    _have_places(load_environment(text).diagnostics)


@law(100, texts())
def test_reading_twice_tells_the_same(text: str) -> None:
    first, second = load_template(text), load_template(text)
    assert list(map(str, first.diagnostics)) == list(map(str, second.diagnostics))


@law(100, texts(), texts())
def test_composing_what_is_broken_raises_nothing(text: str, environment: str) -> None:
    definition = Definition(template=text, environments=(environment,), files={"a.yaml": text})
    _have_places(COMPOSER.compose(definition, WHO).diagnostics)


@law(100, cases())
def test_composing_any_expression_raises_nothing(case: Any) -> None:
    definition = Definition(template=as_text(template_of(case)), files={"inner.yaml": "a: 1"})
    _have_places(COMPOSER.compose(definition, WHO).diagnostics)


def _have_places(diagnostics: Diagnostics) -> None:
    for problem in diagnostics:
        assert problem.message
        if problem.span is not None:
            size = len(problem.span.source.text)
            assert 0 <= problem.span.start <= problem.span.end <= size + 3
