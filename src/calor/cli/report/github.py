"""What lint found, as the commands that GitHub's workflows turn into annotations."""

from __future__ import annotations

from calor.base.diagnostics import Diagnostic
from calor.cli.report.report import Report


def github(report: Report) -> str:
    return "\n".join(_line(item) for item in report.diagnostics)


def _line(item: Diagnostic) -> str:
    place: dict[str, str | int] = {}
    if item.span is not None:
        end_line, end_column = item.span.end_position
        place = {"file": item.span.source.name, "line": item.span.line, "endLine": end_line}
        # A workflow's runner takes columns only of what stands in one line.
        if end_line == item.span.line:
            column = item.span.column
            place |= {"col": column, "endColumn": max(end_column - 1, column)}
    place |= {"title": f"{item.code} {item.rule.title}"}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    lines = [item.message, f"hint: {item.hint}" if item.hint else ""]
    lines += [f"{span}: {words}" for span, words in item.related]
    return f"::{item.severity.value} {told}::{_escaped(chr(10).join(filter(None, lines)))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
