"""A client for load: many connections, each asks again as soon as it is answered.

Python's own rather than wrk, which cannot tell whose answer it has timed: it gives one distribution for all
kinds of pages together. That this one is quick enough is measured too, against a static file.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

from benchmarks.load.mix import Request

TIMEOUT = 30  # seconds without a byte, after which a visitor has gone
_PAUSE = 0.1  # seconds, so that a server that is gone is not asked ten thousand times a second
# What a page says whose query the site stopped, though its status is 200.
_CUT_SHORT = (b'class="message-error"', b'class="facets-timed-out"')


class Sample(NamedTuple):
    """One request and its answer.

    Attributes:
        kind: of the page.
        path: its address.
        began: seconds since the phase began.
        seconds: until the last byte.
        outcome: the HTTP status, or the name of what failed.
        cut_short: whether the page says that a query took too long.
    """

    kind: str
    path: str
    began: float
    seconds: float
    outcome: str
    cut_short: bool = False

    @property
    def failed(self) -> bool:
        """Tells whether the answer is anything but a page or a redirect."""
        return self.outcome[:1] not in ("2", "3")


class _Visitor:
    """One connection, kept open."""

    def __init__(self, host: str, port: int) -> None:
        self.connection = HTTPConnection(host, port, timeout=TIMEOUT)

    def ask(self, request: Request, start: float) -> Sample:
        """Sends a request and reads the whole answer."""
        sent = time.perf_counter()
        body = b""
        try:
            self.connection.request("GET", request.path)
            answer = self.connection.getresponse()
            body = answer.read()
            outcome = str(answer.status)
        except TimeoutError:
            outcome = "timeout"
        except (OSError, HTTPException) as error:
            outcome = type(error).__name__
        seconds = time.perf_counter() - sent
        if not outcome.isdigit():
            self.connection.close()  # the next request opens it again
            time.sleep(_PAUSE)
        cut = outcome == "200" and any(mark in body for mark in _CUT_SHORT)
        return Sample(request.kind, request.path, sent - start, seconds, outcome, cut)


def drive(
    host: str, port: int, requests: Iterator[Request], visitors: int, seconds: float, most: int | None = None
) -> list[Sample]:
    """Sends requests over several connections at once.

    Args:
        host: where the site is.
        port: its port.
        requests: what to ask for, in this order.
        visitors: how many connections.
        seconds: after how long none is sent any more.
        most: how many requests at most; no bound when None.

    Returns:
        The samples, in the order of their answers.
    """
    lock = threading.Lock()
    samples: list[Sample] = []
    start = time.perf_counter()
    left = most

    def next_request() -> Request | None:
        nonlocal left
        with lock:
            if time.perf_counter() - start >= seconds or left == 0:
                return None
            left = None if left is None else left - 1
            return next(requests)

    def visit() -> None:
        visitor = _Visitor(host, port)
        while request := next_request():
            samples.append(visitor.ask(request, start))
        visitor.connection.close()

    threads = [threading.Thread(target=visit, daemon=True) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return samples
