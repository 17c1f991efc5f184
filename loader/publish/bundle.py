"""Assembles the folder that Datasette serves, and serves it.

The folder is a Datasette configuration directory: the database, what a visitor reads about it, how it
looks, and a file of row counts that tells Datasette never to write (and so to offer the download).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import click
import uvicorn
from datasette.app import Datasette

from loader.publish.connections import server_config
from loader.site.compressed_database import share_compressed_databases
from loader.site.table_counts import count_tables

SITE = Path(__file__).resolve().parent.parent / "site"
ROOT = SITE.parent.parent
DATABASE_NAME = "archive.db"  # its stem is the database's name in every address
_LINKED_FROM = 2**30  # bytes


def describe(database: Path) -> dict[str, object]:
    """Returns what Datasette must know of an immutable file: hash, size, rows of each table and view."""
    with database.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        counts = count_tables(connection)
    finally:
        connection.close()
    return {
        database.stem: {
            "hash": digest,
            "size": database.stat().st_size,
            "file": database.name,
            "tables": {name: {"count": count} for name, count in counts.tables.items()},
        }
    }


def _place(database: Path, target: Path) -> None:
    """Copies a file, or links it where a copy would take long and much room.

    Whoever changes a linked file changes what is served; `press-archive build` puts a new file in its place.
    """
    if database.stat().st_size >= _LINKED_FROM:
        with suppress(OSError):  # another disk, or one without links
            target.hardlink_to(database.resolve())
            return
    shutil.copyfile(database, target)


def assemble(database: Path, output: Path, metadata: Path | None = None) -> Path:
    """Puts together what Datasette serves; an earlier folder of that name is replaced.

    Args:
        database: the finished SQLite file.
        output: the folder to write.
        metadata: the metadata file; that of the first data set if None.

    Returns:
        The folder.
    """
    fresh = output.with_name(output.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    _place(database, fresh / DATABASE_NAME)
    shutil.copyfile(metadata or ROOT / "metadata.yml", fresh / "metadata.yml")
    settings = json.loads((SITE / "settings.json").read_text(encoding="utf-8"))
    # Datasette 0.65 reads the first of these files and ignores the second, 1.0 the reverse.
    (fresh / "settings.json").write_text(json.dumps(settings, indent=2) + "\n")
    (fresh / "datasette.json").write_text(json.dumps({"settings": settings}, indent=2) + "\n")
    (fresh / "inspect-data.json").write_text(json.dumps(describe(fresh / DATABASE_NAME), indent=2) + "\n")
    shutil.rmtree(output, ignore_errors=True)
    fresh.rename(output)
    return output


def port_is_free(host: str, port: int) -> bool:
    """Tells whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@click.group()
def main() -> None:
    """The site as a folder."""


@main.command("assemble")
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("output", type=click.Path(file_okay=False, path_type=Path))
def assemble_command(database: Path, output: Path) -> None:
    """Writes the folder OUTPUT that serves DATABASE."""
    assemble(database, output)


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
def serve(folder: Path, host: str, port: int) -> None:
    """Serves FOLDER until it is stopped with Ctrl-C."""
    if not port_is_free(host, port):
        raise click.ClickException(
            f"{host}:{port} cannot be used (another server may hold it); try: make serve PORT={port + 1}"
        )
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Open http://{shown}:{port}/ (stop with Ctrl-C)")
    sys.stdout.flush()
    # As `datasette serve` does, but with limits on connections.
    site = Datasette(config_dir=folder)
    signal.signal(
        signal.SIGTERM, lambda number, _: sys.exit(128 + number)
    )  # not before the folder is removed
    with (
        tempfile.TemporaryDirectory(prefix="press-archive-", ignore_cleanup_errors=True) as compressed,
        suppress(KeyboardInterrupt),
    ):
        share_compressed_databases(site, Path(compressed))
        uvicorn.Server(server_config(site.app(), host, port, lifespan="on")).run()


if __name__ == "__main__":
    main()
