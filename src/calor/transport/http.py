"""Requests over HTTP: aiohttp's client, and requests for the blocking twin.

It repeats nothing, follows no redirect, keeps no cookie and never caps what runs in parallel.
"""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import requests
import urllib3.exceptions
from aiohttp import ClientTimeout, TCPConnector
from requests.adapters import HTTPAdapter
from yarl import URL

from calor.base.errors import LostAnswer, NotSent
from calor.base.wire import Request, Response

CONNECT_TIMEOUT = 10.0
"""Seconds within which a server must have taken a connection."""

KEEP_ALIVE = 4.0
"""Seconds that an idle connection is kept: less than servers do (5 for Apache and uvicorn), so
that a POST seldom leaves on a connection that the server is just closing."""

USER_AGENT = "calor"

_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientConnectorDNSError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.ClientSSLError,
)


class HttpTransport:
    """The machine's network.

    `verify` is False to trust any certificate, or the path of a file of authorities; `certificate`
    is our own: paths of certificate and key.
    """

    def __init__(
        self, *, verify: bool | str = True, certificate: tuple[str, str] | None = None
    ) -> None:
        self._verify = verify
        self._certificate = certificate
        self._client: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._blocking: requests.Session | None = None
        self._proxies: dict[tuple[str, str], str | None] = {}

    async def send(self, request: Request, *, timeout: float) -> Response:
        client = self._session()
        limits = ClientTimeout(total=timeout, sock_connect=min(CONNECT_TIMEOUT, timeout))
        try:
            async with client.request(
                request.method,
                URL(request.url, encoded=True),
                headers=request.headers,
                data=request.body or None,
                timeout=limits,
                allow_redirects=False,
                proxy=self._proxy(request.url),
            ) as answer:
                body = await answer.read()
                return Response(answer.status, dict(answer.headers), body)
        except _NEVER_LEFT as error:
            raise NotSent(f"can't reach {_host(request.url)}: {_reason(error)}") from error
        except TimeoutError as error:
            raise LostAnswer(
                f"{_host(request.url)} did not answer within {timeout:g} seconds"
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            raise LostAnswer(
                f"the connection to {_host(request.url)} broke: {_reason(error)}"
            ) from error
        except ValueError as error:  # a URL or header that can't be put on the wire
            raise NotSent(f"can't send a request to {request.url}: {error}") from error

    def send_blocking(self, request: Request, *, timeout: float) -> Response:
        client = self._blocking_session()
        try:
            answer = client.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body or None,
                timeout=(min(CONNECT_TIMEOUT, timeout), timeout),
                allow_redirects=False,
                verify=self._verify,
                cert=self._certificate,
            )
        except (requests.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise NotSent(f"can't reach {_host(request.url)}: {_reason(error)}") from error
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
            raise NotSent(f"can't send a request to {request.url}: {error}") from error
        except requests.ConnectionError as error:
            if _refused(error):
                raise NotSent(f"can't reach {_host(request.url)}: {_reason(error)}") from error
            raise LostAnswer(f"the connection to {_host(request.url)} broke: {error}") from error
        except requests.RequestException as error:
            raise LostAnswer(f"no answer from {_host(request.url)}: {error}") from error
        return Response(answer.status_code, dict(answer.headers), answer.content)

    async def close(self) -> None:
        if self._blocking is not None:
            self._blocking.close()
            self._blocking = None
        if self._client is not None and self._loop is asyncio.get_running_loop():
            await self._client.close()
        self._client = None

    def _session(self) -> aiohttp.ClientSession:
        """The client of the running loop; a loop that ended took its client with it."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop = loop
            self._client = aiohttp.ClientSession(
                connector=TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE, ssl=self._tls()),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": USER_AGENT},
                skip_auto_headers=("Content-Type",),
            )
        return self._client

    def _proxy(self, url: str) -> str | None:
        """The proxy that the environment names for a server; asked once for each. The client
        would ask, and read ~/.netrc, before every request."""
        parts = urlsplit(url)
        origin = parts.scheme, parts.hostname or ""
        if origin not in self._proxies:
            bypassed = proxy_bypass(parts.hostname or "")
            self._proxies[origin] = None if bypassed else getproxies().get(parts.scheme)
        return self._proxies[origin]

    def _blocking_session(self) -> requests.Session:
        if self._blocking is None:
            client = requests.Session()
            client.headers["User-Agent"] = USER_AGENT
            for scheme in ("http://", "https://"):
                client.mount(scheme, HTTPAdapter(pool_maxsize=16))
            self._blocking = client
        return self._blocking

    def _tls(self) -> ssl.SSLContext | bool:
        if self._verify is True and self._certificate is None:
            return True
        context = ssl.create_default_context()
        if isinstance(self._verify, str):
            folder = Path(self._verify).is_dir()
            context.load_verify_locations(
                capath=self._verify if folder else None, cafile=None if folder else self._verify
            )
        elif not self._verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self._certificate is not None:
            context.load_cert_chain(*self._certificate)
        return context


def _host(url: str) -> str:
    parts = urllib3.util.parse_url(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url


def _reason(error: BaseException) -> str:
    """The short of it: what the operating system said, where it did."""
    cause: BaseException | None = error
    while cause is not None:
        # what aiohttp wraps: its own errors of TLS pass for ssl's, but lack what those say
        cause = getattr(cause, "os_error", None) or cause
        if isinstance(cause, ssl.SSLError):
            said = getattr(cause, "verify_message", "") or cause.reason or str(cause)
            return f"TLS fails: {said.replace('_', ' ').lower()}"
        if (
            isinstance(cause, OSError)
            and cause.errno is not None
            and cause.errno in errno.errorcode
        ):
            return os.strerror(cause.errno)
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__


def _refused(error: requests.ConnectionError) -> bool:
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", inner)
    return isinstance(
        reason,
        (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError),
    )
