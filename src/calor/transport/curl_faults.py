"""What went wrong in an exchange, as our errors: whether it surely never left, and why, shortly."""

from __future__ import annotations

import os
import re
from typing import cast
from urllib.parse import urlsplit

import pycurl

from calor.base.errors import LostAnswer, NotSent
from calor.base.wire import Request

_UNFIT = (pycurl.E_URL_MALFORMAT, pycurl.E_UNSUPPORTED_PROTOCOL)
_CUT_OFF = (pycurl.E_SEND_FAIL_REWIND, pycurl.E_GOT_NOTHING)
_OF_TLS = (
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_SSL_CERTPROBLEM,
    pycurl.E_SSL_CIPHER,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_ISSUER_ERROR,
)
_OF_THE_SYSTEM = (pycurl.E_COULDNT_CONNECT, pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR)


def unfit(request: Request, why: object) -> NotSent:
    """A request that can't be put on the wire."""
    return NotSent(f"can't send a request to {request.url!r}: {why}")


def fault(
    request: Request, error: pycurl.error, curl: pycurl.Curl, timeout: float
) -> NotSent | LostAnswer:
    """What an exchange raised that had `timeout` seconds. It never left if libcurl has written
    nothing of it."""
    code, message = cast("tuple[int, str]", error.args)
    host = _host(request.url)
    if not curl.getinfo(pycurl.REQUEST_SIZE):
        if code in _UNFIT:
            return unfit(request, message)
        return NotSent(f"can't reach {host}: {_reason(code, message, curl)}")
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return LostAnswer(f"{host} did not answer within {timeout:g} seconds")
    return LostAnswer(f"the connection to {host} broke: {_reason(code, message, curl)}")


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url


def _reason(code: int, message: str, curl: pycurl.Curl) -> str:
    """The short of it: what the operating system said, where it did."""
    if code == pycurl.E_COULDNT_RESOLVE_HOST:
        return "its name is not known"
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return "it takes too long to connect"
    if code in _CUT_OFF:
        return "it was closed without an answer"
    if code == pycurl.E_SSL_CACERT_BADFILE:
        return f"TLS fails: {message}"
    if code in _OF_TLS:
        # "SSL certificate OpenSSL verify result: self-signed certificate (18)"
        said = re.split(r":+ ?", message)[-1]
        return f"TLS fails: {re.sub(r' [(][0-9]+[)]$', '', said)}"
    if code in _OF_THE_SYSTEM:
        number = curl.getinfo(pycurl.OS_ERRNO)
        return os.strerror(number) if number else re.sub(r"^(Recv|Send) failure: ", "", message)
    return message
