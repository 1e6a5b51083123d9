"""How well a type, property or attribute is supported, and since which release of Heat.

Data only, in the shape that the API shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Support:
    """`status` is one of SUPPORTED, DEPRECATED, UNSUPPORTED, HIDDEN, UNKNOWN; `version` is the
    release since which it holds; `previous` is what held before."""

    status: str = "SUPPORTED"
    version: str | None = None
    message: str | None = None
    previous: Support | None = None

    @property
    def hidden(self) -> bool:
        return self.status == "HIDDEN"

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "version": self.version,
            "message": self.message,
            "previous_status": self.previous.to_json() if self.previous else None,
        }


SUPPORTED = Support()


def since(version: str, previous: Support | None = None) -> Support:
    """Supported since a release."""
    return Support(version=version, previous=previous)


def deprecated(version: str, *, supported: str | None = None) -> Support:
    """Deprecated since a release; `supported` is since when it was supported before."""
    return Support("DEPRECATED", version, previous=since(supported) if supported else None)


def hidden(version: str, *, deprecated: str | None = None, supported: str | None = None) -> Support:
    """Hidden since a release, with what it was before."""
    before = since(supported) if supported else None
    if deprecated is not None:
        before = Support("DEPRECATED", deprecated, previous=before)
    return Support("HIDDEN", version, previous=before)
