"""The folder in which a program keeps its state. It puts nothing there."""

from __future__ import annotations

import os
from pathlib import Path

from calor.base.errors import UserError


def make_folder(folder: Path) -> None:
    """Makes the folder, for its owner only, if it is not there. Raises UserError when it can't be
    used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if os.path.lexists(folder) or isinstance(error, NotADirectoryError):
            reason = "something that is no folder is there"
        else:
            reason = (error.strerror or str(error)).lower()
        raise UserError(f"can't keep state in {folder}: {reason}", HINT) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f"can't keep state in {folder}: this user may not write there", HINT)


HINT = "name another folder with --dir"
