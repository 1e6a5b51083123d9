"""Fetches packages with real templates from PyPI for the slow tests that read them, makes sure
that they are the ones that are meant, and unpacks them into `.corpus`.

Run it with the Python of .venv: `python tools/corpus.py`. What is there already stays.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".corpus"


@dataclass(frozen=True, slots=True)
class Package:
    """A release on PyPI: `file` is the name of its distribution, `sha256` that file's digest."""

    name: str
    version: str
    file: str
    sha256: str

    @property
    def folder(self) -> Path:
        """Where the unpacked files are."""
        return CACHE / f"{self.name}-{self.version}"

    def fetch(self) -> Path:
        """The folder, fetched first if it is not there."""
        folder = self.folder
        if (folder / ".complete").exists():
            return folder
        archive = CACHE / self.file
        if not archive.exists():
            self._download()
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != self.sha256:
            raise SystemExit(f"{self.file} has the digest {found}, not {self.sha256}: remove it")
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(folder)
        else:
            with tarfile.open(archive) as sdist:
                # Debian 12 has 3.11.2, which knows no filters yet; the digest says what is in it.
                safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
                sdist.extractall(folder, **safely)
        self.prepare(folder)
        (folder / ".complete").touch()
        return folder

    def _download(self) -> None:
        kind = "--only-binary" if self.file.endswith(".whl") else "--no-binary"
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", kind, ":all:"]
        subprocess.run([*command, "-d", CACHE, f"{self.name}=={self.version}"], check=True)

    def prepare(self, folder: Path) -> None:
        """What has to be done once after the unpacking."""


class TripleO(Package):
    """Templates, some of which its own program renders first."""

    def prepare(self, folder: Path) -> None:
        program = "tools/process-templates.py"
        subprocess.run(
            [sys.executable, program],
            cwd=folder / f"{self.name}-{self.version}",
            check=True,
            stdout=subprocess.DEVNULL,
        )


TRIPLEO = TripleO(
    "tripleo-heat-templates",
    "18.0.0",
    "tripleo-heat-templates-18.0.0.tar.gz",
    "09026a2ace181b1a2eeddb941504add4a10429a391bd265b4c04571f131b8b89",
)
MAGNUM = Package(
    "magnum",
    "21.0.1",
    "magnum-21.0.1-py3-none-any.whl",
    "ab9b0a511c156ced4c0c93b426975215540c1c784ed1c1474fc55bfffaafcca8",
)


def main() -> None:
    for package in (TRIPLEO, MAGNUM):
        folder = package.fetch()
        print(f"{folder}: {sum(path.is_file() for path in folder.rglob('*'))} files")


if __name__ == "__main__":
    main()
