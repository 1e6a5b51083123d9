"""The custom constraints of parameters: what needs no cloud is checked, the rest is listed.

Code R14x.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from calor.base.diagnostics import Diagnostics, Rule
from calor.base.values import MASK, Unknown, Value, is_sensitive, reveal
from calor.schema import FORMATS
from calor.template.parameters import Pending

BAD_PARAMETER = Rule(
    "R140",
    "a parameter breaks its custom constraint",
    "The template asks for a value of a certain form, as an address or a network in CIDR"
    " notation, and the parameter's value has another.",
)


def left_for_cloud(pending: Iterable[Pending], diagnostics: Diagnostics) -> Iterator[Pending]:
    """Those that only the cloud can answer; the others are checked here."""
    for item in pending:
        known = FORMATS.get(item.constraint)
        if known is None:
            yield item
            continue
        for value in _values(item.value):
            problem = known.check(reveal(value))
            if problem is not None:
                # What is wrong with a secret can't be said without a part of it.
                told = f"{MASK} does not fit" if is_sensitive(item.value) else problem
                diagnostics.add(
                    BAD_PARAMETER,
                    item.description or f"parameter {item.parameter!r}: {told}",
                    item.span,
                    path=("parameters", item.parameter),
                    hint=f"the constraint is {item.constraint}",
                )


def _values(value: Value) -> list[Value]:
    if isinstance(value, Unknown) or value in (None, ""):
        return []
    return value if isinstance(value, list) else [value]
