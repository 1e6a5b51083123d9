"""What lint found, as SARIF 2.1.0, which code hosts and editors show beside the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from calor import __version__
from calor.base.diagnostics import Diagnostic, Rule
from calor.base.source import Span
from calor.cli.report.report import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report) -> str:
    rules = {item.code: item.rule for item in report.diagnostics}
    codes = sorted(rules)
    run = {
        "tool": {
            "driver": {
                "name": "calor",
                "version": __version__,
                "rules": [_rule(rules[code]) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, codes.index(item.code)) for item in report.diagnostics],
    }
    return json.dumps(
        {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False
    )


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation or rule.title},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(item: Diagnostic, index: int) -> dict[str, Any]:
    words = f"{item.message} ({item.hint})" if item.hint else item.message
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": item.severity.value,
        "message": {"text": words},
        "locations": [] if item.span is None else [_location(item.span)],
    }
    if item.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": words}, **_location(span)}
            for number, (span, words) in enumerate(item.related)
        ]
    return result


def _location(span: Span) -> dict[str, Any]:
    end_line, end_column = span.end_position
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.source.name)},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        }
    }


def _uri(name: str) -> str:
    """A path as a reference: relative ones stay so, as code hosts want them."""
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
