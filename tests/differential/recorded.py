"""What was answered, as files: one for each file of the corpus, one line an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping

from differential.answers import Answer
from differential.corpus import HERE, Case, cases

FOLDER = HERE / "recorded"


def load() -> dict[Case, Answer]:
    """Answers by case; cases that were never asked are not there."""
    known: dict[tuple[str, str, str], Answer] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for line in json.loads(path.read_text(encoding="utf-8")):
            version, expression = line.pop("version"), line.pop("expression")
            known[path.stem, version, json.dumps(expression, ensure_ascii=False)] = line
    return {
        case: known[case.entry, case.version, case.key]
        for case in cases()
        if (case.entry, case.version, case.key) in known
    }


def save(answers: Mapping[Case, Answer]) -> None:
    """Writes all files anew."""
    lines: dict[str, list[str]] = {}
    for case, answer in answers.items():
        told = {"version": case.version, "expression": case.expression, **answer}
        lines.setdefault(case.entry, []).append(json.dumps(told, ensure_ascii=False))
    for old in FOLDER.glob("*.json"):
        old.unlink()
    FOLDER.mkdir(exist_ok=True)
    for name, told_lines in lines.items():
        text = "[\n" + ",\n".join(told_lines) + "\n]\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
