"""What a server loads before it serves.

Types, functions and dialects are found by file and imported when somebody asks for them, so that a
command starts at once. In a server the first who asks would wait, and all others with them.
"""

from __future__ import annotations

from calor.model.ports import Types
from calor.template import dialects, functions


def preload(types: Types) -> None:
    """Imports all that templates may name."""
    for name in types.names():
        types.get(name)
    functions.registry()
    dialects.versions()
