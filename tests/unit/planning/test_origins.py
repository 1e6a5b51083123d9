"""A wrong value that came from elsewhere: told where it is used, with the way to where it was
written; and one mistake once, however often the value is used."""

from __future__ import annotations

from calor.base.settings import Settings
from calor.base.source import Span
from calor.base.values import Value
from calor.model.stack import Definition
from calor.planning.compose import Composer
from calor.planning.identity import Identity
from calor.resources.registry import Registry

HEAD = "heat_template_version: 2021-04-16\n"
COMPOSER = Composer(Registry(plugins=False), Settings())
RULE = "type: OS::Neutron::SecurityGroupRule"


def told(
    text: str, env: str = "", files: dict[str, str] | None = None, **given: Value
) -> list[str]:
    """Each problem as 'code place <- place words <- ...'."""
    definition = Definition(
        template=HEAD + text,
        environments=(env,) if env else (),
        files={name: HEAD + inner for name, inner in (files or {}).items()},
        parameters=given,
    )
    composition = COMPOSER.compose(definition, Identity(None, "stack", "project"), name="t")
    return [
        " <- ".join(
            [
                f"{item.code} {_at(item.span)}",
                *(f"{_at(span)} {words}" for span, words in item.related),
            ]
        )
        for item in composition.diagnostics
    ]


def _at(span: Span | None) -> str:
    return f"{span.source.name}:{span.line}:{span.column}" if span else "-"


ONE = (
    "parameters:\n  p: {type: string, default: many}\n"
    f"resources:\n  a: {{{RULE}, properties: {{security_group: g, port_range_min: "
    "{get_param: p}}}\n"
)


def test_from_a_default() -> None:
    assert told(ONE) == ["R132 t:5:93 <- t:3:30 the default of the parameter 'p'"]


def test_from_an_environment() -> None:
    for section in ("parameters", "parameter_defaults"):
        place = f"environment 1:1:{len(section) + 7}"
        expected = [f"R132 t:5:93 <- {place} the value of the parameter 'p'"]
        assert told(ONE, f"{section}: {{p: few}}\n") == expected


def test_what_was_given_in_the_request_came_in_at_its_parameter() -> None:
    assert told(ONE, p="few") == ["R132 t:5:93 <- t:3:3 the value given for the parameter 'p'"]


def test_what_was_given_in_the_request_is_told_once() -> None:
    used = "properties: {security_group: g, port_range_min: {get_param: p}}"
    text = f"{ONE}  b: {{{RULE}, {used}}}\n"
    assert told(text, p="few") == [
        "R132 t:5:93 <- t:3:3 the value given for the parameter 'p' <- t:6:93 here too"
    ]


def test_through_functions_from_several_parameters() -> None:
    text = (
        "parameters:\n  p: {type: string, default: a}\n  q: {type: string, default: b}\n"
        f"resources:\n  a: {{{RULE}, properties: {{security_group: g, port_range_min: "
        "{list_join: ['', [{get_param: p}, {get_param: q}, {get_param: p}]]}}}\n"
    )
    assert told(text) == [
        "R132 t:6:93 <- t:3:30 the default of the parameter 'p'"
        " <- t:4:30 the default of the parameter 'q'"
    ]


def test_a_function_that_cant_work_with_its_values() -> None:
    text = (
        "parameters: {p: {type: json, default: {a: 1}}}\n"
        "resources: {a: {type: 'OS::Heat::Value', properties: {value: {str_split: "
        "[',', {get_param: p}]}}}}\n"
    )
    assert told(text) == ["H415 t:3:63 <- t:2:39 the default of the parameter 'p'"]


def test_one_mistake_that_is_used_often() -> None:
    use = f"{{{RULE}, properties: {{security_group: g, port_range_max: {{get_param: p}}}}}}"
    assert told(f"{ONE}  b: {use}\n  c: {use}\n") == [
        "R132 t:5:93 <- t:3:30 the default of the parameter 'p'"
        " <- t:6:93 here too <- t:7:93 here too"
    ]


INNER = (
    "parameters:\n  n: {type: string}\n  m: {type: number, default: 1, constraints: "
    "[range: {max: 5}]}\n"
    f"resources:\n  a: {{{RULE}, properties: {{security_group: g, port_range_min: "
    "{get_param: n}}}\n"
)


def test_into_a_nested_template() -> None:
    text = "resources:\n  one:\n    type: inner.yaml\n    properties: {n: few}\n"
    assert told(text, files={"inner.yaml": INNER}) == [
        "R132 inner.yaml:6:93 <- t:5:21 given to the parameter 'n' <- t:4:11 used here"
    ]


def test_from_an_environment_through_a_parameter_into_a_nested_template() -> None:
    text = (
        "parameters: {p: {type: string}}\nresources:\n  one:\n    type: inner.yaml\n"
        "    properties: {n: {get_param: p}}\n  two:\n    type: inner.yaml\n"
        "    properties: {n: {get_param: p}}\n"
    )
    (problem,) = told(text, "parameters: {p: few}\n", {"inner.yaml": INNER})
    assert problem == (
        "R132 inner.yaml:6:93 <- t:6:21 given to the parameter 'n'"
        " <- environment 1:1:17 the value of the parameter 'p' <- t:5:11 used here"
        " <- t:9:21 given to the parameter 'n' <- t:8:11 used here"
    )


def test_a_constraint_of_a_nested_template_is_broken_where_the_value_is_given() -> None:
    text = "resources:\n  one:\n    type: inner.yaml\n    properties: {n: 1, m: 9}\n"
    assert told(text, files={"inner.yaml": INNER}) == [
        "H310 t:5:27 <- inner.yaml:4:47 the constraint"
    ]


def test_into_the_members_of_a_group() -> None:
    text = (
        "parameters: {p: {type: string, default: few}}\nresources:\n  g:\n"
        "    type: OS::Heat::ResourceGroup\n    properties:\n      count: 3\n"
        f"      resource_def: {{{RULE}, properties: {{security_group: g, port_range_min: "
        "{get_param: p}}}\n"
    )
    assert told(text) == ["R132 t:8:108 <- t:2:41 the default of the parameter 'p'"]


def test_an_output_of_a_mistake_inside_is_told_once() -> None:
    inner = f"resources:\n  a: {{{RULE}, properties: {{security_group: g, port_range_min: few}}}}\n"
    text = "resources:\n  one: {type: inner.yaml}\n  two: {type: inner.yaml}\n"
    assert told(text, files={"inner.yaml": inner}) == [
        "R132 inner.yaml:3:93 <- t:3:15 used here <- t:4:15 used here"
    ]
