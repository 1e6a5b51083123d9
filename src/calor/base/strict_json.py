"""JSON as its standard has it: finite numbers, whole characters, and no deeper than anybody writes.

Python's own reader takes more than other programs can read. It knows no meaning of what it reads.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

MAX_DEPTH = 100

_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def parse(text: str | bytes, *, depth: int | None = MAX_DEPTH) -> Any:
    """The value of a JSON text; `depth` None leaves its depth to whoever looks closer. Raises
    ValueError that says what is wrong."""
    if not isinstance(text, str | bytes):
        raise ValueError("it is no text")
    try:
        written = text if isinstance(text, str) else text.decode(json.detect_encoding(text))
        value = json.loads(written, parse_float=_finite, parse_constant=_no_number)
        if _HALF_PAIR.search(written):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it nests too deep") from None
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair stands alone in a text") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        if "integer string conversion" in str(error):
            raise ValueError("a number has too many digits") from None
        raise
    if depth is not None and is_deeper(value, depth):
        raise ValueError(f"it nests deeper than {depth} levels")
    return value


def is_deeper(value: Any, depth: int = MAX_DEPTH) -> bool:
    """Whether maps and lists nest deeper than that."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        level = [
            item
            for one in level
            for item in (one.values() if isinstance(one, dict) else one)
            if isinstance(item, dict | list)
        ]
        if not level:
            return False
    return True


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number that JSON knows")
