"""`calor lint` over files and folders: what is looked at, how it is told, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calor.cli.root import cli
from calor.main.calor import Programs

HEAD = "heat_template_version: 2021-04-16\n"
FINE = f"{HEAD}outputs: {{o: {{value: 1}}}}\n"
WARNED = f"{HEAD}parameters: {{unused: {{type: string}}}}\n"
WRONG = f"{HEAD}outputs: {{o: {{value: {{get_param: a}}}}}}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["lint", *arguments], obj=Programs())


def write(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/"))
        path = path if path.suffix else path.with_suffix(".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def problems(*arguments: str) -> list[str]:
    told = json.loads(lint("-f", "json", *arguments).stdout)
    return [f"{item['code']} {item['file']}:{item['line']}:{item['column']}" for item in told]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [(FINE, 0, "No problems."), (WARNED, 0, "1 warning."), (WRONG, 1, "1 error.")],
)
def test_the_exit_code_is_that_of_the_worst(text: str, code: int, words: str) -> None:
    write(app=text)
    done = lint("app.yaml")
    assert done.exit_code == code
    assert done.stdout.splitlines()[-1] == words


def test_a_path_that_is_not_there_is_no_finding() -> None:
    write(app=WRONG)
    done = CliRunner().invoke(cli, ["lint", "app.yaml", "no.yaml"], obj=Programs())
    assert done.stdout == ""
    assert "'no.yaml' can't be read: it is not there" in str(done.exception)


def test_a_folder_is_looked_through() -> None:
    write(
        app=WRONG,
        lib__deep__one=WARNED,
        lib__env="resource_registry: {'A::B': inner.yaml}\nparameter_default: {}\n",
        lib__inner=WRONG,
        lib__values="parameters: {a: 1}\n",
        compose="services: {web: {image: x}}\n",
        kustomize="resources: [a.yaml]\n",
        notes="{{ some }} template\n",
        rendered="{% for x in y %}\nheat_template_version: x\n{% endfor %}\n",
        empty="",
        _hidden__app=WRONG,
    )
    Path("_hidden").rename(".hidden")
    Path("README.md").write_text(WRONG)
    done = lint(".")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == (
        "3 errors, 1 warning. 5 files checked, 6 skipped: neither template nor environment."
    )
    assert problems(".") == [
        "H401 app.yaml:2:34",
        "L101 lib/deep/one.yaml:2:14",
        "H502 lib/env.yaml:2:1",
        "H401 lib/inner.yaml:2:34",
    ]


def test_templates_are_told_by_what_is_in_them() -> None:
    write(
        json='{"heat_template_version": "2021-04-16", "outputs": {"o": {}}}',
        no_version="resources: {a: {type: 'OS::Heat::None'}}\n",
        misspelt=f"heat_template_vesion: x\n{WRONG[len(HEAD) :]}resources: "
        "{a: {type: 'OS::Heat::None'}}\n",
        broken=f"{HEAD}outputs: [\n",
        broken_environment="parameter_defaults: {\n",
        broken_json='{\n "AWSTemplateFormatVersion": "2010-09-09",\n "Resources": {\n',
        broken_without_version="Resources:\n  a: {Type: 'OS::Heat::None'\n",
        broken_something='{"name": "x",\n',
        broken_sink="event_sinks: [{type: kafka}]\n",
    )
    assert [problem.split(":")[0] for problem in problems(".")] == [
        "H103 broken.yaml",
        "H103 broken_environment.yaml",
        "H103 broken_json.yaml",
        "R154 broken_sink.yaml",
        "H103 broken_without_version.yaml",
        "H213 json.yaml",
        "H201 misspelt.yaml",
        "H201 no_version.yaml",
    ]


def test_a_file_that_is_named_is_checked_whatever_it_is() -> None:
    write(list="- a\n", none="")
    Path("bytes.yaml").write_bytes(b"heat_template_version: \xff\n")
    assert problems("list.yaml", "none.yaml", "bytes.yaml") == [
        "H102 bytes.yaml:1:24",
        "H204 list.yaml:1:1",
        "H114 none.yaml:1:1",
    ]


def test_one_mistake_is_told_once_however_it_is_reached() -> None:
    use = f"{HEAD}resources: {{a: {{type: inner.yaml}}, b: {{type: inner.yaml}}}}\n"
    write(one=use, two=use, inner=WARNED.replace("unused", "used") + WRONG[len(HEAD) :])
    assert problems("one.yaml", "two.yaml", ".") == problems("inner.yaml")
    assert problems("one.yaml") == problems("inner.yaml")


@pytest.mark.parametrize("paths", [["."], ["a.yaml"], ["b.yaml"], ["c.yaml"]])
def test_templates_that_nest_one_another_are_told_once(paths: list[str]) -> None:
    """HOT nests CloudFormation, which nests HOT, and so on."""
    write(
        a=f"{HEAD}resources: {{b: {{type: b.yaml}}}}\n",
        b="AWSTemplateFormatVersion: 2010-09-09\nResources: {c: {Type: c.yaml}}\n",
        c=f"{HEAD}resources: {{a: {{type: a.yaml}}}}\n",
    )
    (told,) = json.loads(lint("-f", "json", *paths).stdout)
    assert (told["code"], told["file"], told["line"]) == ("R110", "a.yaml", 2)
    assert "nests itself" in told["message"]
    assert [item["file"] for item in told["related"]] == ["b.yaml", "c.yaml"]


def test_messages_name_files_as_their_authors_do() -> None:
    write(
        app=f"{HEAD}resources: {{a: {{type: inner.yaml}}}}\n"
        "outputs: {o: {value: {get_attr: [a, nothing]}}, p: {value: {get_attr: [a, wrod]}}}\n",
        inner=f"{HEAD}outputs: {{word: {{value: 1}}}}\n",
    )
    told = json.loads(lint("-f", "json", "app.yaml").stdout)
    assert [(item["message"], item["hint"]) for item in told] == [
        ("inner.yaml has no attribute 'nothing'", "one of word"),
        ("inner.yaml has no attribute 'wrod'", "did you mean 'word'?"),
    ]


def test_files_that_are_not_there_are_told_beside_all_else() -> None:
    write(
        app=f"{HEAD}resources:\n  a: {{type: no.yaml}}\n  b: {{type: 'OS::Heat::Valeu'}}\n"
        "outputs: {o: {value: {get_file: no.sh}}, p: {value: {get_param: x}}}\n"
    )
    assert problems("app.yaml") == [
        "F101 app.yaml:3:13",
        "R101 app.yaml:4:13",
        "F101 app.yaml:5:33",
        "H401 app.yaml:5:65",
    ]


def test_templates_are_checked_with_the_environments_given() -> None:
    write(
        app=f"{HEAD}parameters: {{n: {{type: number}}}}\n"
        "resources: {a: {type: 'My::Type', properties: {value: {get_param: n}}}}\n",
        other=FINE,
        env="resource_registry: {'My::Type': 'OS::Heat::Value'}\nparameters: {n: many, typo: 1}\n",
    )
    assert problems("app.yaml") == ["R101 app.yaml:3:23"]
    assert problems("app.yaml", "other.yaml", "-e", "env.yaml") == [
        "H309 env.yaml:2:17",
        "H312 env.yaml:2:29",
    ]
    assert problems("app.yaml", "other.yaml", "-p", "n=1", "--assume-type", "My::*") == []


def test_what_an_environment_names_is_checked_with_it() -> None:
    write(
        env="resource_registry: {'A::One': lib/one.yaml, 'A::Two': 'OS::Heat::Value'}\n",
        lib__one=f"{HEAD}resources: {{a: {{type: 'A::Two', properties: {{vlaue: 1}}}}}}\n",
    )
    assert problems("env.yaml") == ["R130 lib/one.yaml:2:46"]


def test_sarif_has_rules_results_and_places() -> None:
    write(**{"a b": WRONG + "conditions: {c: true}\n"})
    told = json.loads(lint("-f", "sarif", "a b.yaml").stdout)
    assert told["version"] == "2.1.0"
    run = told["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["H401", "L102"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "warning"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b.yaml"}
    assert place["region"] == {"startLine": 2, "startColumn": 34, "endLine": 2, "endColumn": 35}


def test_github_annotations_are_escaped() -> None:
    write(**{"a,b": f"{HEAD}outputs: {{o: {{value: {{get_param: 'a%0A:b'}}}}}}\n"})
    done = lint("-f", "github", "a,b.yaml")
    assert done.exit_code == 1
    assert done.stdout == (
        "::error file=a%2Cb.yaml,line=2,endLine=2,col=34,endColumn=41,"
        "title=H401 no such parameter::there is no parameter 'a%250A:b' in this template\n"
    )


def test_forms_for_programs_hold_nothing_else() -> None:
    write(a=FINE, b=FINE, c="x: 1\n")
    for form, expected in (("json", "[]\n"), ("github", "")):
        done = lint("-f", form, ".")
        assert done.stdout == expected
        assert done.stderr == "2 files checked, 1 skipped: neither template nor environment.\n"


def test_groups_of_groups_end() -> None:
    group = "type: 'OS::Heat::ResourceGroup', properties: {count: 900, resource_def: {"
    most = f"{group * 3}type: 'OS::Heat::None'{'}' * 7}"
    write(app=f"{HEAD}resources: {{a: {{{most}}}\n")
    told = lint("app.yaml").stdout
    assert "R113" in told
    assert "100000" in told
