"""The session that keystoneauth1's plug-ins send with: requests' words, the Transport's wires.

The only place outside of `transport` that knows requests, because keystoneauth1 speaks nothing
else. It opens no socket.
"""

from __future__ import annotations

import io
from typing import Any

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from calor.base.wire import Request, Transport


def carried_by(transport: Transport, timeout: float) -> requests.Session:
    """A session of requests whose every request goes through the Transport's blocking twin."""
    client = requests.Session()
    client.trust_env = False
    client.adapters.clear()
    adapter = _Adapter(transport, timeout)
    client.mount("http://", adapter)
    client.mount("https://", adapter)
    return client


class _Adapter(BaseAdapter):
    def __init__(self, transport: Transport, timeout: float) -> None:
        super().__init__()
        self._transport = transport
        self._timeout = timeout
        self._builder = HTTPAdapter()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body or b""
        assert isinstance(body, (str, bytes)), "log-in plug-ins send no streams"
        answer = self._transport.send_blocking(
            Request(
                request.method or "GET",
                request.url or "",
                {name: _text(value) for name, value in request.headers.items()},
                body.encode() if isinstance(body, str) else body,
            ),
            timeout=self._timeout,
        )
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(answer.body),
            status=answer.status,
            headers={
                name: value
                for name, value in answer.headers.items()
                if name.lower() not in ("content-encoding", "transfer-encoding")
            },
            preload_content=False,
        )
        return self._builder.build_response(request, raw)

    def close(self) -> None:
        pass


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
