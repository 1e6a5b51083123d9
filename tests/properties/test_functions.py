"""Laws of functions, for random expressions of both languages."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from calor.base.errors import InvalidInput
from calor.base.values import Sensitive, Unknown, Value, mask
from calor.template.definitions import Template
from calor.template.evaluation import TemplateScope, evaluate
from calor.template.load import load_template
from calor.template.marks import select
from calor.template.parameters import resolve_parameters
from properties.drawn import LATER, SECRET, cases, law, template_of, values

ATTRIBUTES = {"value": {"a": {"b": [1, 2.5, {"c": "deep"}]}, "n": None, "1": "one"}}
FILES = {"script.sh": "#!/bin/sh\n", "hello": "Hello, NAME", "nothing": "", "inner.yaml": "x"}
FAILED = object()


class Scope(TemplateScope):
    """Everything exists."""

    def resource_id(self, name: str) -> Value:
        return f"id-of-{name}"

    def attribute(self, name: str, attribute: str | None, path: tuple[Value, ...]) -> Value:
        return ATTRIBUTES if attribute is None else select(ATTRIBUTES.get(attribute), path)


def _loaded(case: tuple[str, str, Any]) -> Template | None:
    """The template, or None when it is refused, which must have a reason and a place."""
    loaded = load_template(json.dumps(template_of(case)), files=FILES)
    for problem in loaded.diagnostics:
        assert problem.span is not None
        assert problem.message
    return None if loaded.diagnostics.errors else loaded.template


def _value(template: Template, **given: Value) -> Any:
    """What the case comes to, or FAILED."""
    resolved = resolve_parameters(template, given={LATER: "x"}).parameters
    scope = Scope(template, {**resolved.values, **given}, files=FILES)
    properties = template.resources["c0"].properties
    assert properties is not None
    try:
        return evaluate(properties, scope)
    except InvalidInput as problem:
        assert problem.diagnostics
        return FAILED


@law(120, cases(), values)
def test_there_is_a_value_or_a_diagnostic_and_nothing_else(case: Any, value: Any) -> None:
    template = _loaded(case)
    if template is not None:
        _value(template, **{SECRET: value, LATER: value})


@law(120, cases(), values)
def test_evaluation_changes_nothing(case: Any, value: Any) -> None:
    template = _loaded(case)
    if template is None:
        return
    given = {SECRET: Sensitive(value), LATER: value}
    before = copy.deepcopy(given), copy.deepcopy(ATTRIBUTES)
    first = _value(template, **given)
    kept = copy.deepcopy(first)
    second = _value(template, **given)
    assert (given, ATTRIBUTES) == before
    assert first is second is FAILED or first == kept == second


@law(120, cases(), values, values)
def test_who_sees_masks_learns_nothing(case: Any, one: Any, other: Any) -> None:
    """With two secrets that differ, what is shown does not."""
    template = _loaded(case)
    if template is None:
        return
    first = _value(template, **{SECRET: Sensitive(one)})
    second = _value(template, **{SECRET: Sensitive(other)})
    if first is not FAILED and second is not FAILED:
        assert mask(first) == mask(second)


@law(120, cases(), values)
def test_what_is_known_early_stays_true(case: Any, value: Any) -> None:
    """What comes of an unknown value agrees with what comes of the value, once it is known."""
    template = _loaded(case)
    if template is None:
        return
    early = _value(template, **{LATER: Unknown("later")})
    late = _value(template, **{LATER: value})
    if early is not FAILED and late is not FAILED:
        assert _agree(early, late), (early, late)


@law(120, cases(), values)
def test_what_can_be_refused_early_would_fail_later(case: Any, value: Any) -> None:
    template = _loaded(case)
    if template is None:
        return
    if _value(template, **{LATER: Unknown("later")}) is FAILED:
        assert _value(template, **{LATER: value}) is FAILED


@law(120, cases(), st.sampled_from(["a", "1", ""]))
def test_a_mark_of_secrecy_changes_no_value(case: Any, value: str) -> None:
    template = _loaded(case)
    if template is None:
        return
    marked = _value(template, **{SECRET: Sensitive(value), LATER: value})
    plain = _value(template, **{SECRET: value, LATER: value})
    if marked is FAILED or plain is FAILED:
        assert marked is plain
    else:
        assert _agree(marked, plain), (marked, plain)


def _agree(early: Value, late: Value) -> bool:
    if isinstance(early, Unknown):
        return True
    if isinstance(early, Sensitive) or isinstance(late, Sensitive):
        return _agree(_open(early), _open(late))
    if isinstance(early, list) and isinstance(late, list):
        return len(early) == len(late) and all(map(_agree, early, late))
    if isinstance(early, dict) and isinstance(late, dict):
        return early.keys() == late.keys() and all(_agree(early[key], late[key]) for key in early)
    return type(early) is type(late) and bool(early == late)


def _open(value: Value) -> Value:
    return value.value if isinstance(value, Sensitive) else value
