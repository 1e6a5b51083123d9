"""What lint found, as a JSON list of problems. Lines and columns begin at 1; ends are exclusive."""

from __future__ import annotations

import json
from typing import Any

from calor.base.diagnostics import Diagnostic
from calor.cli.report.report import Report


def as_json(report: Report) -> str:
    return json.dumps([_item(item) for item in report.diagnostics], indent=2, ensure_ascii=False)


def _item(item: Diagnostic) -> dict[str, Any]:
    return {
        "code": item.code,
        "severity": item.severity.value,
        "message": item.message,
        "hint": item.hint or None,
        "path": list(item.path),
        **(item.span.to_json() if item.span is not None else {}),
        "related": [{"message": words, **span.to_json()} for span, words in item.related],
    }
