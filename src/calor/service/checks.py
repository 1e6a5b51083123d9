"""Small rules about what a caller may ask: names, tags, limits.

Pure functions that raise `UserError` kinds; they ask nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from calor.base.errors import LimitExceeded
from calor.base.settings import Settings
from calor.model.stack import Definition
from calor.service.errors import StackValidationFailed

STACK_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]{0,254}")
"""Heat's pattern for the name of a stack."""
TAG_LENGTH = 80


def check_name(name: str) -> None:
    if not STACK_NAME.fullmatch(name):
        raise StackValidationFailed(
            f"{name!r} can't be the name of a stack.",
            hint="begin with a letter; then up to 254 letters, digits, '_', '.' and '-'",
        )


def check_tags(tags: Sequence[str]) -> None:
    for tag in tags:
        if not tag or len(tag) > TAG_LENGTH or "," in tag:
            raise StackValidationFailed(
                f"{tag!r} can't be a tag.", hint=f"1 to {TAG_LENGTH} characters, without commas"
            )


def check_timeout(seconds: float | None) -> None:
    if seconds is not None and seconds <= 0:
        raise StackValidationFailed(
            "The timeout must be at least one minute.", hint="give whole minutes, as 60"
        )


def check_sizes(definition: Definition, settings: Settings) -> None:
    """Refuses texts that are larger than a template may be."""
    texts = [
        ("The template", definition.template),
        *(
            (f"Environment {number}", text)
            for number, text in enumerate(definition.environments, start=1)
        ),
    ]
    for what, text in texts:
        check_size(what, text, settings)


def check_size(what: str, text: str, settings: Settings) -> None:
    limit = settings.max_template_size
    if limit < 0 or len(text) * 4 <= limit:
        return
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise LimitExceeded(
            f"{what} has {size} bytes; at most {limit} are allowed.", "max_template_size"
        )


def check_stack_count(count: int, settings: Settings) -> None:
    limit = settings.max_stacks_per_tenant
    if 0 <= limit <= count:
        raise LimitExceeded(
            f"The project has {count} stacks; at most {limit} are allowed.",
            "max_stacks_per_tenant",
        )
