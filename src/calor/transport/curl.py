"""libcurl on the event loop: it opens, keeps and reads the connections, the loop says when.

One exchange is one `pycurl.Curl` that is set up by whoever asks. Nothing here knows what is in it.
"""

from __future__ import annotations

import asyncio
import selectors

import pycurl

IDLE_CONNECTIONS = 1000
"""How many connections without a request are kept at most."""

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_EVENTS = {
    pycurl.POLL_IN: _READ,
    pycurl.POLL_OUT: _WRITE,
    pycurl.POLL_INOUT: _READ | _WRITE,
}
_READY = {
    _READ: pycurl.CSELECT_IN,
    _WRITE: pycurl.CSELECT_OUT,
    _READ | _WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}


class Transfers:
    """The exchanges of one event loop. Connections are closed when there was none for
    `keep_alive` seconds: libcurl itself looks at idle ones only when it needs one."""

    def __init__(self, *, keep_alive: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._keep_alive = keep_alive
        self._multi = self._opened()
        self._rest: asyncio.Handle | None = None
        self._ended_at = 0.0
        self._waiting: dict[pycurl.Curl, asyncio.Future[None]] = {}
        # The loop watches the selector alone: to tell it of every socket takes longer than to
        # send a request.
        self._sockets = selectors.DefaultSelector()
        self._loop.add_reader(self._sockets.fileno(), self._ready)
        self._timer: asyncio.Handle | None = None
        self._at_once = False

    def _opened(self) -> pycurl.CurlMulti:
        multi = pycurl.CurlMulti()
        multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        multi.setopt(pycurl.M_TIMERFUNCTION, self._remind)
        multi.setopt(pycurl.M_MAXCONNECTS, IDLE_CONNECTIONS)
        return multi

    def belongs_to(self, loop: asyncio.AbstractEventLoop) -> bool:
        return self._loop is loop

    async def perform(self, curl: pycurl.Curl) -> None:
        """One exchange. Raises pycurl.error with code and message, as its blocking twin does. An
        exchange whose task is cancelled is dropped at once, with its connection."""
        ended: asyncio.Future[None] = self._loop.create_future()
        self._multi.add_handle(curl)
        self._waiting[curl] = ended
        try:
            await ended
        finally:
            if self._waiting.pop(curl, None) is not None:
                self._multi.remove_handle(curl)
            if not self._waiting:
                self._idle()

    def _idle(self) -> None:
        self._ended_at = self._loop.time()
        if self._rest is None:
            self._rest = self._loop.call_later(self._keep_alive, self._end_idleness)

    def _end_idleness(self) -> None:
        """Closes all connections, if they are idle for long enough."""
        self._rest = None
        left = self._ended_at + self._keep_alive - self._loop.time()
        if self._waiting:
            return
        if left > 0.001:
            self._rest = self._loop.call_later(left, self._end_idleness)
            return
        self._multi.close()
        self._multi = self._opened()

    def close(self) -> None:
        """Closes all connections; an exchange under way fails."""
        closed = pycurl.error(pycurl.E_ABORTED_BY_CALLBACK, "the transport was closed")
        for curl, ended in self._waiting.items():
            self._multi.remove_handle(curl)
            if not ended.done():
                ended.set_exception(closed)
        self._waiting.clear()
        self._multi.close()
        self._loop.remove_reader(self._sockets.fileno())
        self._sockets.close()
        for handle in (self._timer, self._rest):
            if handle is not None:
                handle.cancel()

    # --- what libcurl asks for ------------------------------------------------------------------

    def _watch(self, what: int, socket: int, multi: object, data: object) -> None:
        """It wants to hear when it can read from a socket, or write to it; or no more."""
        if what == pycurl.POLL_REMOVE:
            self._sockets.unregister(socket)
        elif socket in self._sockets.get_map():
            self._sockets.modify(socket, _EVENTS[what])
        else:
            self._sockets.register(socket, _EVENTS[what])

    def _remind(self, milliseconds: int) -> None:
        """It wants to be called when so much time has passed, or (-1) no more."""
        at_once = milliseconds == 0
        if at_once and self._at_once:
            return  # as for each of many exchanges that begin in one turn of the loop
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._at_once = at_once
        if at_once:
            self._timer = self._loop.call_soon(self._time_is_up)
        elif milliseconds > 0:
            self._timer = self._loop.call_later(milliseconds / 1000, self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer, self._at_once = None, False
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._end_some()

    def _ready(self) -> None:
        for key, events in self._sockets.select(0):
            self._multi.socket_action(key.fd, _READY[events])
        self._end_some()

    def _end_some(self) -> None:
        left = 1
        while left:
            left, done, failed = self._multi.info_read()
            for curl in done:
                self._end(curl, None)
            for curl, code, message in failed:
                self._end(curl, pycurl.error(code, message))

    def _end(self, curl: pycurl.Curl, error: pycurl.error | None) -> None:
        ended = self._waiting.get(curl)
        if ended is None or ended.done():
            return  # it was cancelled, and is about to be dropped
        if error is None:
            ended.set_result(None)
        else:
            ended.set_exception(error)
