"""The compressed form of a database file for downloads: prepared once, when the first visitor can use it.

It is written in the background while visitors get the plain file, and only if the disk has room for it. A
server names the folder, which its workers share, and removes it at its end.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO
from weakref import WeakKeyDictionary

from datasette.app import Datasette
from datasette.database import Database

from loader.site.page_cache.encodings import gzip_compressor

_CHUNK_BYTES = 1 << 20  # zlib releases the interpreter lock while it compresses a piece
_ABANDONED_AFTER = 60.0  # seconds without a write: the process that compressed has ended
_SPARE_BYTES = 1 << 30  # disk space left to others


FileState = tuple[int, ...]


def state_of(found: os.stat_result) -> FileState:
    """Return what changes if a file is changed or replaced."""
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


class CompressedDatabase:
    """The gzip form of one version of a database file."""

    def __init__(self, database: Path, name: str, state: FileState, folder: Path) -> None:
        """Take what to compress and where to.

        Args:
            database: the file.
            name: names its version; another version has another name.
            state: the state of the file when it had this version.
            folder: of the compressed file, private to this server.
        """
        self._database = database
        self._state = state
        self._folder = folder
        self._file = folder / f"{name}.gz"
        self._unfinished = folder / f"{name}.gz.unfinished"
        self._thread: threading.Thread | None = None
        self._has_failed = False

    def open(self) -> IO[bytes] | None:
        """Open the compressed file; None if it is not there yet, and then somebody prepares it."""
        with suppress(FileNotFoundError):
            return self._file.open("rb")
        if not self._has_failed and (self._thread is None or not self._thread.is_alive()):
            # A daemon: the server does not wait for it when it is told to stop.
            self._thread = threading.Thread(target=self._prepare, daemon=True)
            self._thread.start()
        return None

    def wait(self) -> None:
        """Wait until this process no longer prepares the file."""
        if self._thread is not None:
            self._thread.join()

    def _prepare(self) -> None:
        try:
            if self._is_room() and self._is_mine():
                self._compress()
        except OSError as error:
            self._has_failed = True
            print(f"{self._database}: is sent uncompressed ({error.strerror})", file=sys.stderr)

    def _is_room(self) -> bool:
        free = shutil.disk_usage(self._folder).free
        self._has_failed = free < self._database.stat().st_size + _SPARE_BYTES
        return not self._has_failed

    def _is_mine(self) -> bool:
        """Tell whether this process is to compress: no other does."""
        try:
            with self._unfinished.open("xb"):
                return True
        except FileExistsError:
            with suppress(FileNotFoundError):
                if time.time() - self._unfinished.stat().st_mtime > _ABANDONED_AFTER:
                    self._unfinished.unlink()
            return False

    def _compress(self) -> None:
        try:
            with self._database.open("rb") as plain, self._unfinished.open("wb") as compressed:
                _compress(plain, compressed)
                self._has_failed = state_of(os.fstat(plain.fileno())) != self._state
            if self._has_failed:  # the file was replaced; a new site will compress the new one
                self._unfinished.unlink()
                return
            self._unfinished.replace(self._file)
        except BaseException:
            self._unfinished.unlink(missing_ok=True)
            raise
        for other in self._folder.glob("*.gz"):  # of the versions before
            if other != self._file:
                with suppress(OSError):
                    other.unlink()


def _compress(plain: IO[bytes], compressed: IO[bytes]) -> None:
    """Write a gzip file; the same bytes for the same file, as it holds no time."""
    compressor: zlib._Compress = gzip_compressor()
    while piece := plain.read(_CHUNK_BYTES):
        compressed.write(compressor.compress(piece))
    compressed.write(compressor.flush())


_FOLDERS: WeakKeyDictionary[Datasette, Path] = WeakKeyDictionary()
_FILES: WeakKeyDictionary[Database, CompressedDatabase] = WeakKeyDictionary()


def share_compressed_databases(datasette: Datasette, folder: Path) -> None:
    """Name the folder in which an application, or all workers of a server, keep the compressed file."""
    _FOLDERS[datasette] = folder


def compressed_database(
    datasette: Datasette, database: Database, version: str, state: FileState
) -> CompressedDatabase | None:
    """Return the compressed form of an immutable database, which may have to be prepared.

    Args:
        datasette: the application.
        database: one with a file.
        version: the hash of the file.
        state: the state of the file with that hash.

    Returns:
        None if no folder was named for it: nobody would remove it at the server's end.
    """
    if datasette not in _FOLDERS:
        return None
    if database not in _FILES:
        assert database.path is not None  # noqa: S101 - it is offered for download
        _FILES[database] = CompressedDatabase(
            Path(os.fspath(database.path)), version, state, _FOLDERS[datasette]
        )
    return _FILES[database]
