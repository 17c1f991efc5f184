"""Asks the site without a server; and where a server may listen."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from datasette.app import Datasette

# Asks the site for a path.
Get = Callable[[str], httpx.Response]

# A thread of its own: Playwright keeps a loop running in the tests' thread.
_THREAD = ThreadPoolExecutor(max_workers=1)


def free_port() -> int:
    """Returns a port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(site: Datasette, path: str) -> httpx.Response:
    """Returns the site's answer to a path."""

    async def answer() -> httpx.Response:
        await site.invoke_startup()
        return await site.client.get(path)

    return _THREAD.submit(asyncio.run, answer()).result(timeout=60)
