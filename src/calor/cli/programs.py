"""What the command line is given by `main`: the parts that it may not build itself.

Only the description is here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from calor.base.diagnostics import Rule
from calor.cli.where import Serving, Where

if TYPE_CHECKING:  # they would make every start slower
    from calor.client import Client
    from calor.model.ports import Types


class Programs(Protocol):
    def types(self) -> Types:
        """The registry of resource types."""
        ...

    def rules(self) -> Mapping[str, Rule]:
        """What diagnostics can say, by code."""
        ...

    def connect(self, where: Where, *, debug: bool = False) -> AbstractAsyncContextManager[Client]:
        """A client of the Calor that is meant; in local mode, of one that runs in this process
        until the context ends."""
        ...

    def lsp(self, environments: Sequence[Path], assumed: Sequence[str]) -> None:
        """Serves an editor on standard input and output until it hangs up."""
        ...

    def serve(self, serving: Serving) -> None:
        """Serves until the process is told to end."""
        ...

    def sandbox(self, serving: Serving) -> None:
        """Serves a sandbox alone until the process is told to end."""
        ...
