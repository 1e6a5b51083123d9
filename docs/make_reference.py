"""Writes `docs/reference/` out of the declarations in the code. `make docs` runs it.

It invents nothing: whoever wants another sentence in the reference writes it where the thing is
declared. With `--check` it writes nothing and ends with 1 when a file is not up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import fields
from inspect import getdoc
from pathlib import Path
from typing import Any

import click
from making.markdown import bullets, code, table, text
from making.types import doc_of, file_of, link, property_rows, type_page

from calor import sinks
from calor.api import rest
from calor.api.rest.policy import POLICIES
from calor.api.rest.routes import ROUTES, TENANT
from calor.base import settings
from calor.base.diagnostics import Severity
from calor.cli.root import COMMANDS
from calor.cli.root import cli as calor
from calor.main.calor_api import api as calor_api
from calor.main.calor_engine import engine as calor_engine
from calor.main.rules import all_rules
from calor.resources.registry import Registry
from calor.sandbox.control import CONTROL
from calor.sandbox.faults import Fault
from calor.sandbox.settings import Delays, SandboxSettings
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
        found[f"types/{file_of(name)}"] = type_page(types, name)
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
        bullets(
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
        parts += [
            f"### {service}",
            bullets([f"{link(name)}: {doc_of(types, name)}" for name in own]),
        ]
    return text(parts)


def _settings() -> str:
    rows = [
        (f"`CALOR_{name.upper()}`", _kind(kind), code(default), meaning)
        for name, (kind, default, meaning) in settings.documented().items()
    ]
    return text(
        [
            "# Settings",
            "Every program of Calor reads these variables of its environment; options of the "
            "command line win over them. " + _first_paragraphs(settings, skip=1),
            table(("variable", "type", "default", "meaning"), rows),
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
    return text(parts)


def _rest_api() -> str:
    served = [route for route in ROUTES if route.success < 400]
    refused = [route for route in ROUTES if route.success >= 400]
    methods: dict[tuple[str, ...], list[str]] = {}
    for route in served:
        about = (
            f"`{_path(route.path)}`",
            str(route.success),
            " or ".join(POLICIES[route.policy]),
            sentence(route.handler),
        )
        methods.setdefault(about, []).append(f"`{route.method}`")
    rows = [(" ".join(found), *about) for about, found in methods.items()]
    ours = (getdoc(rest) or "").partition("Beside Heat's API:")[2].strip()
    return text(
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
            table(("method", "path", "success", "role", "what"), rows),
            "## Not available",
            "These are of Heat's API and answer with status 400 and one clear sentence.",
            bullets([f"`{route.method}` `{_path(route.path)}`" for route in refused]),
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
        command = _command(calor, name)
        if not isinstance(command, click.Group):
            parts += [f"## calor {name}", _help(command, f"calor {name}")]
            continue
        for below in command.list_commands(click.Context(command)):
            path = f"calor {name} {below}"
            parts += [f"## {path}", _help(_command(command, below), path)]
    for name, command in (("calor-api", calor_api), ("calor-engine", calor_engine)):
        parts += [f"## {name}", _help(command, name)]
    return text(parts)


def _event_sinks() -> str:
    parts = [
        "# Event sinks",
        "What an item of an environment's `event_sinks` may hold beside its `type`. "
        "[How to use them](../how-to/event-sinks.md).",
    ]
    for name in sinks.names():
        found = sinks.kind_named(name)
        assert found is not None
        rows = [(*row[:3], row[4]) for row in property_rows(found.schema.properties)]
        parts += [
            f"## {name}",
            f"{getdoc(found)} It needs the service `{found.service}` in the cloud's catalog.",
            table(("key", "type", "default", "meaning"), rows),
        ]
    return text(parts)


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
        parts += [f"## {title}", table(tuple(columns), rows)]
    return text(parts)


def _sandbox() -> str:
    ways = [
        (f"`{route.method}`", f"`{CONTROL.prefix}{route.pattern}`", sentence(route.handler))
        for route in CONTROL.routes
    ]
    delays = [(f"`{item.name}`", code(item.default)) for item in fields(Delays)]
    simple = [
        (f"`{item.name}`", code(getattr(SandboxSettings(), item.name)))
        for item in fields(SandboxSettings)
        if item.name not in ("delays", "quotas")
    ]
    faults = [(f"`{item.name}`", code(getattr(Fault(), item.name))) for item in fields(Fault)]
    return text(
        [
            "# Sandbox",
            "What the simulated cloud can be told, at the URL that it prints at the start. No "
            "token is needed.",
            table(("method", "path", "what"), ways),
            "## Settings",
            getdoc(SandboxSettings) or "",
            table(("setting", "default"), simple),
            "### delays",
            getdoc(Delays) or "",
            table(("delay", "default"), delays),
            "### quotas",
            "`compute`, `network` and `volume`, each a map of the service's own names of quotas to "
            "numbers; -1 is no limit.",
            "## Faults",
            getdoc(Fault) or "",
            table(("key", "default"), faults),
        ]
    )


# --- words --------------------------------------------------------------------------------------


def _kind(kind: type) -> str:
    return {"int": "whole number", "float": "number", "str": "text"}[kind.__name__]


def _span(names: Sequence[str]) -> str:
    if not names:
        return ""
    latest = versions()[-1].version
    if names[-1] == latest:
        return f"since {names[0]}"
    return names[0] if names[0] == names[-1] else f"{names[0]} to {names[-1]}"


def _path(path: str) -> str:
    return path.replace("{arn:path}", "{arn}").removeprefix(TENANT)


def sentence(function: Any) -> str:
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
