"""Examples that use all of CloudFormation: Calor and cfn-lint find nothing wrong with them."""

import re
from pathlib import Path

import pytest
from cfnlint.api import ManualArgs, lint

from calor.base.values import Unknown
from calor.template.assertions import check_rules
from calor.template.dialects import find
from calor.template.evaluation import TemplateScope, evaluate
from calor.template.load import load_template, with_values
from calor.template.parameters import resolve_parameters

FOLDER = Path(__file__).parent / "cfn_examples"
EXAMPLES = sorted(path.name for path in FOLDER.iterdir())
# Amazon's linter knows Amazon's language only.
AMAZONS = [name for name in EXAMPLES if not name.startswith("heat_")]
NO_TYPE = "E3006"


def test_there_are_enough() -> None:
    assert len(EXAMPLES) >= 40


@pytest.mark.parametrize("name", EXAMPLES)
def test_calor_finds_nothing_wrong(name: str) -> None:
    """Read, with values for all parameters, and evaluated."""
    loaded = load_template((FOLDER / name).read_bytes(), name=name)
    assert [item.message for item in loaded.diagnostics] == []
    template = loaded.template
    assert template is not None
    given = {key: Unknown(key) for key, item in template.parameters.items() if not item.has_default}
    resolved = resolve_parameters(template, given=given)
    assert [item.message for item in resolved.diagnostics] == []
    if template.loops:
        template = with_values(loaded, resolved.parameters.values).template
        assert template is not None
    scope = TemplateScope(template, resolved.parameters.values)
    check_rules(template, scope, resolved.diagnostics)
    assert [item.message for item in resolved.diagnostics] == []
    for resource in template.resources.values():
        for expression in resource.expressions():
            evaluate(expression, scope)
    for output in template.outputs.values():
        evaluate(output.value, scope)
    for condition in template.conditions:
        scope.condition(condition)


@pytest.mark.parametrize("name", AMAZONS)
def test_cfn_lint_finds_nothing_wrong(name: str) -> None:
    """But for types that only OpenStack has."""
    found = lint((FOLDER / name).read_text(), config=ManualArgs(regions=["us-east-1"]))
    told = [f"{item.rule.id} {item.linenumber}: {item.message}" for item in found]
    assert [item for item in told if not (item.startswith(NO_TYPE) and "'OS::" in item)] == []


@pytest.mark.parametrize(
    ("name", "code", "broken", "because"),
    [
        ("short_ref.yaml", "E1020", ("!Ref Name", "!Ref Nmae"), "H401"),
        ("get_att.yaml", "E6101", ("Topic.TopicArn", "Topc.TopicArn"), "H402"),
        ("sub.yaml", "E1019", ("-${Stage}", "-${Stge}"), "H401"),
        ("sub_with_names.yaml", "E1019", ("['/', [a, b]]", "['/']"), "H407"),
        ("mappings.yaml", "E1017", ("[Retention, !Ref Env, Names]", "[Retention]"), "H407"),
        ("conditions.yaml", "E8004", ("!And [!Condition IsProd, !", "!And [!"), "H407"),
        ("conditions.yaml", "E8005", ("!Condition IsDebug", "!Condition Nope"), "H403"),
        ("conditions.yaml", "E3015", ("Condition: Both", "Condition: Nope"), "H403"),
        ("if.yaml", "E1028", ("[IsProd, 0, 10]", "[IsProd, 0]"), "H407"),
        ("parameters.yaml", "E2001", ("Type: Number", "Type: Numbr"), "H302"),
        ("parameters.yaml", "E2015", ("Default: a\n", "Default: c\n"), "H305"),
        (
            "policies.yaml",
            "E3035",
            ("Policy: Retain\n    Update", "Policy: Keep\n    Update"),
            "H211",
        ),
        ("depends_on.yaml", "E3005", ("DependsOn: First", "DependsOn: Frist"), "H402"),
        ("minimal.yaml", "E3001", ("Type: AWS", "Typ: AWS"), "H206"),
        ("minimal.yaml", "E1001", ("Resources", "Resourcs"), "H205"),
        ("exports.yaml", "E6101", ("Value: !Ref Net", "Value: !Ref Nett"), "H401"),
        ("depends_on.yaml", "E3004", ("- First\n", "- Third\n"), "H411"),
        ("cidr.yaml", "E1017", ("[10.0.0.0/16, 4, 8]", "[10.0.0.0/16]"), "H407"),
        ("join_select_split.yaml", "E1022", ("['/', 'x/y/z']", "['/']"), "H407"),
    ],
)
def test_both_find_the_same_mistake(
    name: str, code: str, broken: tuple[str, str], because: str
) -> None:
    right = (FOLDER / name).read_text()
    wrong = right.replace(*broken, 1)
    assert wrong != right
    assert because in [item.code for item in load_template(wrong).diagnostics]
    found = lint(wrong, config=ManualArgs(regions=["us-east-1"]))
    assert code in [item.rule.id for item in found]


def test_every_word_is_in_an_example() -> None:
    dialect = find("AWSTemplateFormatVersion.2010-09-09")
    assert dialect is not None
    words: set[str] = set()
    for name in EXAMPLES:
        text = (FOLDER / name).read_text()
        words.update(re.findall(r"\w+(?:::\w+)*", text))
        words.update(dialect.tags.get(tag, "") for tag in re.findall(r"!\w+", text))
    wanted = {
        *dialect.functions,
        *dialect.condition_functions,
        *dialect.rule_functions,
        *dialect.sections,
        *dialect.resource_keys,
        *dialect.output_keys,
        *dialect.parameter_keys,
        *dialect.pseudo_parameters,
        *(name for name in dialect.parameter_types if "<" not in name),
        "Fn::ForEach",
        "Custom",
    }
    missing = {
        word
        for word in wanted
        if word not in words and not any(one.startswith(f"{word}::") for one in words)
    }
    # A macro and hooks are refused or warned of; see the broken templates.
    assert missing == {"Fn::Transform", "Hooks"}
