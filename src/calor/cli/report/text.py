"""What lint found, as people read it: each problem with its line, then how many there are."""

from __future__ import annotations

from calor.base.diagnostics import render
from calor.cli.report.report import Report


def text(report: Report) -> str:
    counts = [f"{words}." for words in (report.problems, report.files) if words]
    return "\n\n".join([*map(render, report.diagnostics), " ".join(counts)])
