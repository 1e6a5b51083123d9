"""Whether what is printed may have colours: not for who sets NO_COLOR (https://no-color.org)."""

from __future__ import annotations

import os


def colours() -> bool | None:
    """False for none at all; None leaves it to where the output goes: terminals have them."""
    return False if os.environ.get("NO_COLOR") else None
