"""Serve source files as a site: build what changed, then run the server."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import platformdirs
from datasette.app import Datasette

from loader.errors import InputError
from loader.metadata_file import find_metadata, read_metadata
from loader.pipeline.build import build, source_state
from loader.pipeline.build_report import refusals, remarks, summary
from loader.pipeline.progress_bar import Meter
from loader.pipeline.tasks import DecodingChoice
from loader.publish.serve import Address, open_site, serve
from loader.publish.workers import Workers, can_share_a_port, rebuilding
from loader.site.base_path import require_base_path
from loader.site.hooks import PAGE_NAMES
from loader.site.room import room_of

_SQLITE = b"SQLite format 3\0"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What the command line lets one choose.

    Attributes:
        host: the address to listen at.
        port: the port.
        metadata: the file that describes the data set, or None for metadata.yml beside the sources.
        base_url: the path below which a proxy shows the site.
        output: where the database is kept, or None for the cache folder.
        watch: whether new and changed files are shown without a restart.
        open_browser: whether the home page is opened in a browser.
        jobs: processes that read files, None for the number of CPUs.
        max_size: bytes that one text may have.
        max_container: bytes that the unpacked parts of a container may have together.
        workers: processes that serve the site.
        encoding: the encoding of files that do not say theirs and are not UTF-8, or None to guess it.
        repair: whether text that was encoded twice and HTML entities are repaired.
    """

    host: str
    port: int
    metadata: Path | None
    base_url: str
    output: Path | None
    watch: bool
    open_browser: bool
    jobs: int | None
    max_size: int
    max_container: int
    workers: int = 1
    encoding: str | None = None
    repair: bool = False


def serve_archive(paths: Sequence[Path], options: ServeOptions, tell: Callable[[str], None]) -> None:
    """Build what changed and serve it until the process is told to stop.

    Args:
        paths: source files and folders, or one finished database.
        options: what the command line says.
        tell: prints a line for the user.

    Raises:
        InputError: a path, the metadata or the port cannot be used.
    """
    try:
        base_url = require_base_path(options.base_url)
    except ValueError as error:
        raise InputError(f"--base-url: {error}") from error
    address = Address(host=options.host, port=options.port, base_url=base_url)
    address.require_free()  # before a build that may take minutes
    is_built = len(paths) == 1 and _is_database(paths[0])
    if is_built and options.watch:
        raise InputError(f"{paths[0]}: is a finished database; name its sources to watch them")
    database = paths[0] if is_built else (options.output or cached_database(paths, options.metadata))
    if database.stem in PAGE_NAMES:
        raise InputError(f"{database}: its name is the address of a page of the site; rename the file")
    if not is_built:
        _build(paths, database, options, tell)

    make_site = _Opening(
        database=database, paths=paths, metadata=options.metadata, is_built=is_built, base_url=base_url
    )
    try:
        room = room_of(make_site())
    except sqlite3.DatabaseError as error:
        raise InputError(f"{database}: cannot be read ({error}); build it again from its sources") from error
    if room is None or not room.is_current:
        raise InputError(f"{database}: is not a database of this version; build it again from its sources")
    if room.fault:
        raise InputError(f"{options.metadata or 'metadata.yml'}: {room.fault}")

    def started() -> None:
        tell(f"Open {address} (stop with Ctrl-C)")
        if not address.is_loopback:
            tell(
                "Whoever reaches this machine can read the site. For the public, put a proxy with TLS and "
                "rate limits in front: docs/public-site.md"
            )
        if options.open_browser:
            webbrowser.open(str(address))

    rebuild = _Rebuild(paths, database, options, tell) if options.watch else None
    is_shared = options.workers > 1 and can_share_a_port()
    if options.workers > 1 and not is_shared:
        tell("--workers: on this system one process serves, as sharing a port is not tested here.")
    with tempfile.TemporaryDirectory(prefix="press-archive-", ignore_cleanup_errors=True) as folder:
        make_site = replace(make_site, compressed=Path(folder))
        if not is_shared:
            serve(make_site, address, rebuild=rebuild, started=started)
            return
        workers = Workers(make_site, address, options.workers, tell)
        with rebuilding(rebuild, workers) if rebuild else nullcontext():
            workers.run(started)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """Opens the site of a database; it can be pickled, for workers in processes of their own.

    Attributes:
        database: the finished file.
        paths: its sources, or the file itself.
        metadata: the file that describes the data set, or None for metadata.yml beside the sources.
        is_built: whether the database was named instead of its sources.
        base_url: the path below which the site lies.
        compressed: the folder in which workers share the compressed database.
    """

    database: Path
    paths: Sequence[Path]
    metadata: Path | None
    is_built: bool
    base_url: str
    compressed: Path | None = None

    def __call__(self) -> Datasette:
        """Open the site, with the metadata as it is now."""
        stated = _stated(self.paths, self.metadata, self.is_built)
        return open_site(self.database, stated, self.base_url, self.compressed)


