"""The functions of the template languages, one a file, found by file.

A module here names its functions in `FUNCTIONS`; nothing else needs to know about it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from calor.template.function import Function


@cache
def registry() -> dict[str, Function]:
    """Every function there is, by each of its names."""
    found: dict[str, Function] = {}
    for module in sorted(iter_modules(__path__), key=lambda item: item.name):
        for function in import_module(f"{__name__}.{module.name}").FUNCTIONS:
            for name in function.names:
                found[name] = function
    return found
