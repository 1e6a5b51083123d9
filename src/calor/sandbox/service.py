"""What the sandbox must know of a service to serve it; a new service is one of these.

It holds no state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from calor.base.wire import Response
from calor.sandbox.call import Call, Refusal
from calor.sandbox.router import Route
from calor.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that exists in the cloud."""

    service: str
    kind: str
    id: str
    name: str
    project_id: str


@dataclass(frozen=True, slots=True)
class Service:
    """`prefix` is the first part of its paths (`/compute`), `endpoint` what follows the base URL
    in the catalog, with `%(project_id)s` in it where the service wants that.

    `fault` puts a refusal into the service's own shape. `negotiate` reads the microversion off a
    call (Refusal 406), `announce` names the headers that tell it. `seed` makes the initial
    contents, `things` lists what exists.
    """

    name: str
    type: str
    prefix: str
    endpoint: str
    routes: tuple[Route, ...]
    fault: Callable[[Refusal], Response]
    things: Callable[[World], Iterable[Thing]]
    seed: Callable[[World, float], None] | None = None
    negotiate: Callable[[Call], tuple[int, int]] | None = None
    announce: Callable[[tuple[int, int]], dict[str, str]] | None = None
