"""What a command line says about which Calor is meant, and what to serve. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Where:
    """Which Calor is meant.

    `server` is '' for local mode, 'catalog', or a URL. `cloud` names an entry of clouds.yaml; if it
    is '', `by_variables` says whether the OS_* variables describe one. `folder` holds local
    mode's state.
    """

    server: str = ""
    cloud: str = ""
    folder: Path = Path()
    by_variables: bool = False

    @property
    def is_local(self) -> bool:
        return not self.server

    def __str__(self) -> str:
        """As the first line of output names it."""
        cloud = f"cloud {self.cloud}" if self.cloud else "no cloud"
        if self.by_variables and not self.cloud:
            cloud = "the cloud of the OS_* variables"
        if self.is_local:
            return f"local mode: {cloud}, state in {self.folder}"
        if self.server == "catalog":
            return f"server: as the catalog of {cloud} says"
        return f"server: {self.server}, {cloud}"


@dataclass(frozen=True, slots=True)
class Serving:
    """What `calor serve` is told. `port` None takes the setting, 0 picks a free one; `folder`
    holds the state.

    `database` is '' for SQLite in the folder. `cloud` names the cloud that is served, '' with a
    sandbox of its own on `sandbox_port`, whose things take no time when `instant`.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int | None = None
    database: str = ""
    cloud: str = ""
    sandbox: bool = False
    sandbox_port: int = 0
    instant: bool = False
    register: bool = False
    debug: bool = False
