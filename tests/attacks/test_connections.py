"""Connections that send no whole request, or whose answers nobody reads, shut no visitor out."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from site_client import free_port

from loader.publish.connections import ConnectionLimits, server_config

HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX: "
WHOLE = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"
LONG = 8_000_000
PATIENCE = 30  # seconds after which a connection counts as one that is never closed
QUICK = ConnectionLimits(
    connections=5, request_seconds=0.5, idle_seconds=1, read_seconds=0.5, slow_seconds=0.1
)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers at once, with as many bytes as the path says, in one piece or in pieces of 10 kB."""
    _, _, path = scope["path"].partition("/")
    size, _, kind = path.partition("/")
    body = b"x" * int(size or 2)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]}
    )
    if kind == "pieces":
        for start in range(0, len(body), 10_000):
            await send(
                {"type": "http.response.body", "body": body[start : start + 10_000], "more_body": True}
            )
        body = b""
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(limits: ConnectionLimits) -> Iterator[tuple[str, int]]:
    """Runs a server with these limits in a thread."""
    port = free_port()
    server = uvicorn.Server(
        server_config(application, "127.0.0.1", port, limits, lifespan="off", log_level="critical")
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield ("127.0.0.1", port)
    finally:
        server.should_exit = server.force_exit = True
        thread.join(timeout=PATIENCE)


def opened(address: tuple[str, int], sent: bytes = b"") -> socket.socket:
    """Connects with a small buffer for what comes, and sends something."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(PATIENCE)
    connection.connect(address)
    connection.sendall(sent)
    return connection


def rest(connection: socket.socket) -> bytes:
    """Returns all that comes until the server closes; fails if it does not."""
    received = b""
    with suppress(ConnectionError):
        while chunk := connection.recv(65536):
            received += chunk
    return received


def is_closed_while(connection: socket.socket, act: Callable[[], object]) -> bool:
    """Tells whether the server closes a connection on which something is done again and again."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            act()
        except ConnectionError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\n", HALF, b"\r\n", b"\x16\x03\x01\x02\x00"])
def test_a_request_that_does_not_arrive_is_not_waited_for(sent: bytes) -> None:
    with serving(QUICK) as address, opened(address, sent) as connection:
        answer = rest(connection)
        assert answer[9:12] in (b"408", b"400", b"")
        assert answer[9:12] == (b"408" if sent.startswith(b"G") else answer[9:12])


def test_headers_that_trickle_in_do_not_extend_the_time() -> None:
    with serving(QUICK) as address, opened(address, HALF) as connection:
        assert is_closed_while(connection, lambda: connection.sendall(b"y"))


@pytest.mark.parametrize("framing", [b"Content-Length: 1000000", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_a_body_without_end_is_not_waited_for(method: bytes, framing: bytes) -> None:
    head = b"%s / HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % (method, framing)
    with serving(QUICK) as address, opened(address, head) as connection:
        assert is_closed_while(connection, lambda: connection.sendall(b"1\r\ny\r\n"))


def test_each_request_of_a_connection_has_the_whole_time_limit() -> None:
    limits = replace(QUICK, request_seconds=3, idle_seconds=PATIENCE)
    with serving(limits) as address, opened(address) as connection:
        for _ in range(4):  # together longer than one limit
            time.sleep(1)
            connection.sendall(WHOLE % b"")
            answer = b""
            while not answer.endswith(b"xx"):
                answer += connection.recv(1000)
            assert answer.startswith(b"HTTP/1.1 200 ")
        assert rest(connection) == b""


@pytest.mark.parametrize("path", [b"%d" % LONG, b"%d/pieces" % LONG, b"300000", b"300000/pieces"])
def test_an_answer_that_nobody_reads_is_given_up(path: bytes) -> None:
    with serving(QUICK) as address, opened(address, WHOLE % path) as connection:
        time.sleep(0.2)  # something has been written
        assert is_closed_while(connection, lambda: connection.sendall(b"y"))


@pytest.mark.parametrize("path", [b"3000000", b"3000000/pieces"])
def test_a_slow_reader_that_goes_on_reading_gets_everything(path: bytes) -> None:
    limits = replace(QUICK, read_bytes=1_000)  # reading takes longer than each of the other limits
    with serving(limits) as address, opened(address, WHOLE % path) as connection:
        received = len(connection.recv(4096))
        while received < 3_000_000:
            time.sleep(0.002)
            chunk = connection.recv(8192)
            assert chunk
            received += len(chunk)


@pytest.mark.parametrize(
    "sent", [b"", HALF, WHOLE % b"", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"]
)
def test_the_oldest_connection_without_a_whole_request_makes_room(sent: bytes) -> None:
    limits = replace(QUICK, request_seconds=3600, idle_seconds=3600)
    with serving(limits) as address, ExitStack() as stack:
        silent = [stack.enter_context(opened(address, sent)) for _ in range(5)]
        time.sleep(0.2)  # all are accepted
        assert httpx.get("http://{}:{}/".format(*address), timeout=PATIENCE).status_code == 200
        rest(silent[0])  # closed; the others are not
        silent[-1].settimeout(0.2)
        with pytest.raises(TimeoutError):
            rest(silent[-1])


def test_a_slow_reader_makes_room() -> None:
    limits = replace(QUICK, read_seconds=3600)
    with serving(limits) as address, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(opened(address, WHOLE % (b"%d" % LONG)))
        time.sleep(0.5)  # longer than slow_seconds
        assert httpx.get("http://{}:{}/".format(*address), timeout=PATIENCE).status_code == 200


def test_answers_under_way_are_not_given_up_for_others() -> None:
    limits = replace(QUICK, slow_seconds=3600, read_seconds=3600)
    with serving(limits) as address, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(opened(address, WHOLE % (b"%d" % LONG)))
        time.sleep(0.5)
        assert httpx.get("http://{}:{}/".format(*address), timeout=PATIENCE).status_code == 503


def test_five_hundred_half_sent_requests_shut_nobody_out(attacked: str) -> None:
    url = urlsplit(attacked)
    with ExitStack() as stack:
        for _ in range(505):
            stack.enter_context(opened((str(url.hostname), int(url.port or 0)), HALF))
        started = time.monotonic()
        assert httpx.get(attacked + "/about", timeout=PATIENCE).status_code == 200
        assert time.monotonic() - started < ConnectionLimits().request_seconds


@pytest.mark.parametrize("files", [64, 256])
def test_a_process_that_may_open_few_files_takes_fewer_connections(
    files: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.publish.connections._most_files", lambda: files)
    config = server_config(application, "127.0.0.1", 1)
    assert config.limit_concurrency == files // 2 + 1


def test_both_servers_have_the_limits() -> None:
    folder = Path(__file__).resolve().parents[2] / "loader/publish"
    for name in ("serve.py", "bundle.py"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "server_config(" in text and "uvicorn.Config(" not in text and "uvicorn.run(" not in text
