"""Bodies that define a stack, as `service.wanted.Wanted`. It judges their form alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calor.api.rest.call import as_bool, as_count, as_texts
from calor.base import strict_json
from calor.base.errors import InvalidInput
from calor.base.spelling import did_you_mean
from calor.service.errors import NotSupported
from calor.service.wanted import Text, Wanted

REFUSED = {
    "template_url": (
        "Fetching a template from a URL is not available.",
        "send the text in 'template' or 'template_text'",
    ),
    "files_container": (
        "Files in an object store's container are not available.",
        "send them in 'files'",
    ),
    "adopt_stack_data": (
        "Adopting what exists already is not available.",
        "a template can name it with 'external_id', and refer to it",
    ),
}
"""Keys of Heat's that are refused when they hold something: why, and what to do instead."""

KEYS = (
    "stack_name",
    "template",
    "template_text",
    "environment",
    "environment_files",
    "files",
    "parameters",
    "clear_parameters",
    "timeout_mins",
    "disable_rollback",
    "tags",
    "existing",
    "converge",
    "param_defaults",
    *REFUSED,
)
"""Keys that a body may have. Others are left alone, as Heat does, but for misspelt ones."""


def wanted_of(body: Mapping[str, Any], *, existing: bool = False) -> Wanted:
    """The input in a body of create, update, preview, validate or plan."""
    for key, (why, instead) in REFUSED.items():
        if body.get(key):
            raise NotSupported(why, instead)
    for key in body:
        meant = "" if key in KEYS else did_you_mean(key, KEYS)
        if meant:
            raise InvalidInput(f"The body has an unknown key {key!r}.", hint=meant)
    if body.get("converge") and as_bool("converge", body["converge"]):
        raise NotSupported(
            "Updating towards what exists in the cloud ('converge') is not available."
        )
    return Wanted(
        template=_template(body),
        environment=_document(body, "environment"),
        environment_files=_names(body, "environment_files"),
        files=as_texts("files", body.get("files") or {}),
        parameters=_parameters(body),
        clear_parameters=_names(body, "clear_parameters"),
        timeout=_timeout(body),
        disable_rollback=_disable_rollback(body),
        tags=_tags(body),
        existing=existing,
    )


def stack_name(body: Mapping[str, Any]) -> str:
    name = body.get("stack_name")
    if name is not None and not isinstance(name, str):
        raise InvalidInput("'stack_name' must be a text.")
    if not name:
        raise InvalidInput("'stack_name' is missing.", hint="name the stack")
    return name


def _template(body: Mapping[str, Any]) -> Text | None:
    text = body.get("template_text")
    if text is not None:
        if not isinstance(text, str):
            raise InvalidInput("'template_text' must be a text.")
        return text
    return _document(body, "template")


def _document(body: Mapping[str, Any], key: str) -> Text | None:
    value = body.get(key)
    if value is None or isinstance(value, str | Mapping):
        return value
    raise InvalidInput(f"{key!r} must be a JSON object or a text.")


def _parameters(body: Mapping[str, Any]) -> dict[str, Any]:
    value = body.get("parameters") or {}
    if not isinstance(value, Mapping):
        raise InvalidInput("'parameters' must be a JSON object.")
    if strict_json.is_deeper(value):
        raise InvalidInput(
            f"'parameters' nests deeper than {strict_json.MAX_DEPTH} levels.", hint="flatten it"
        )
    return dict(value)


def _names(body: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = body.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidInput(f"{key!r} must be a list of names.")
    return tuple(value)


def _timeout(body: Mapping[str, Any]) -> float | None:
    value = body.get("timeout_mins")
    return None if value is None else as_count("timeout_mins", value) * 60.0


def _disable_rollback(body: Mapping[str, Any]) -> bool | None:
    value = body.get("disable_rollback")
    return None if value is None else as_bool("disable_rollback", value)


def _tags(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    value = body.get("tags")
    if value is None:
        return None
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",")) if value else ()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise InvalidInput("'tags' must be a text with commas or a list of texts.")
