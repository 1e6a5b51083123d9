"""Settings: one frozen object, made once in `main` and passed down, never a global.

Names and defaults of limits are Heat's where Heat has them (release 27). Times are seconds,
sizes bytes, -1 means no limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, get_args, get_type_hints

from calor.base.errors import UserError

PREFIX = "CALOR_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator may set; each is read from `CALOR_<NAME>` or a file."""

    max_resources_per_stack: Annotated[
        int, "Resources in a stack together with all its nested stacks."
    ] = 1000
    max_nested_stack_depth: Annotated[int, "How deep stacks may nest."] = 5
    max_stacks_per_tenant: Annotated[int, "Stacks of one project, nested ones not counted."] = 512
    max_template_size: Annotated[int, "Size of one template."] = 524288
    max_json_body_size: Annotated[int, "Size of a request's body."] = 1048576
    yaql_limit_iterators: Annotated[int, "Items of one collection in a yaql expression."] = 200
    yaql_memory_quota: Annotated[int, "Bytes that a result in a yaql expression may take."] = 10000
    stack_action_timeout: Annotated[float, "How long an operation may take by default."] = 3600.0
    database: Annotated[str, "SQLAlchemy URL of the database."] = "sqlite:///calor.sqlite"
    bind_host: Annotated[str, "Address on which the API listens."] = "127.0.0.1"
    bind_port: Annotated[int, "Port on which the API listens; 0 picks a free one."] = 8004
    encryption_keys: Annotated[
        str, "Fernet keys for secrets, separated by commas; the first one seals, all open."
    ] = ""
    poll_interval: Annotated[
        float, "How often an engine looks for work that no message announced."
    ] = 1.0
    lease_duration: Annotated[float, "How long an engine holds a stack without renewing."] = 120.0
    call_timeout: Annotated[float, "How long a call to the cloud may take."] = 60.0
    lookup_lifetime: Annotated[float, "How long a name's id in the cloud is remembered."] = 60.0
    trust_kept: Annotated[
        float, "How long the trust is kept that a user's last stack leaves, for the next one."
    ] = 5.0
    event_retry_time: Annotated[
        float, "How long an event is offered to an event sink that does not take it."
    ] = 86400.0
    max_steps: Annotated[int, "Steps that one engine runs at once."] = 1000
    environment_dir: Annotated[
        str, "Folder with the operator's environments, which come before those of users."
    ] = ""
    region: Annotated[str, "Region whose endpoints are used."] = ""
    interface: Annotated[str, "Which of a service's endpoints: public, internal or admin."] = (
        "public"
    )
    log_level: Annotated[str, "debug, info, warning or error."] = "info"


def documented() -> dict[str, tuple[type, Any, str]]:
    """Every setting with its type, default and meaning, in order."""
    hints = get_type_hints(Settings, include_extras=True)
    return {
        item.name: (*get_args(hints[item.name])[:1], item.default, get_args(hints[item.name])[1])
        for item in fields(Settings)
    }


def from_environment(environ: Mapping[str, str], **overrides: object) -> Settings:
    """Settings out of `CALOR_*` variables; `overrides` win. Raises UserError for a wrong value."""
    values: dict[str, Any] = {}
    for name, (kind, _, _) in documented().items():
        text = environ.get(PREFIX + name.upper())
        if text is None:
            continue
        try:
            values[name] = kind(text)
        except ValueError:
            raise UserError(
                f"{PREFIX}{name.upper()} is {text!r}, which is no {kind.__name__}",
                f"set it to a value like {getattr(Settings(), name)!r}",
            ) from None
    settings = Settings(**{**values, **overrides})
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    """Raises UserError for a value of the right type that makes no sense."""
    for name, words in _WORDS.items():
        if getattr(settings, name) not in words:
            raise UserError(
                f"{PREFIX}{name.upper()} is {getattr(settings, name)!r}",
                f"set it to one of {', '.join(words)}",
            )
    for name, least in _LEAST.items():
        if not getattr(settings, name) >= least:
            raise UserError(
                f"{PREFIX}{name.upper()} is {getattr(settings, name)!r}, which is too small",
                f"set it to {least} or more",
            )
    if settings.bind_port not in range(65536):
        raise UserError(
            f"{PREFIX}BIND_PORT is {settings.bind_port}, which is no port",
            "set it to a number from 0 to 65535",
        )


_WORDS = {
    "interface": ("public", "internal", "admin"),
    "log_level": ("debug", "info", "warning", "error", "critical"),
}
_LEAST = {
    "stack_action_timeout": 1,
    "poll_interval": 0.01,
    "lease_duration": 1,
    "call_timeout": 1,
    "lookup_lifetime": 0,
    "trust_kept": 0,
    "event_retry_time": 0,
    "max_steps": 1,
}
