"""Handles of libcurl: how each is set up, and whose certificates it trusts.

What one request asks for is not known here.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator

import pycurl

KEEP_ALIVE = 4
"""Seconds that an idle connection is used again: less than servers keep theirs (5 for Apache and
uvicorn), so that a POST seldom leaves on a connection that the server is just closing."""

USER_AGENT = "calor"

_COMPRESSIONS = "gzip, deflate"
_SEND_BUFFER = 16384
"""Bytes: the least that libcurl takes. Bodies are small, and hundreds are under way at once."""

_OF_SERVERS = (pycurl.CAINFO, pycurl.CAPATH, pycurl.SSL_VERIFYPEER, pycurl.SSL_VERIFYHOST)
_OF_PROXIES = (
    pycurl.PROXY_CAINFO,
    pycurl.PROXY_CAPATH,
    pycurl.PROXY_SSL_VERIFYPEER,
    pycurl.PROXY_SSL_VERIFYHOST,
)


class Trust:
    """`verify` is False to trust any certificate, or the path of a file or folder of authorities
    that are trusted alone; True trusts those of the system. `certificate` is our own: paths of
    certificate and key."""

    def __init__(self, verify: bool | str, certificate: tuple[str, str] | None) -> None:
        self._verifies = verify is not False
        self._authorities = tuple(_authorities(verify))
        self._certificate = certificate

    def handle(self) -> pycurl.Curl:
        """A new handle, with what is the same for every request."""
        curl = pycurl.Curl()
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.PATH_AS_IS, 1)
        curl.setopt(pycurl.USERAGENT, USER_AGENT)
        curl.setopt(pycurl.ACCEPT_ENCODING, _COMPRESSIONS)
        curl.setopt(pycurl.MAXAGE_CONN, KEEP_ALIVE)
        curl.setopt(pycurl.UPLOAD_BUFFERSIZE, _SEND_BUFFER)
        for options in (_OF_SERVERS, _OF_PROXIES):
            self._judge(curl, *options)
        if self._certificate is not None:
            curl.setopt(pycurl.SSLCERT, os.fsencode(self._certificate[0]))
            curl.setopt(pycurl.SSLKEY, os.fsencode(self._certificate[1]))
        return curl

    def _judge(self, curl: pycurl.Curl, file: int, folder: int, peer: int, host: int) -> None:
        if not self._verifies:
            curl.setopt(peer, 0)
            curl.setopt(host, 0)
            return
        for option in (file, folder):  # a libcurl may have authorities of its own
            curl.unsetopt(option)
        for path in self._authorities:
            curl.setopt(folder if os.path.isdir(path) else file, os.fsencode(path))


def _authorities(verify: bool | str) -> Iterator[str]:
    """The file and the folder of the authorities, where Python's own TLS looks for them."""
    if isinstance(verify, str):
        yield verify
    elif verify:
        known = ssl.get_default_verify_paths()
        yield from (path for path in (known.cafile, known.capath) if path is not None)
