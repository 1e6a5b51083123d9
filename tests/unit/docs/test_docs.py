"""The documents keep step with the code: links lead somewhere, templates in them are right, and
whatever a user can name is documented."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import make_reference
import pytest
import yaml

from calor.api.rest.policy import POLICIES
from calor.api.rest.routes import ROUTES
from calor.base.settings import PREFIX, documented
from calor.cli.compose import composed, in_sources
from calor.cli.root import cli
from calor.client import collect
from calor.main.calor_api import api
from calor.main.calor_engine import engine
from calor.main.rules import all_rules
from calor.resources.registry import Registry
from calor.sandbox.control import CONTROL
from calor.schema import PropertySpec

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    path
    for folder in (".", "docs", "changes", "examples", "requirements")
    for path in (ROOT / folder).glob("*.md" if folder == "." else "**/*.md")
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([\w./-]+\.(?:yaml|sh))`[^`\n]*:\s*\Z")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `name` is the file that the paragraph before it announces."""

    language: str
    text: str
    name: str


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    for found in FENCE.finditer(text):
        name = NAMED.search(text[: found.start()])
        yield Block(found[1], found[2], name[1] if name else "")


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text())
    for link in LINK.findall(text):
        if re.match(r"https?://|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_templates_and_environments_are_right(page: Path, tmp_path: Path) -> None:
    """Every template in a page is clean, with the files that the page shows beside it."""
    files = {block.name: block.text for block in blocks(page) if block.name}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shown = [block for block in blocks(page) if block.language == "yaml"]
    for number, block in enumerate(shown):
        written = yaml.safe_load(block.text)
        if "heat_template_version" not in written:
            continue
        template = tmp_path / (block.name or f"template-{number}.yaml")
        template.write_text(block.text)
        wanted = collect(template)
        found = composed(Registry(plugins=False), wanted).diagnostics
        assert [str(item.message) for item in in_sources(found, wanted.sources)] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_python_and_toml_are_well_formed(page: Path) -> None:
    for block in blocks(page):
        if block.language == "python":
            ast.parse(block.text)
        elif block.language == "toml":
            tomllib.loads(block.text)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_that_are_shown_exist(page: Path) -> None:
    text = page.read_text()
    lines = re.findall(r"^(?:    |\$ |    \$ )?(calor(?:-api|-engine)?) +(.*)$", text, re.MULTILINE)
    for program, rest in lines:
        command: click.Command = {"calor": cli, "calor-api": api, "calor-engine": engine}[program]
        words = rest.split("#")[0].split()
        while isinstance(command, click.Group):
            name = next((word for word in words if word in command.list_commands(_context())), None)
            if name is None:
                assert words[:1] in (["--help"], ["--version"]), rest
                break
            found = command.get_command(_context(), name)
            assert found is not None
            words = words[words.index(name) + 1 :]
            command = found
        known = [opt for item in command.params for opt in (*item.opts, *item.secondary_opts)]
        options = [word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)]
        assert [option for option in options if option not in [*known, "--help"]] == [], rest


def _context() -> click.Context:
    return click.Context(cli)


# --- the reference ------------------------------------------------------------------------------


def test_the_reference_is_up_to_date() -> None:
    assert make_reference.stale() == [], "run `make docs`"


def _reference(name: str) -> str:
    return (ROOT / "docs" / "reference" / name).read_text()


def test_every_setting_is_documented() -> None:
    page = _reference("settings.md")
    for name, (_, _, meaning) in documented().items():
        assert f"`{PREFIX}{name.upper()}`" in page
        assert meaning.endswith(".")


def test_every_diagnostic_is_documented() -> None:
    page = _reference("diagnostics.md")
    for code, rule in all_rules().items():
        assert f"### {code}: {rule.title}" in page
        assert rule.explanation, code


def test_every_diagnostic_that_the_code_declares_is_known() -> None:
    """Also those that are not in a module's own name, but in a table of rules."""
    sources = sorted((ROOT / "src" / "calor").rglob("*.py"))
    texts = [path.read_text() for path in sources]
    declared = {
        code for text in texts for code in re.findall(r"\bRule\(\s*\"([A-Z][0-9]{3})\"", text)
    }
    assert sorted(declared) == list(all_rules())


def test_every_diagnostic_that_tests_expect_is_known() -> None:
    expected = (ROOT / "tests/unit/template/broken/expected.yaml").read_text()
    codes = sorted(set(re.findall(r"\b[A-Z][0-9]{3}\b", expected)))
    assert [code for code in codes if code not in all_rules()] == []


def test_every_route_is_documented() -> None:
    for route in ROUTES:
        assert (route.handler.__doc__ or "").strip(), route
        assert route.policy in POLICIES, route
    for found in CONTROL.routes:
        assert (found.handler.__doc__ or "").strip(), found


@pytest.mark.parametrize("command", [cli, api, engine], ids=lambda command: str(command.name))
def test_every_command_and_option_is_documented(command: click.Command) -> None:
    page = _reference("commands.md")
    for path, one in _commands(command, command.name or "calor"):
        assert one.help, path
        for item in one.params:
            if isinstance(item, click.Option):
                assert item.help, (path, item.opts)
                assert item.opts[-1] in page, (path, item.opts)


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(_context()):
            found = command.get_command(_context(), name)
            assert found is not None
            yield from _commands(found, f"{path} {name}")


@pytest.mark.parametrize("name", Registry(plugins=False).names())
def test_every_type_is_documented(name: str) -> None:
    found = Registry(plugins=False).get(name)
    assert found is not None
    assert getattr(found, "doc", ""), name
    _assert_documented(found.schema.properties, name)
    for attribute, spec in found.attributes.items():
        assert spec.doc, (name, attribute)
    page = _reference(f"types/{name.replace('::', '-')}.md")
    for key in found.schema.properties:
        assert f"`{key}`" in page or found.schema.properties[key].support.hidden


def _assert_documented(specs: Mapping[str, PropertySpec], path: str) -> None:
    for name, spec in specs.items():
        assert spec.doc or spec.support.hidden, (path, name)
        _assert_documented((spec.items or spec).fields or {}, f"{path}.{name}")


def test_fragments_are_named_as_the_rule_says() -> None:
    for path in (ROOT / "changes").glob("*.md"):
        if path.name != "README.md":
            assert re.fullmatch(r"\d+\.(feature|bugfix|change|removal)(\.\d+)?\.md", path.name), (
                path.name
            )
            assert path.read_text().strip(), path.name


def test_records_of_decisions_are_numbered() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    for number, path in enumerate(records, start=1):
        assert path.name.startswith(f"{number:04}-"), path.name
        text = path.read_text()
        assert text.startswith(f"# {number}. "), path.name
        for part in ("**Situation.**", "**Decision.**", "**What follows.**"):
            assert part in text, path.name
        assert f"]({path.name})" in (ROOT / "docs" / "adr" / "README.md").read_text(), path.name
