"""What the attacks share: the hostile archive's site as `make serve` starts it, and ways to ask it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from site_client import free_port

ROOT = Path(__file__).resolve().parents[2]

# Sends bytes as they are and gives the whole answer.
Raw = Callable[[bytes], bytes]


@pytest.fixture(scope="session")
def attacked(hostile_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the hostile archive, started as `make serve` does."""
    port = free_port()
    log = tmp_path_factory.mktemp("attacked") / "server.log"
    command = [sys.executable, "-m", "loader.publish.bundle", "serve", str(hostile_bundle)]
    with log.open("wb") as output:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=output, stderr=subprocess.STDOUT)
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            if process.poll() is not None:
                pytest.fail("the server stopped: " + log.read_text())
            try:
                httpx.get(address + "/robots.txt", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def web(attacked: str) -> Iterator[httpx.Client]:
    """Asks the attacked site; redirects are not followed."""
    with httpx.Client(base_url=attacked, timeout=60) as client:
        yield client


@pytest.fixture
def raw(attacked: str) -> Raw:
    """Asks the attacked site with bytes that no client library would send."""
    host, port = urlsplit(attacked).hostname, urlsplit(attacked).port

    def answer(request: bytes) -> bytes:
        with socket.create_connection((host, port), timeout=60) as connection:
            connection.sendall(request)
            received = b""
            with contextlib.suppress(ConnectionResetError):  # closed before all was read
                while chunk := connection.recv(65536):
                    received += chunk
        return received

    return answer
