"""The `Secrets` port by Fernet: seals values at rest, and makes keyed digests.

It keeps keys in memory only; `load_keys` reads or makes the key file of local mode.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from calor.base.errors import CalorError, UserError
from calor.base.values import Sensitive, Value
from calor.model.ports import Sealed

KEY_FILE = "keys"


class FernetSecrets:
    """Seals with the first key, opens with all: put a new key in front to rotate."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise UserError(
                "There is no key to seal secrets with.",
                "set CALOR_ENCRYPTION_KEYS to a Fernet key",
            )
        self._fernets = {_key_id(key): _fernet(key) for key in keys}
        self._first = _key_id(keys[0])
        self._digest_key = hmac.digest(keys[0].encode(), b"calor digest", "sha256")

    def seal(self, value: Value) -> Sealed:
        text = self._fernets[self._first].encrypt(_json(value).encode())
        return Sealed(self._first, text.decode())

    def open(self, sealed: Sealed) -> Value:
        fernet = self._fernets.get(sealed.key_id)
        if fernet is None:
            raise CalorError(
                f"A secret was sealed with the key {sealed.key_id!r}, which is not among ours;"
                " add it to the end of CALOR_ENCRYPTION_KEYS."
            )
        try:
            return json.loads(fernet.decrypt(sealed.text.encode()))
        except InvalidToken:
            raise CalorError(
                f"A secret that the key {sealed.key_id!r} sealed was changed in the database;"
                " restore it from a backup."
            ) from None

    def digest(self, value: Value) -> str:
        text = _canonical(value).encode("utf-8", "surrogatepass")
        return hmac.digest(self._digest_key, text, "sha256").hex()


def load_keys(folder: Path) -> list[str]:
    """The keys in `FOLDER/keys`, one a line; makes folder and file, for their owner only, when
    there is none."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        _create(path)
    keys = path.read_text(errors="replace").split()
    if not all(map(_is_key, keys)) or not keys:
        raise UserError(
            f"The file {path} holds no keys to seal secrets with, or something else beside them.",
            "restore it from a backup: what was sealed can't be read without its key",
        )
    return keys


def _create(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(Fernet.generate_key().decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link, not a rename: a file that another process made first must win.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _fernet(key: str) -> Fernet:
    if not _is_key(key):
        raise UserError(
            "An encryption key is no Fernet key.",
            "make one of 32 random bytes in URL-safe base64",
        )
    return Fernet(key)


def _is_key(text: str) -> bool:
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def _key_id(key: str) -> str:
    return hashlib.sha256(b"calor key " + key.encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    if isinstance(value, Sensitive):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


_json = json.JSONEncoder(separators=(",", ":"), default=_plain).encode
_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True, default=_plain).encode
