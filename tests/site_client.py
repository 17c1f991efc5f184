"""Asks the site without a server; and where a server may listen."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from datasette.app import Datasette
from datasette.version import __version__

# Asks the site for a path.
Get = Callable[[str], httpx.Response]

# Datasette 1.0 has another page for SQL, other names in JSON, and no /-/metadata.
IS_DATASETTE_1 = not __version__.startswith("0.")
SQL_PAGE = "/archive/-/query" if IS_DATASETTE_1 else "/archive"

# A thread of its own: Playwright keeps a loop running in the tests' thread.
_THREAD = ThreadPoolExecutor(max_workers=1)


# What the JSON of a table leaves out under 1.0 unless it is asked for.
EXTRAS = "_extra=count,facet_results"


def row_count(table: dict[str, Any]) -> int:
    """Return how many rows the JSON of a table, asked with EXTRAS, says there are."""
    return int(table["count"] if IS_DATASETTE_1 else table["filtered_table_rows_count"])


def facets(table: dict[str, Any]) -> dict[str, Any]:
    """Return the facets by column that the JSON of a table, asked with EXTRAS, holds."""
    found: dict[str, Any] = table["facet_results"]
    return found["results"] if IS_DATASETTE_1 else found


def free_port() -> int:
    """Returns a port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(site: Datasette, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """Return the site's answer to a path."""

    async def answer() -> httpx.Response:
        await site.invoke_startup()
        return await site.client.get(path, headers=headers)

    return _THREAD.submit(asyncio.run, answer()).result(timeout=60)
