"""What a file says, however it is written: clients may send a template as another text, with other
blanks and comments, or as JSON. It judges nothing.
"""

from __future__ import annotations

import json
from functools import lru_cache

from calor.template.dialects import by_key
from calor.template.document import document


@lru_cache(maxsize=256)
def meaning(text: str) -> str:
    """One text for all templates that say the same; any other file means its text."""
    if not any(key in text for key in by_key()):
        return text
    data = document(text)
    if not isinstance(data, dict) or not any(key in data for key in by_key()):
        return text
    return json.dumps(data, sort_keys=True, ensure_ascii=False)