def cached_database(paths: Sequence[Path], metadata: Path | None) -> Path:
    """Return where the database of these sources is kept: another place for other paths.

    Its name, which is the name in addresses and the title of an archive without metadata, is that of the
    first path.
    """
    named = [str(path.resolve()) for path in paths] + [str(metadata.resolve()) if metadata else ""]
    key = hashlib.sha256("\0".join(named).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    first = paths[0].resolve()
    stem = first.stem if first.is_file() else first.name
    name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem).strip("-")
    name = name[:_LONGEST_NAME] or "archive"
    folder = Path(platformdirs.user_cache_dir("press-archive", appauthor=False)) / key
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name if name.lower() not in PAGE_NAMES else name + '-archive'}.db"


def _build(paths: Sequence[Path], database: Path, options: ServeOptions, tell: Callable[[str], None]) -> None:
    meter = Meter(sys.stderr)
    report = build(
        paths,
        database,
        metadata=options.metadata,
        update=True,
        jobs=options.jobs,
        max_bytes=options.max_size,
        max_container=options.max_container,
        decoding=DecodingChoice(options.encoding, options.repair),
        progress=meter,
    )
    meter.end()
    for line in refusals(report):
        tell(line)
    for line in remarks(report, paths, is_update=True):
        tell(line)
    tell(summary(report))


def _stated(paths: Sequence[Path], metadata: Path | None, is_built: bool) -> Mapping[str, Any]:
    """What the owner says of the archive."""
    if is_built:
        return read_metadata(metadata) if metadata else {}
    file = find_metadata(paths[0] if paths[0].is_dir() else paths[0].parent, metadata)
    return read_metadata(file) if file else {}


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:  # a folder, or nothing: the build says what is wrong
        return False


class _Rebuild:
    """Builds again if a source changed, in a process of its own: the server goes on meanwhile."""

    def __init__(
        self, paths: Sequence[Path], database: Path, options: ServeOptions, tell: Callable[[str], None]
    ) -> None:
        self._paths, self._options, self._tell = paths, options, tell
        self._command = [sys.executable, "-m", "loader", "build", "-o", str(database)]
        self._command += ["--update", "--quiet", "--max-size", str(options.max_size)]
        self._command += ["--max-container", str(options.max_container)]
        if options.encoding:
            self._command += ["--encoding", options.encoding]
        if options.repair:
            self._command += ["--repair"]
        if options.metadata:
            self._command += ["--metadata", str(options.metadata)]
        self._command += ["--", *map(str, paths)]  # a name may begin with a dash
        self._state = source_state(paths, options.metadata)
        self._said = ""

    def __call__(self) -> bool:
        """Build if something changed; return whether there is a new database."""
        try:
            state = source_state(self._paths, self._options.metadata)
        except InputError as error:
            self._say(str(error))
            return False
        if state == self._state:
            return False
        self._state = state
        done = subprocess.run(  # noqa: S603 - our own command
            self._command, capture_output=True, text=True, errors="replace", check=False, env=os.environ
        )
        if done.returncode:
            self._say(done.stderr.strip())
            return False
        for line in done.stderr.splitlines():  # files that cannot be read
            self._say(line)
        self._say("The sources changed; the site shows them now.")
        return True

    def _say(self, message: str) -> None:
        """Print a message, but the same one only once in a row."""
        if message != self._said or "now." in message:
            self._said = message
            self._tell(message)
