"""Downloads the real templates that slow tests read: the source distribution of
tripleo-heat-templates and the drivers of magnum, from PyPI, into a folder.

Run it with the Python of .venv: `python tools/corpus.py .corpus`. What is there already stays.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

SOURCES = {
    "tripleo-heat-templates": ("18.0.0", ["--no-binary", ":all:", "--no-build-isolation"]),
    "magnum": ("21.0.1", ["--only-binary", ":all:"]),
}


def main(folder: Path) -> None:
    for name, (version, options) in SOURCES.items():
        target = folder / f"{name}-{version}"
        if target.exists():
            continue
        archive = _downloaded(folder / "archives", name, version, options)
        _unpack(archive, target)
        print(f"{target}: {sum(path.is_file() for path in target.rglob('*'))} files")


def _downloaded(folder: Path, name: str, version: str, options: list[str]) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--no-deps", *options, "--dest", str(folder), f"{name}=={version}"], check=True
    )
    return next(folder.glob(f"{name.replace('-', '[-_]')}-{version}*"))


def _unpack(archive: Path, target: Path) -> None:
    """All files of an archive: templates name others that are none."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(target)
        return
    with tarfile.open(archive) as packed:
        packed.extractall(target, filter="data")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".corpus"))
