"""Warnings about templates that are right and still not good, each in a file of its own.

They are for whoever reads a template, as lint and editors; no request is held up by one. A module
here with a function `check(seen) -> Iterator[Diagnostic]` is asked; nothing else needs to know of
it. Codes L1xx.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from calor.base.diagnostics import Diagnostic, merged
from calor.planning.composition import Composition
from calor.planning.lints.seen import Seen

Check = Callable[[Seen], Iterator[Diagnostic]]


def warnings_of(composition: Composition) -> list[Diagnostic]:
    """All warnings about a template, and about the templates of the stacks in it, each but once.

    What has mistakes is looked at too, but nothing is said that may follow from a mistake.
    """
    return merged(_warnings(composition))


@cache
def checks() -> tuple[Check, ...]:
    """All there are, in the order of their files' names."""
    modules = sorted(item.name for item in iter_modules(__path__))
    found = (getattr(import_module(f"{__name__}.{name}"), "check", None) for name in modules)
    return tuple(check for check in found if check is not None)


def _warnings(composition: Composition, *, written: bool = True) -> Iterator[Diagnostic]:
    """`written` says that somebody wrote the template: that of a group is made."""
    template = composition.template
    if template is not None and written:
        errors = [
            item
            for item in composition.diagnostics.errors
            if item.span is None or item.span.source.name == template.source.name
        ]
        seen = Seen(template, composition.parts, errors)
        for check in checks():
            yield from check(seen)
    for name, child in composition.children.items():
        made_of = composition.parts[name].type.outer_path(())
        yield from _warnings(child, written=made_of is None)
