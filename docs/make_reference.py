"""Writes `docs/reference/` out of the declarations in the code. `make docs` runs it.

It invents nothing: whoever wants another sentence in the reference writes it where the thing is
declared. With `--check` it writes nothing and ends with 1 when a file is not up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from inspect import getdoc
from pathlib import Path
from typing import Any

import click

from calor import sinks
from calor.api import rest
from calor.api.rest.policy import POLICIES
from calor.api.rest.routes import ROUTES, TENANT
from calor.base import settings
from calor.base.diagnostics import Severity
from calor.cli.root import COMMANDS, STACK_COMMANDS
from calor.cli.root import cli as calor
from calor.main.calor_api import api as calor_api
from calor.main.calor_engine import engine as calor_engine
from calor.main.rules import all_rules
from calor.resources.registry import Registry
from calor.sandbox.control import CONTROL
from calor.sandbox.faults import Fault
from calor.sandbox.settings import Delays, SandboxSettings
from calor.schema import AttributeSpec, Lookup, PropertySpec, Support
from calor.schema.show import SHOW
from calor.template.dialects import versions
from calor.template.functions import registry as functions

REFERENCE = Path(__file__).resolve().parent / "reference"
WIDTH = 100
GROUPS = {
    "C": "What the cloud says",
    "F": "Files on disk",
    "H1": "Reading text",
    "H2": "The shape of a template",
    "H3": "Parameters",
    "H4": "References, functions, conditions",
    "H5": "Environments",
    "H6": "CloudFormation",
    "L1": "Advice of lint",
    "H7": "Turning CloudFormation into HOT",
    "R1": "Resource types and their properties",
}
"""What the codes that begin so are about."""


def pages() -> dict[str, str]:
    """Every file of the reference by its path, with its text."""
    types = Registry(plugins=False)
    found = {
        "README.md": _index(types),
        "settings.md": _settings(),
        "diagnostics.md": _diagnostics(),
        "rest-api.md": _rest_api(),
        "commands.md": _commands(),
        "template-functions.md": _functions(),
        "event-sinks.md": _event_sinks(),
        "sandbox.md": _sandbox(),
    }
    for name in types.names():
        found[f"types/{_file_of(name)}"] = _type(types, name)
    return {path: text.rstrip() + "\n" for path, text in found.items()}


def stale() -> list[str]:
    """Files that differ from what the code says, or that it knows nothing of."""
    wanted = pages()
    there = {str(path.relative_to(REFERENCE)): path for path in sorted(REFERENCE.rglob("*.md"))}
    wrong = [
        path
        for path, text in wanted.items()
        if path not in there or there[path].read_text() != text
    ]
    return wrong + [path for path in there if path not in wanted]


def write() -> None:
    """Makes the files on disk what the code says, and removes others."""
    wanted = pages()
    for path in stale():
        place = REFERENCE / path
        if path in wanted:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(wanted[path])
        else:
            place.unlink()


# --- one page each ----------------------------------------------------------------------------


def _index(types: Registry) -> str:
    names = types.names()
    services = list(dict.fromkeys(name.rpartition("::")[0] for name in names))
    parts = [
        "# Reference",
        "Made from the declarations in the code by `make docs`; a test says when it is not up to "
        "date. To change a sentence, change it where the thing is declared.",
        _list(
            [
                "[Commands](commands.md): the command line",
                "[Settings](settings.md): what an operator may set",
                "[REST API](rest-api.md): every route, and what Calor adds to Heat's API",
                "[Diagnostics](diagnostics.md): what the codes in messages mean",
                "[Template functions](template-functions.md), by version of the language",
                "[Event sinks](event-sinks.md): where the events of a stack can be sent",
                "[Sandbox](sandbox.md): its delays, limits and faults",
            ]
        ),
        "## Resource types",
    ]
    for service in services:
        own = [name for name in names if name.rpartition("::")[0] == service]
        parts += [f"### {service}", _list([f"{_link(name)}: {_doc(types, name)}" for name in own])]
    return _text(parts)


def _settings() -> str:
    rows = [
        (f"`CALOR_{name.upper()}`", _kind(kind), _code(default), meaning)
        for name, (kind, default, meaning) in settings.documented().items()
    ]
    return _text(
        [
            "# Settings",
            "Every program of Calor reads these variables of its environment; options of the "
            "command line win over them. " + _first_paragraphs(settings, skip=1),
            _table(("variable", "type", "default", "meaning"), rows),
        ]
    )


def _diagnostics() -> str:
    parts = [
        "# Diagnostics",
        "Every problem that Calor finds in what you wrote has a code. A code never changes its "
        "meaning. `calor explain CODE` prints what stands here.",
    ]
    group = ""
    for rule in all_rules().values():
        begins = next(start for start in GROUPS if rule.code.startswith(start))
        if begins != group:
            group = begins
            parts.append(f"## {GROUPS[group]}")
        kind = " (a warning)" if rule.severity is Severity.WARNING else ""
        parts += [f"### {rule.code}: {rule.title}{kind}", rule.explanation or rule.title]
    return _text(parts)


def _rest_api() -> str:
    served = [route for route in ROUTES if route.handler.__name__ != "not_available"]
    refused = [route for route in ROUTES if route.handler.__name__ == "not_available"]
    methods: dict[tuple[str, ...], list[str]] = {}
    for route in served:
        about = (
            f"`{_path(route.path)}`",
            str(route.success),
            " or ".join(POLICIES[route.policy]),
            _sentence(route.handler),
        )
        methods.setdefault(about, []).append(f"`{route.method}`")
    rows = [(" ".join(found), *about) for about, found in methods.items()]
    ours = (getdoc(rest) or "").partition("Beside Heat's API:")[2].strip()
    return _text(
        [
            "# REST API",
            "Heat's native API, v1, with bodies, status codes and faults as Heat's clients expect "
            "them. A token goes into `X-Auth-Token`. `role` is the least that a caller needs in "
            "the project; a higher one includes it (admin, member, reader).",
            "Paths are below `/v1/PROJECT_ID`. `GET /` answers with the versions of the API and "
            "needs no token.",
            "## What Calor adds",
            ours,
            "## Routes",
            _table(("method", "path", "success", "role", "what"), rows),
            "## Not available",
            "These are of Heat's API and answer with status 400 and one clear sentence.",
            _list([f"`{route.method}` `{_path(route.path)}`" for route in refused]),
        ]
    )


def _commands() -> str:
    parts = [
        "# Commands",
        "What `--help` prints. `--server` and the other options of `calor` itself stand before "
        "the command's name. Exit codes: 0 done, 1 it failed, 2 the input was wrong, 70 a "
        "mistake of Calor's own, 130 interrupted.",
        "## calor",
        _help(calor, "calor"),
    ]
    for name in COMMANDS:
        if name != "stack":
            parts += [f"## calor {name}", _help(_command(calor, name), f"calor {name}")]
            continue
        group = _command(calor, name)
        for below in STACK_COMMANDS:
            path = f"calor {name} {below}"
            parts += [f"## {path}", _help(_command(group, below), path)]
    for name, command in (("calor-api", calor_api), ("calor-engine", calor_engine)):
        parts += [f"## {name}", _help(command, name)]
    return _text(parts)


def _event_sinks() -> str:
    parts = [
        "# Event sinks",
        "What an item of an environment's `event_sinks` may hold beside its `type`. "
        "[How to use them](../how-to/event-sinks.md).",
    ]
    for name in sinks.names():
        found = sinks.kind(name)
        assert found is not None
        rows = [(*row[:3], row[4]) for row in _properties(found.schema.properties)]
        parts += [
            f"## {name}",
            f"{getdoc(found)} It needs the service `{found.service}` in the cloud's catalog.",
            _table(("key", "type", "default", "meaning"), rows),
        ]
    return _text(parts)


def _functions() -> str:
    known = functions()
    parts = [
        "# Template functions",
        "Which functions each version of the language has. A template names its version in the "
        "first line. Functions that a version has and Calor has not are refused with H406.",
    ]
    for family, title, say in (("hot", "HOT", _span), ("cfn", "CloudFormation", ", ".join)):
        there = [dialect for dialect in versions() if dialect.family == family]
        columns = ["function", "versions", "in conditions", "example"]
        tables = [
            lambda item: item.functions,
            lambda item: item.condition_functions,
            lambda item: item.rule_functions,
        ]
        if any(dialect.rule_functions for dialect in there):
            columns.insert(3, "in rules")
        else:
            tables.pop()
        names = {name for dialect in there for table in tables for name in table(dialect)}
        rows = [
            (
                f"`{name}`",
                *(say([item.version for item in there if name in table(item)]) for table in tables),
                (f"`{known[name].example}`" if known[name].example else "")
                if name in known
                else "not available yet",
            )
            for name in sorted(names, key=str.lower)
        ]
        parts += [f"## {title}", _table(tuple(columns), rows)]
    return _text(parts)


def _sandbox() -> str:
    ways = [
        (f"`{route.method}`", f"`{CONTROL.prefix}{route.pattern}`", _sentence(route.handler))
        for route in CONTROL.routes
    ]
    delays = [(f"`{item.name}`", _code(item.default)) for item in fields(Delays)]
    simple = [
        (f"`{item.name}`", _code(getattr(SandboxSettings(), item.name)))
        for item in fields(SandboxSettings)
        if item.name not in ("delays", "quotas")
    ]
    faults = [(f"`{item.name}`", _code(getattr(Fault(), item.name))) for item in fields(Fault)]
    return _text(
        [
            "# Sandbox",
            "What the simulated cloud can be told, at the URL that it prints at the start. No "
            "token is needed.",
            _table(("method", "path", "what"), ways),
            "## Settings",
            getdoc(SandboxSettings) or "",
            _table(("setting", "default"), simple),
            "### delays",
            getdoc(Delays) or "",
            _table(("delay", "default"), delays),
            "### quotas",
            "`compute`, `network` and `volume`, each a map of the service's own names of quotas to "
            "numbers; -1 is no limit.",
            "## Faults",
            getdoc(Fault) or "",
            _table(("key", "default"), faults),
        ]
    )


def _type(types: Registry, name: str) -> str:
    found = types.get(name)
    assert found is not None
    parts = [f"# {name}", _doc(types, name), _support_text(found.support_status)]
    properties = list(_properties(found.schema.properties))
    if properties:
        parts += [
            "## Properties",
            _table(("property", "type", "default", "a change", "meaning"), properties),
        ]
    else:
        parts.append("It has no properties.")
    attributes = [
        (f"`{attribute}`", spec.kind or "", _attribute_text(spec))
        for attribute, spec in {**found.attributes, "show": SHOW}.items()
        if not spec.support.hidden
    ]
    parts += ["## Attributes", _table(("attribute", "type", "meaning"), attributes)]
    return _text(parts)


# --- properties ---------------------------------------------------------------------------------


def _properties(specs: Mapping[str, PropertySpec], above: str = "") -> Iterable[tuple[str, ...]]:
    """A row for each property, what is inside maps and lists below it."""
    for name, spec in specs.items():
        if spec.support.hidden:
            continue
        path = f"{above}{name}"
        change = "" if above else _change(spec)
        default = "required" if spec.required else _code(spec.default)
        yield f"`{path}`", str(spec.kind), default, change, _property_text(spec)
        inside = spec.items if spec.items is not None else spec
        if inside.fields is not None:
            dots = "[]." if spec.items is not None else "."
            yield from _properties(inside.fields, f"{path}{dots}")


def _change(spec: PropertySpec) -> str:
    if spec.immutable:
        return "refused"
    return "in place" if spec.update else "replaces"


def _property_text(spec: PropertySpec) -> str:
    parts = [spec.doc]
    if spec.replaced_by:
        parts.append(f"An old name of `{spec.replaced_by}`.")
    if not spec.implemented:
        parts.append("Accepted, and without effect.")
    parts += [_constraint_text(item) for item in _constraints(spec)]
    parts.append(_since(spec.support))
    return " ".join(part for part in parts if part)


def _constraints(spec: PropertySpec) -> list[Any]:
    inside = list(spec.items.constraints) if spec.items is not None else []
    return [*spec.constraints, *(item for item in inside if item not in spec.constraints)]


def _constraint_text(constraint: Any) -> str:
    if isinstance(constraint, Lookup):
        return f"Names a `{constraint.kind}`."
    shown = constraint.to_json()
    if not shown:
        reason = getattr(constraint, "reason", "")
        return f"{reason[:1].upper()}{reason[1:].rstrip('.')}." if reason else ""
    ((kind, value),) = ((kind, value) for kind, value in shown.items() if kind != "description")
    if kind in ("length", "range"):
        low, high = value.get("min"), value.get("max")
        if low is None or high is None:
            return f"{kind.capitalize()} {f'up to {high}' if low is None else f'from {low}'}."
        return f"{kind.capitalize()} {low} to {high}."
    if kind == "allowed_values":
        return f"One of {', '.join(f'`{item}`' for item in value)}."
    if kind == "allowed_pattern":
        return f"Matches `{value}`."
    if kind == "modulo":
        return f"A multiple of {value['step']}, plus {value['offset']}."
    return f"Must be a `{value}`."


def _attribute_text(spec: AttributeSpec) -> str:
    live = "Read when it is asked for." if spec.live else ""
    secret = "Secret." if spec.sensitive else ""
    return " ".join(part for part in (spec.doc, live, secret, _since(spec.support)) if part)


def _since(support: Support) -> str:
    if support.status == "DEPRECATED":
        return "**Deprecated.**"
    return ""


def _support_text(status: Mapping[str, Any]) -> str:
    version = status.get("version")
    words = {"SUPPORTED": "Supported", "DEPRECATED": "Deprecated", "UNSUPPORTED": "Unsupported"}
    word = words.get(str(status["status"]), str(status["status"]).capitalize())
    return f"{word} since Heat {version}." if version else ""


# --- Markdown -----------------------------------------------------------------------------------


def _text(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(value: Any) -> str:
    if value is None or value in ("", ()):
        return ""
    return f"`{value}`"


def _kind(kind: type) -> str:
    return {"int": "whole number", "float": "number", "str": "text"}[kind.__name__]


def _span(names: Sequence[str]) -> str:
    if not names:
        return ""
    latest = versions()[-1].version
    if names[-1] == latest:
        return f"since {names[0]}"
    return names[0] if names[0] == names[-1] else f"{names[0]} to {names[-1]}"


def _file_of(name: str) -> str:
    return f"{name.replace('::', '-')}.md"


def _link(name: str) -> str:
    return f"[{name}](types/{_file_of(name)})"


def _doc(types: Registry, name: str) -> str:
    found = types.get(name)
    assert found is not None
    return str(getattr(found, "doc", ""))


def _path(path: str) -> str:
    return path.replace("{arn:path}", "{arn}").removeprefix(TENANT)


def _sentence(function: Any) -> str:
    """The first paragraph of a docstring."""
    return (getdoc(function) or "").partition("\n\n")[0]


def _first_paragraphs(module: Any, *, skip: int) -> str:
    return " ".join((getdoc(module) or "").split("\n\n")[skip].split())


def _command(group: click.Command, name: str) -> click.Command:
    assert isinstance(group, click.Group)
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command


def _help(command: click.Command, path: str) -> str:
    with click.Context(
        command, info_name=path, terminal_width=WIDTH, help_option_names=["-h", "--help"]
    ) as context:
        return f"```text\n{command.get_help(context)}\n```"


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        wrong = stale()
        for path in wrong:
            print(f"docs/reference/{path} is not up to date; run `make docs`", file=sys.stderr)
        sys.exit(bool(wrong))
    write()
