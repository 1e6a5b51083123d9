"""What a server's user data becomes on its way to Nova. Pure.

It knows cloud-init's formats, and nothing of who reads them in the guest.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any

CFNTOOLS = "HEAT_CFNTOOLS"
RAW = "RAW"
SOFTWARE_CONFIG = "SOFTWARE_CONFIG"

_SUBTYPES = (
    ("#!", "x-shellscript"),
    ("#cloud-config-archive", "cloud-config-archive"),
    ("#cloud-config-jsonp", "cloud-config-jsonp"),
    ("#cloud-config", "cloud-config"),
    ("#cloud-boothook", "cloud-boothook"),
    ("#include-once", "x-include-once-url"),
    ("#include", "x-include-url"),
    ("#part-handler", "part-handler"),
    ("#upstart-job", "upstart-job"),
    ("## template: jinja", "jinja2"),
)
"""By the first words of a part, the subtype of text/ that cloud-init gives it."""

_POLICY = policy.default.clone(linesep="\n")
_NAME = "user-data"


def encoded(text: str, form: str) -> str | None:
    """User data as Nova takes it, in base64; None where there is nothing to send."""
    if not text:
        return None
    document = multipart(text) if form == CFNTOOLS else text
    return base64.b64encode(document.encode()).decode()


def multipart(text: str) -> str:
    """A cloud-init multipart document with the user's data as its part, or with the parts of the
    user's own document. The same text gives the same document."""
    document = EmailMessage(_POLICY)
    document["MIME-Version"] = "1.0"
    document.make_mixed(boundary=f"={hashlib.sha256(text.encode()).hexdigest()[:32]}=")
    for part in _own_parts(text) or [_part(text)]:
        document.attach(part)
    return document.as_string()


def _own_parts(text: str) -> list[EmailMessage]:
    """The parts of a text that is a MIME document already."""
    if not text.lstrip()[:200].lower().startswith(("content-type:", "mime-version:")):
        return []
    found = message_from_string(text.lstrip(), _class=EmailMessage, policy=_POLICY)
    return [part for part in found.walk() if not part.is_multipart()]


def _part(text: str) -> EmailMessage:
    part = EmailMessage(_POLICY)
    subtype = next((kind for start, kind in _SUBTYPES if text.startswith(start)), "plain")
    # As bytes: a text would get other line ends.
    part.set_content(text.encode(), "text", subtype, params={"charset": "utf-8"}, filename=_NAME)
    return part


def files(personality: Mapping[str, Any]) -> list[dict[str, str]]:
    """Files for the guest as Nova takes them."""
    return [
        {"path": path, "contents": base64.b64encode(str(contents).encode()).decode()}
        for path, contents in personality.items()
    ]
