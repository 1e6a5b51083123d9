"""URLs of a server's consoles. What the cloud does not offer says so in the place of the URL."""

from __future__ import annotations

import asyncio

from calor.base.errors import HttpFault
from calor.model.resource_type import Work
from calor.resources.nova.server_identity import SERVERS

KINDS = {
    "novnc": "vnc",
    "xvpvnc": "vnc",
    "spice-html5": "spice",
    "rdp-html5": "rdp",
    "serial": "serial",
    "webmks": "mks",
}
"""Protocol by kind."""

MICROVERSION = "2.8"


async def console_urls(work: Work) -> dict[str, str]:
    """By kind, a URL or why there is none."""
    found = await asyncio.gather(*(_url(work, kind) for kind in KINDS))
    return dict(zip(KINDS, found, strict=True))


async def _url(work: Work, kind: str) -> str:
    try:
        answer = await work.cloud.call(
            "POST",
            "compute",
            f"{SERVERS.path}/{work.id}/remote-consoles",
            body={"remote_console": {"protocol": KINDS[kind], "type": kind}},
            microversion=MICROVERSION,
            safe=True,
        )
    except HttpFault as error:
        if error.status >= 500 and error.status != 501:
            raise
        return str(error)
    return str(answer.body["remote_console"]["url"])
