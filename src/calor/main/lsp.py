"""The program `calor lsp`: the editor's server, put together from what `calor lint` finds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from calor.base.diagnostics import Diagnostic
from calor.base.executor import ThreadExecutor
from calor.base.system_clock import SystemClock
from calor.cli.linting import lint
from calor.client.files import ReadFile
from calor.lsp.server import make_server
from calor.resources.registry import Registry


def serve(environments: Sequence[Path], assumed: Sequence[str]) -> None:
    """Serves an editor on standard input and output until it hangs up."""
    types = Registry()

    def check(path: Path, read_file: ReadFile) -> Sequence[Diagnostic]:
        report = lint(
            types, (path,), environments=environments, assumed=assumed, read_file=read_file
        )
        return report.diagnostics

    executor = ThreadExecutor(1, "check")
    try:
        make_server(types, check, SystemClock(), executor).start_io()
    finally:
        executor.close()
