"""What a service's answer with an error status means: its own message, and when to come again.

Pure: it repeats nothing.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from calor.base import quick_json
from calor.base.errors import HttpFault
from calor.base.wire import Request, Response

_WRAPPERS = ("NeutronError", "error", "error_message", "fault")
_MESSAGES = ("message", "faultstring", "detail", "description", "explanation", "title")
_TAGS = re.compile(r"<(script|style|title)[^>]*>.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
_LONGEST = 2000


def fault(request: Request, response: Response, now: float) -> HttpFault:
    """The exception for an answer with an error status."""
    return HttpFault(
        response.status,
        message(response.body),
        method=request.method,
        url=request.url.partition("?")[0],
        retry_after=retry_after(response, now),
    )


def message(body: bytes) -> str:
    """What the service said, out of any of the shapes in which OpenStack's services say it."""
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return ""
    try:
        data = json.loads(text)
    except ValueError:
        return _prose(text)
    return _from_json(data)[:_LONGEST]


def _from_json(data: Any) -> str:
    if isinstance(data, str):
        try:  # Ironic puts JSON into a string
            inner = json.loads(data)
        except ValueError:
            return data.strip()
        return _from_json(inner) if isinstance(inner, dict) else data.strip()
    if isinstance(data, list):
        return "; ".join(filter(None, (_from_json(item) for item in data)))
    if not isinstance(data, dict):
        return ""
    for name in _WRAPPERS:  # Neutron, Keystone and Heat, Ironic and Aodh
        if data.get(name):
            return _from_json(data[name])
    if isinstance(data.get("errors"), list):  # Placement and Magnum
        return _from_json(data["errors"])
    for name in _MESSAGES:
        if isinstance(data.get(name), str) and data[name].strip():
            return _prose(data[name])
    if len(data) == 1:  # Nova, Cinder, Manila: {"badRequest": {...}}
        return _from_json(next(iter(data.values())))
    return ""


def _prose(text: str) -> str:
    """Text without the HTML that some services wrap it in."""
    if "<" in text and ">" in text and re.search(r"<(html|body|br|h1|p)\b", text, re.IGNORECASE):
        text = html.unescape(_TAGS.sub(" ", text))
    return " ".join(text.split())[:_LONGEST] if "\n" in text else text.strip()[:_LONGEST]


def retry_after(response: Response, now: float) -> float:
    """Seconds that the service asks us to wait; 0 when it doesn't. RFC 9110, section 10.2.3."""
    text = response.header("Retry-After").strip()
    if not text:
        return 0.0
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except ValueError:
        return 0.0


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def parsed(response: Response) -> Any:
    """The JSON body, None where there is none, the text where it is something else."""
    if not response.body:
        return None
    try:
        return quick_json.loads(response.body)
    except ValueError:
        return response.body.decode("utf-8", "replace")
