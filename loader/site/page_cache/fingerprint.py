"""A digest of everything that a page is made of beside its address."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from datasette.plugins import pm
from datasette.version import __version__ as datasette_version

from loader.site.room import PLUGIN

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

    from loader.site.room import Room

_SITE = Path(__file__).resolve().parent.parent
_BYTES = 32


def fingerprint(datasette: Datasette, room: Room, file_hash: str) -> bytes:
    """Return the digest of the file, the settings, the metadata, the code and the templates of a site.

    Args:
        datasette: the site, started: its metadata is the complete one.
        room: its archive.
        file_hash: the hash of the archive's file.
    """
    ingredients = (
        file_hash,
        int(Path(room.database.path).stat().st_mtime),  # the feed of undated articles names it
        room.name,
        version(PLUGIN),
        datasette_version,
        sqlite3.sqlite_version,
        _plugins(),
        datasette.settings_dict(),
        room.metadata,  # what Datasette has of it changes: it writes defaults into it
        _further_configuration(datasette),
        sorted(datasette.databases),
        _files(_SITE),  # a checkout changes without its version
        _files(datasette.template_dir),
        _files(datasette.plugins_dir),
    )
    digest = hashlib.blake2b(digest_size=_BYTES)
    for ingredient in ingredients:
        # Not JSON: YAML has keys and values that JSON lacks. The order of keys is that of the page.
        text = repr(ingredient).encode("utf-8", "backslashreplace")
        digest.update(b"%d:" % len(text) + text)
    return digest.digest()


def entity_tag(site: bytes, origin: bytes, address: bytes) -> str:
    """Return the entity tag of a page, without quotation marks: 32 hexadecimal digits."""
    return hashlib.blake2b(origin + b" " + address, key=site, digest_size=16).hexdigest()


def _further_configuration(datasette: Datasette) -> list[tuple[str, object]]:
    """Return what Datasette 1.0 reads from datasette.yaml beside what the complete metadata holds too."""
    configured = getattr(datasette, "config", None) or {}
    return [(key, value) for key, value in configured.items() if key not in ("databases", "plugins")]


def _plugins() -> list[tuple[str, str]]:
    return sorted({(info.project_name, info.version) for _, info in pm.list_plugin_distinfo()})


def _files(folder: Path | str | None) -> str:
    """Return a digest of the files below a folder, "" without one."""
    digest = hashlib.blake2b(digest_size=_BYTES)
    for file in _sorted(folder):
        content = file.read_bytes()
        name = str(file.relative_to(str(folder))).encode("utf-8", "surrogateescape")
        digest.update(b"%d:%s%d:" % (len(name), name, len(content)))
        digest.update(content)
    return digest.hexdigest() if folder else ""


def _sorted(folder: Path | str | None) -> Iterator[Path]:
    files: Iterable[Path] = Path(folder).rglob("*") if folder else ()
    yield from sorted(file for file in files if file.is_file() and "__pycache__" not in file.parts)


class FileHash:
    """The hash of an immutable database's file, computed once and without keeping a request waiting."""

    def __init__(self, database: Database) -> None:
        """Take the database; nothing is read yet."""
        self._database = database
        self._thread: threading.Thread | None = None

    @property
    def known(self) -> str | None:
        """The hash; None of a mutable database, and as long as it is not computed.

        inspect-data.json holds it, and so does what `press-archive serve` starts with. Without, a large file
        takes seconds to read: a thread does it, started when the hash is first asked for.
        """
        database = self._database
        if database.is_mutable or database.is_memory:
            return None
        if database.cached_hash is None and not (database.ds.inspect_data or {}).get(database.name):
            if self._thread is None:
                self._thread = threading.Thread(target=lambda: database.hash, daemon=True)
                self._thread.start()
            return None
        return str(database.hash)
