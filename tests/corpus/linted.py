"""Lints every real template; what is found must be what is known.

`known/NAME.txt` has a line for each error: its code and its place. Each was looked at and is a
mistake of its template. `python -m corpus.linted`, with `tests` on the path, writes the files anew:
look at what is new in them before you keep it. Warnings are counted only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CALOR = Path(sys.executable).with_name("calor")
CORPUS = HERE.parents[1] / ".corpus"


@dataclass(frozen=True, slots=True)
class Package:
    """`folder` is where the package's templates are; `assumed` are types of its own."""

    name: str
    folder: Path
    assumed: tuple[str, ...]

    @property
    def known(self) -> Path:
        return HERE / "known" / f"{self.name}.txt"


PACKAGES = (
    Package(
        "tripleo-heat-templates",
        CORPUS / "tripleo-heat-templates-18.0.0" / "tripleo-heat-templates-18.0.0",
        ("OS::TripleO::*",),
    ),
    Package("magnum", CORPUS / "magnum-21.0.1" / "magnum" / "drivers", ("Magnum::*",)),
)


def errors_of(package: Package) -> list[str]:
    """The errors in a package's templates, a line each; tells what was read."""
    files = Counter(_kind(path) for path in package.folder.rglob("*") if path.is_file())
    print(f"{package.name}: {dict(files.most_common())}")
    found = _linted(package)
    counts = Counter(f"{item['severity']} {item['code']}" for item in found)
    print(dict(sorted(counts.items())))
    return [told(item) for item in found if item["severity"] == "error"]


def _linted(package: Package) -> list[Mapping[str, Any]]:
    command = [str(CALOR), "lint", "--format", "json", "."]
    for pattern in package.assumed:
        command += ["--assume-type", pattern]
    done = subprocess.run(command, cwd=package.folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    print(done.stderr.strip())
    found: list[Mapping[str, Any]] = json.loads(done.stdout)
    return found


def told(item: Mapping[str, Any]) -> str:
    return f"{item['code']} {item['file']}:{item['line']}:{item['column']}"


def _kind(path: Path) -> str:
    if path.name.endswith(".j2.yaml"):
        return "rendered first (.j2.yaml)"
    return "YAML" if path.suffix in (".yaml", ".yml") else "other"


def main() -> None:
    for package in PACKAGES:
        package.known.write_text("".join(f"{line}\n" for line in errors_of(package)))


if __name__ == "__main__":
    main()
