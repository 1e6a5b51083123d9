"""The values of a template's parameters: from what was given, environments and defaults.

Values are converted and checked as far as that needs no cloud; custom constraints are handed back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.source import Span
from calor.base.spelling import did_you_mean
from calor.base.values import Sensitive, Unknown, Value, is_known, reveal
from calor.template.constraints import Custom
from calor.template.definitions import ParameterDef, Template
from calor.template.environment import Environment
from calor.template.parameter_types import convert

WRONG_TYPE = Rule(
    "H309",
    "value does not fit the parameter",
    "The value that was given for a parameter is not of the parameter's type.",
)
BROKEN_CONSTRAINT = Rule(
    "H310",
    "value breaks a constraint",
    "The value that was given for a parameter does not keep one of its constraints.",
)
MISSING = Rule(
    "H311",
    "parameter without a value",
    "The parameter has no default, and no value was given for it.",
)
UNDEFINED = Rule(
    "H312",
    "value for a parameter that does not exist",
    "A value was given for a parameter that the template does not define.",
)
MISSING_FILE = Rule(
    "H508",
    "file of an environment is missing",
    "A parameter's value in an environment is the text of a file (`get_file`) that did not come "
    "with it.",
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A custom constraint that the cloud must be asked about. `value` may be `Sensitive`."""

    parameter: str
    constraint: str
    value: Value
    span: Span
    description: str = ""


@dataclass(frozen=True, slots=True)
class Parameters:
    """`values` has every parameter that has a value, and the pseudo parameters.

    `origins` tells where each came from: given, parameters, parameter_defaults or default; `spans`
    where it was written; of what was given in a request, where the parameter is defined.
    """

    values: Mapping[str, Value]
    pending: tuple[Pending, ...]
    origins: Mapping[str, str]
    spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolved:
    parameters: Parameters
    diagnostics: Diagnostics


def resolve_parameters(
    template: Template,
    environment: Environment | None = None,
    given: Mapping[str, Value] | None = None,
    *,
    pseudo: Mapping[str, Value] | None = None,
    files: Mapping[str, str] | None = None,
) -> Resolved:
    """The values of all parameters. `given` goes before the environment's `parameters`, these
    before its `parameter_defaults`, and these before the template's defaults; null counts as not
    given.

    Values may be `Unknown` (a nested template in a plan) or `Sensitive`.
    """
    environment = environment or Environment()
    diagnostics = Diagnostics()
    layers = {
        "given": given or {},
        "parameters": environment.parameters,
        "parameter_defaults": environment.parameter_defaults,
    }
    values: dict[str, Value] = {}
    origins: dict[str, str] = {}
    pending: list[Pending] = []
    spans: dict[str, Span] = {}
    for name, definition in template.parameters.items():
        origin = next((key for key, layer in layers.items() if layer.get(name) is not None), "")
        span = environment.spans.get((origin, name), definition.span)
        if origin:
            value = layers[origin][name]
            if origin != "given":
                value = _with_files(value, files, span, diagnostics)
        elif definition.has_default:
            origin, value, span = "default", definition.default, definition.default_span or span
        else:
            _report_missing(definition, diagnostics)
            continue
        origins[name] = origin
        spans[name] = span
        values[name] = _value(definition, value, origin, span, diagnostics)
        pending.extend(_pending(definition, values[name], span))
    _check_undefined(template, layers, environment, diagnostics)
    for name in template.dialect.pseudo_parameters:
        values[name] = (pseudo or {}).get(name, Unknown(name))
    return Resolved(Parameters(values, tuple(pending), origins, spans), diagnostics)


def _value(
    definition: ParameterDef, value: Value, origin: str, span: Span, diagnostics: Diagnostics
) -> Value:
    name, path = definition.name, ("parameters", definition.name)
    try:
        value = convert(value, definition.type)
    except ValueError as problem:
        # A wrong default was reported with the template.
        if origin != "default":
            diagnostics.add(WRONG_TYPE, f"parameter {name!r}: {problem}", span, path=path)
        return Unknown(name)
    if origin != "default" and is_known(value):
        _check_constraints(definition, reveal(value), span, diagnostics)
    if definition.hidden and not isinstance(value, Sensitive):
        return Sensitive(value)
    return value


def _check_constraints(
    definition: ParameterDef, value: Value, span: Span, diagnostics: Diagnostics
) -> None:
    for constraint in definition.constraints:
        problem = constraint.problem(value)
        if problem:
            diagnostics.add(
                BROKEN_CONSTRAINT,
                f"parameter {definition.name!r}: {problem}",
                span,
                path=("parameters", definition.name),
                hint=constraint.description,
                related=((constraint.span, "the constraint"),),
            )
            return


def _pending(definition: ParameterDef, value: Value, span: Span) -> list[Pending]:
    if not is_known(value):
        return []
    return [
        Pending(definition.name, constraint.name, value, span, constraint.description)
        for constraint in definition.constraints
        if isinstance(constraint, Custom)
    ]


def _report_missing(definition: ParameterDef, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        MISSING,
        f"parameter {definition.name!r} has no value",
        definition.span,
        path=("parameters", definition.name),
        hint=f"give one, as in -p {definition.name}=VALUE, or set it in an environment",
    )


def _check_undefined(
    template: Template,
    layers: Mapping[str, Mapping[str, Value]],
    environment: Environment,
    diagnostics: Diagnostics,
) -> None:
    """Values for nothing; `parameter_defaults` may hold what only other templates define."""
    reported: set[str] = set()
    for origin in ("given", "parameters"):
        for name in layers[origin]:
            if name in template.parameters or name in reported:
                continue
            reported.add(name)
            diagnostics.add(
                UNDEFINED,
                f"the template has no parameter {name!r}",
                environment.spans.get((origin, name)),
                path=("parameters", name),
                hint=did_you_mean(name, template.parameters) or "remove it",
            )


def _with_files(
    value: Value, files: Mapping[str, str] | None, span: Span, diagnostics: Diagnostics
) -> Value:
    """The value with the texts of the files that it names."""
    if files is None:
        return value
    if isinstance(value, dict):
        if list(value) == ["get_file"] and isinstance(value["get_file"], str):
            path = value["get_file"]
            if path in files:
                return files[path]
            diagnostics.add(MISSING_FILE, f"the file {path!r} did not come along", span)
            return Unknown(path)
        return {key: _with_files(item, files, span, diagnostics) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_files(item, files, span, diagnostics) for item in value]
    return value
