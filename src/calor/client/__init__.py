"""Floor 4: the typed client of Calor's REST API, the supported way to use Calor from Python.

It talks to any Calor (or Heat) through a `base.wire.Transport`; it reads no store and asks no
cloud itself.

    client = Client(transport, "http://127.0.0.1:8004/v1/PROJECT", token=get_token, clock=clock)
    await client.create("web", files.collect("web.yaml", ["prod.yaml"], parameters={"size": 3}))

- `client.Client`: stacks, plans, resources, events, outputs, what was written, types.
- `nouns`: `StackInfo`, `ResourceInfo`, `EventInfo`, `OutputInfo`, `ExportInfo`, `PlanInfo`,
  `ChangeInfo`, `PropertyChangeInfo`, `TypeInfo`: what it answers.
- `files.collect(template, environments=(), ...) -> StackInput`: reads a template, its environments
  and all files that they name from disk, as python-heatclient does.
- Faults are raised as the kinds of `base.errors`; an `InvalidInput` carries diagnostics whose spans
  point into the texts that were sent.
"""

from calor.client.client import Client
from calor.client.files import StackInput, collect
from calor.client.nouns import (
    ChangeInfo,
    EventInfo,
    ExportInfo,
    OutputInfo,
    PlanInfo,
    PropertyChangeInfo,
    ResourceInfo,
    StackInfo,
    TypeInfo,
)

__all__ = [
    "ChangeInfo",
    "Client",
    "EventInfo",
    "ExportInfo",
    "OutputInfo",
    "PlanInfo",
    "PropertyChangeInfo",
    "ResourceInfo",
    "StackInfo",
    "StackInput",
    "TypeInfo",
    "collect",
]
