"""Run the reading room of a database as a server, until it is stopped."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import DEFAULT_SETTINGS, Datasette

from loader.errors import InputError
from loader.publish.bundle import SITE, describe
from loader.publish.connections import server_config
from loader.site.compressed_database import share_compressed_databases

# Connections that wait to be accepted.
BACKLOG = 2048
# Seconds between two looks at the sources.
_WATCH_EVERY = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server listens.

    Attributes:
        host: a name or an IP address of this machine.
        port: a TCP port.
        base_url: the path below which the site lies, "/" if it has a host of its own.
    """

    host: str
    port: int
    base_url: str = "/"

    def __str__(self) -> str:
        """The URL of the home page."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.base_url}"

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine can connect; names other than localhost may be anything."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.rstrip(".").lower() == "localhost"

    def require_free(self) -> None:
        """Raise InputError if no server can listen there."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise InputError(
                    f"{self.host}:{self.port}: cannot be used ({error.strerror}); choose another port, "
                    f"as with --port {self.port + 1}"
                ) from error


def open_site(
    database: Path, metadata: Mapping[str, Any], base_url: str = "/", compressed: Path | None = None
) -> Datasette:
    """Return a Datasette with the limits of a public site.

    Args:
        database: the finished file; it is served as immutable, so that its download is offered.
        metadata: what its owner says of it, as metadata.yml holds it.
        base_url: the path below which the site lies.
        compressed: a folder for the compressed database, which workers share; None to send it plain.
    """
    settings = {**json.loads((SITE / "settings.json").read_text(encoding="utf-8")), "base_url": base_url}
    site = Datasette(
        files=[],
        immutables=[str(database)],
        metadata=dict(metadata),
        inspect_data=describe(database),
        # Settings come and go between versions of Datasette.
        settings={name: value for name, value in settings.items() if name in DEFAULT_SETTINGS},
    )
    if compressed is not None:
        share_compressed_databases(site, compressed)
    return site


class _Switch:
    """An ASGI application that can be replaced while it serves: what runs goes on with the old one."""

    def __init__(self) -> None:
        self._application: Callable[..., Awaitable[None]] | None = None

    async def show(self, site: Datasette) -> None:
        await site.invoke_startup()
        self._application = site.app()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert self._application is not None  # noqa: S101 - the server starts when there is a site
        await self._application(scope, receive, send)


def serve(
    make_site: Callable[[], Datasette],
    address: Address,
    *,
    rebuild: Callable[[], bool] | None = None,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Serve a site until the process is told to stop.

    Args:
        make_site: opens the site.
        address: where to listen.
        rebuild: called once a second in a thread, if the sources are watched: builds the database again if
            they changed, and returns whether it did. The new file is then shown without a restart; downloads
            that are under way go on with the old one.
        started: called when the server listens.
    """
    asyncio.run(run_server(make_site, address, rebuild=rebuild, started=started))


async def run_server(
    make_site: Callable[[], Datasette],
    address: Address,
    *,
    rebuild: Callable[[], bool] | None = None,
    started: Callable[[], None] = lambda: None,
    listening: socket.socket | None = None,
) -> None:
    """Serve a site, as `serve` does, on a socket that is already bound if there is one.

    That socket's backlog is 1 when the server has started; what is called then sets it.
    """
    switch = _Switch()
    await switch.show(make_site())
    server = uvicorn.Server(
        server_config(
            switch,
            address.host,
            address.port,
            lifespan="off",
            log_level="warning",
            # asyncio accepts so many at a time: one, so that workers share those that come at once.
            backlog=BACKLOG if listening is None else 1,
        )
    )
    tasks = [asyncio.create_task(_tell(server, started))]
    if rebuild is not None:
        tasks.append(asyncio.create_task(_watch(switch, make_site, rebuild)))
    try:
        await server.serve(None if listening is None else [listening])
    finally:
        for task in tasks:
            task.cancel()


async def _tell(server: uvicorn.Server, started: Callable[[], None]) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    started()


async def _watch(switch: _Switch, make_site: Callable[[], Datasette], rebuild: Callable[[], bool]) -> None:
    while True:
        await asyncio.sleep(_WATCH_EVERY)
        if await asyncio.to_thread(rebuild):
            await switch.show(await asyncio.to_thread(make_site))
