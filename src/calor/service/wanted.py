"""What a caller gives to define a stack, and how it becomes a definition.

Pure. Nothing is read or checked here but what is needed to lay a new input over an older one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from calor.base.values import Value
from calor.model.stack import Definition
from calor.service.errors import StackValidationFailed
from calor.template.load import load_environment
from calor.template.plain import to_plain
from calor.template.reader import read
from calor.template.registry import HOOKS

Text: TypeAlias = str | Mapping[str, Any]
"""A document as its author wrote it, or parsed already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The input of a create, an update, a validation or a plan.

    None means that it was not given. With `existing` (Heat's PATCH) what is not given stays as
    it is, and what is given is laid over it; without, what is not given is empty.
    `timeout` is in seconds. `environment_files` names the environments among `files`, which then
    count instead of `environment`, but for the hooks in it.
    """

    template: Text | None = None
    environment: Text | None = None
    environment_files: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    clear_parameters: tuple[str, ...] = ()
    timeout: float | None = None
    disable_rollback: bool | None = None
    tags: tuple[str, ...] | None = None
    existing: bool = False


def definition_of(wanted: Wanted, old: Definition | None = None) -> Definition:
    """The definition that a caller asks for; `old` is the stack's present one.

    Raises `StackValidationFailed` when there is no template.
    """
    if wanted.existing and old is not None:
        return _laid_over(old, wanted)
    if wanted.template is None:
        raise StackValidationFailed(
            "No template was given.",
            hint="send 'template' (parsed) or 'template_text'",
        )
    return Definition(
        template=as_text(wanted.template),
        environments=_environments(wanted),
        files=dict(wanted.files),
        parameters=dict(wanted.parameters),
        facade=None if old is None else old.facade,
    )


def as_text(document: Text) -> str:
    """A document as text; a parsed one becomes JSON, a line for each value, so that problems in
    it have a place that people can look at."""
    if isinstance(document, str):
        return document
    return json.dumps(document, ensure_ascii=False, indent=2)


def _environments(wanted: Wanted) -> tuple[str, ...]:
    if wanted.environment_files:
        missing = [name for name in wanted.environment_files if name not in wanted.files]
        if missing:
            raise StackValidationFailed(
                f"The environment file {missing[0]!r} is not among the files that were sent.",
                hint="send its text in 'files' under the same name",
            )
        given = tuple(wanted.files[name] for name in wanted.environment_files)
        return given + _hooks_beside(wanted.environment)
    return (as_text(wanted.environment),) if wanted.environment else ()


def _hooks_beside(environment: Text | None) -> tuple[str, ...]:
    """An environment of the hooks alone: python-heatclient says those of its command line, as of
    `--pre-create`, in the environment that it merged, and in no file."""
    node = read(as_text(environment), name="environment").node if environment else None
    document = to_plain(node) if node is not None else None
    registry = document.get("resource_registry") if isinstance(document, dict) else None
    hooks = _hooks_in(registry.get("resources")) if isinstance(registry, dict) else {}
    return (as_text({"resource_registry": {"resources": hooks}}),) if hooks else ()


def _hooks_in(tree: Value) -> dict[str, Value]:
    """A map of names without all that is no hook. What is wrong is told of the files."""
    if not isinstance(tree, dict):
        return {}
    found: dict[str, Value] = {}
    for key, value in tree.items():
        if key == "hooks":
            words = value if isinstance(value, list) else [value]
            kept: Value = [word for word in words if word in HOOKS]
        else:
            kept = _hooks_in(value)
        if kept:
            found[key] = kept
    return found


def _laid_over(old: Definition, wanted: Wanted) -> Definition:
    added = _environments(wanted)
    newly_set = _parameters_in(added)
    dropped = {**dict.fromkeys(wanted.clear_parameters), **newly_set}
    kept = {name: value for name, value in old.parameters.items() if name not in dropped}
    cleared = dict.fromkeys(wanted.clear_parameters)
    environments = tuple(
        without_parameters(text, cleared) for text in old.environments if text not in added
    )
    return replace(
        old,
        template=old.template if wanted.template is None else as_text(wanted.template),
        environments=environments + added,
        files={**old.files, **wanted.files},
        parameters={**kept, **wanted.parameters},
    )


def _parameters_in(texts: tuple[str, ...]) -> dict[str, None]:
    """Names in the `parameters` of environments: the newer ones win over values given before."""
    names: dict[str, None] = {}
    for number, text in enumerate(texts):
        environment = load_environment(text, name=f"environment {number + 1}").environment
        if environment is not None:
            names.update(dict.fromkeys(environment.parameters))
    return names


def without_parameters(text: str, names: Mapping[str, None]) -> str:
    """An environment's text without some of its parameters; untouched where it has none of them."""
    if not names or not any(name in text for name in names):
        return text
    node = read(text, name="environment").node
    document = to_plain(node) if node is not None else None
    if not isinstance(document, dict):
        return text
    parameters = document.get("parameters")
    if not isinstance(parameters, dict) or not any(name in parameters for name in names):
        return text
    kept = {name: value for name, value in parameters.items() if name not in names}
    return json.dumps({**document, "parameters": kept}, ensure_ascii=False, indent=2)
