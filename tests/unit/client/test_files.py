"""Collecting files: what is sent, and where it came from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from heatclient.common import template_utils

from calor.base.diagnostics import render
from calor.base.errors import InvalidInput
from calor.client import collect

APP = """\
heat_template_version: 2018-08-31
# the comment stays
resources:
  web:
    type: parts/web.yaml   # a nested template
    properties: {script: {get_file: boot.sh}}
  again: {type: "parts/web.yaml"}
"""

WEB = """\
heat_template_version: 2018-08-31
parameters:
  script: {type: string}
resources:
  inner:
    type: OS::Heat::Value
    properties:
      value: {get_file: ../notes.txt}
"""

ENV = """\
# production
parameters: {size: 3}
resource_registry:
  My::Web: parts/web.yaml
  My::Other: OS::Heat::None
  resources:
    web:
      My::Special: parts/special.yaml
      hooks: pre-create
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    for name, text in {
        "app.yaml": APP,
        "parts/web.yaml": WEB,
        "parts/special.yaml": WEB,
        "env.yaml": ENV,
        "boot.sh": "#!/bin/sh\n",
        "notes.txt": "remember",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_files_have_the_names_and_meaning_of_the_heat_client(folder: Path) -> None:
    mine = collect(folder / "app.yaml", [folder / "env.yaml"])

    files, template = template_utils.get_template_contents(str(folder / "app.yaml"))
    environments: list[str] = []
    more, _ = template_utils.process_multiple_environments_and_files(
        [str(folder / "env.yaml")], env_list_tracker=environments
    )
    theirs = {**files, **more}
    assert list(mine.environment_files) == environments
    assert sorted(mine.files) == sorted(theirs)
    assert mine.template is not None
    assert _plain(mine.template) == json.loads(json.dumps(template, default=str))
    for name, content in theirs.items():
        text = content.decode() if isinstance(content, bytes) else content
        if name.endswith(".yaml"):
            assert _plain(mine.files[name]) == _plain(text), name
        else:
            assert mine.files[name] == text


def _plain(text: str) -> object:
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def test_the_template_of_a_stack_inside_is_taken_in_with_what_it_names(folder: Path) -> None:
    (folder / "outer.yaml").write_text(
        "AWSTemplateFormatVersion: '2010-09-09'\n"
        "Resources:\n"
        "  In:\n"
        "    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: parts/web.yaml, Parameters: {TemplateURL: none}}\n"
        "  Other: {Type: 'AWS::EC2::Instance', Properties: {TemplateURL: none}}\n"
        "  Said: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: !Ref Url}}\n"
    )
    mine = collect(folder / "outer.yaml")
    url = (folder / "parts" / "web.yaml").as_uri()
    assert sorted(mine.files) == [(folder / "notes.txt").as_uri(), url]
    assert mine.template is not None
    assert f'{{TemplateURL: "{url}", Parameters: {{TemplateURL: none}}}}' in mine.template


def test_texts_stay_as_written_but_for_names(folder: Path) -> None:
    mine = collect(folder / "app.yaml")
    assert mine.template is not None
    assert "# the comment stays" in mine.template
    assert mine.template.count("\n") == APP.count("\n")
    assert mine.sources["template"].text == APP


def test_binary_files_become_base64(folder: Path) -> None:
    (folder / "boot.sh").write_bytes(b"\xff\xfe\x00")
    mine = collect(folder / "app.yaml")
    assert mine.files[(folder / "boot.sh").as_uri()] == "//4A\n"


def test_missing_files_are_all_told_with_their_places(folder: Path) -> None:
    (folder / "boot.sh").unlink()
    (folder / "notes.txt").unlink()
    with pytest.raises(InvalidInput) as caught:
        collect(folder / "app.yaml")
    places = [
        (item.code, Path(item.span.source.name).name, item.span.line, item.span.column)
        for item in caught.value.diagnostics
        if item.span is not None
    ]
    assert places == [("F101", "web.yaml", 8, 25), ("F101", "app.yaml", 6, 37)]
    assert "it is not there" in render(caught.value.diagnostics[0])


def test_a_template_that_is_not_there() -> None:
    with pytest.raises(InvalidInput, match="is not there"):
        collect("no-such-file.yaml")


def test_a_broken_template_is_left_to_the_server(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: [")
    assert collect(tmp_path / "bad.yaml").template == "a: ["


def test_a_name_that_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("x: {get_file: 'http://example.org/x'}\n")
    with pytest.raises(InvalidInput) as caught:
        collect(tmp_path / "app.yaml")
    assert [item.code for item in caught.value.diagnostics] == ["F102"]


def test_names_that_need_quoting(tmp_path: Path) -> None:
    odd = tmp_path / "a b, [c]#d.txt"
    odd.write_text("odd")
    (tmp_path / "app.yaml").write_text(f"x: [{{get_file: {json.dumps(odd.name)}}}]\n")
    mine = collect(tmp_path / "app.yaml")
    assert mine.template is not None
    name = yaml.safe_load(mine.template)["x"][0]["get_file"]
    assert mine.files[name] == "odd"


def test_templates_that_name_each_other_end(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{one}.yaml").write_text(
            f"heat_template_version: 2018-08-31\nresources: {{r: {{type: {other}.yaml}}}}\n"
        )
    assert len(collect(tmp_path / "a.yaml").files) == 2


def test_templates_of_resources_in_stacks_inside_come_too(tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text(WEB.replace("../notes.txt", "notes.txt"))
    (tmp_path / "notes.txt").write_text("remember")
    (tmp_path / "app.yaml").write_text("heat_template_version: 2018-08-31\n")
    (tmp_path / "env.yaml").write_text(
        "resource_registry: {resources: {outer: {inner: {My::Web: web.yml}}}}\n"
    )
    mine = collect(tmp_path / "app.yaml", [tmp_path / "env.yaml"])
    web = (tmp_path / "web.yml").as_uri()
    assert {web, (tmp_path / "notes.txt").as_uri()} <= set(mine.files)
    environment = yaml.safe_load(mine.files[mine.environment_files[0]])
    assert environment["resource_registry"]["resources"]["outer"]["inner"]["My::Web"] == web


CFN = {
    "app.template": """AWSTemplateFormatVersion: 2010-09-09
Resources:
  Web:  # a nested template
    Type: parts/web.yaml
    Properties: {Name: !Ref AWS::StackName}
  Mapped: {Type: My::Mapped}
""",
    # Amazon's templates need no version
    "parts/web.yaml": """Parameters: {Name: {Type: String}}
Resources:
  Inner: {Type: deep/inner.json, Properties: {Type: String}}
""",
    "parts/deep/inner.json": """{"HeatTemplateFormatVersion": "2012-12-12",
 "Resources": {"Last": {"Type": "../last.yml", "Properties": {"Text": {"Ref": "AWS::Region"}}}}}
""",
    "parts/last.yml": """heat_template_version: 2018-08-31
resources: {a: {type: "OS::Heat::Value", properties: {value: {get_file: text}}}}
""",
    "parts/text": "some",
    "mapped.template": "Resources: {V: {Type: 'OS::Heat::None'}}\n",
    "env.yaml": "resource_registry: {My::Mapped: mapped.template}\n",
}


def test_cloudformation_names_files_as_types_at_every_depth(tmp_path: Path) -> None:
    for name, text in CFN.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    mine = collect(tmp_path / "app.template", [tmp_path / "env.yaml"])
    url = {name: (tmp_path / name).as_uri() for name in CFN}
    assert sorted(mine.files) == sorted(url[name] for name in CFN if name != "app.template")
    expected = {
        "parts/web.yaml": ("deep/inner.json", "parts/deep/inner.json"),
        "parts/deep/inner.json": ('"../last.yml"', "parts/last.yml"),
        "parts/last.yml": ("text", "parts/text"),
        "env.yaml": ("mapped.template", "mapped.template"),
    }
    for name, (written, meant) in expected.items():
        assert mine.files[url[name]] == CFN[name].replace(written, f'"{url[meant]}"')
    assert mine.template == CFN["app.template"].replace(
        "parts/web.yaml", f'"{url["parts/web.yaml"]}"'
    )


def test_a_file_that_cloudformation_lacks_is_told_where_it_is_named(tmp_path: Path) -> None:
    for name, text in CFN.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "parts" / "last.yml").unlink()
    with pytest.raises(InvalidInput) as caught:
        collect(tmp_path / "app.template")
    (problem,) = caught.value.diagnostics
    assert problem.span is not None
    assert str(problem.span).endswith("parts/deep/inner.json:2:33")
