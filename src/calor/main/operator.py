"""The operator's own environments: a folder that is read when the program starts."""

from __future__ import annotations

from pathlib import Path

from calor.base.diagnostics import render
from calor.base.errors import InvalidInput, UserError
from calor.base.settings import Settings
from calor.client.files import collect
from calor.planning.surroundings import Surroundings, surroundings

ENDINGS = (".yaml", ".yml", ".json")


def operators_surroundings(settings: Settings) -> Surroundings:
    """What the folder `environment_dir` holds, files in the order of their names.

    Raises `UserError` for a folder that can't be read and for environments with errors.
    """
    if not settings.environment_dir:
        return Surroundings()
    folder = Path(settings.environment_dir)
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in ENDINGS)
    except OSError as error:
        raise UserError(
            f"the folder of environments {str(folder)!r} can't be read: {error.strerror}",
            "make it, or set CALOR_ENVIRONMENT_DIR to another one",
        ) from None
    try:
        found = collect(None, paths)
        texts = {
            str(path): found.files[name]
            for path, name in zip(paths, found.environment_files, strict=True)
        }
        return surroundings(texts, found.files)
    except InvalidInput as error:
        told = "\n".join(render(problem) for problem in error.diagnostics) or str(error)
        raise UserError(
            f"the environments of {str(folder)!r} can't be used:\n{told}",
            "mend them; templates that they name go into a folder below",
        ) from None
