"""How long `press-archive serve` takes until the site answers: at the first start, and when nothing changed.

    python -m benchmarks.start [MB]

Each start is a process of its own. The second must read no file: the ratio says what that saves.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import click

from benchmarks.speed.making import make_archive

_SEED = 11
_BYTES = 1_000_000
_PATIENCE = 600  # seconds


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(folder: Path, cache: Path) -> float:
    """Return the seconds until the home page is answered."""
    port = _free_port()
    command = [sys.executable, "-m", "loader", "serve", str(folder), "--port", str(port)]
    began = time.perf_counter()
    with subprocess.Popen(
        command, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, stderr=subprocess.DEVNULL
    ) as server:
        try:
            while time.perf_counter() - began < _PATIENCE and server.poll() is None:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).close()
                    return time.perf_counter() - began
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.02)
        finally:
            server.terminate()
    raise click.ClickException("the site did not answer")


@click.command()
@click.argument("megabytes", type=click.IntRange(1), default=10)
def main(megabytes: int) -> None:
    """Serve a made-up archive of so many MB twice and print both times."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "archive"
        make_archive(folder, megabytes * _BYTES, _SEED)
        first, second = (_start(folder, Path(name) / "cache") for _ in range(2))
    click.echo("| MB | first start s | second start s | first / second |\n|---|---|---|---|")
    click.echo(f"| {megabytes} | {first:.1f} | {second:.1f} | {first / second:.1f} |")


if __name__ == "__main__":
    main()
