"""Proofs over the archive files: that they are the files that were loaded, and that none is missing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from loader.curation import WrittenRow, curation_digest
from loader.errors import InputError
from loader.input_files import MAX_ARCHIVE_BYTES, read_file
from loader.metadata_file import dataset_facts, find_metadata, read_metadata
from loader.pipeline.tasks import places_bytes
from loader.readers.decoding import decode
from loader.readers.files import find_sources
from loader.verify.report import Ledger
from loader.verify.untrusted_database import Row

FILES = "archives are the files that were loaded"
ALL = "every archive of the folder is in the database, in the order of names"


class Folder:
    """The archives that a database is proven against, by the names that they have in it."""

    def __init__(self, seeds: Path) -> None:
        """Lists the archives, and reads the places.csv beside them.

        Args:
            seeds: a folder of archives, or one archive.
        """
        self._folder = seeds if seeds.is_dir() else seeds.parent
        self.files: dict[str, Path] = {}
        self.places: bytes | None = None
        self.fault: str | None = None
        try:
            self.files = {source.name: source.file for source in find_sources([seeds])}
            self.places = places_bytes(self._folder)
        except InputError as error:
            self.fault = str(error)

    @property
    def path(self) -> Path:
        """The folder itself, in which corrections.csv and places.csv lie."""
        return self._folder

    def file(self, name: str) -> Path:
        """The file of that name: in the folder, whatever name a hostile database gives."""
        if name in self.files:
            return self.files[name]
        root = Path(os.path.realpath(self._folder))
        try:
            file = Path(os.path.realpath(root / name))
        except ValueError:  # a NUL in the name
            file = root
        if root not in file.parents:
            raise InputError("is no name of a file in the folder")
        return file


def read_archive_text(archive: Row, folder: Folder, ledger: Ledger) -> str | None:
    """Reads and decodes an archive anew.

    Args:
        archive: its row.
        folder: where its file is.
        ledger: takes down where the row says something else than the file.

    Returns:
        The text, None where it is not the file that was loaded.
    """
    tally = ledger[FILES]
    tally.checked += 1
    where = f"archives {archive.id}"
    try:
        file = folder.file(archive.path)
        # A file that is longer than what was loaded is another one; the row alone is not believed.
        stored = archive.bytes if isinstance(archive.bytes, int) else 0
        data = read_file(file, max(stored, MAX_ARCHIVE_BYTES), cure="give the folder that was loaded")
        decoded = decode(data, str(file))
    except InputError as error:
        tally.fault(f"{where}: path {archive.path}: {error}")
        return None
    if hashlib.sha256(data).hexdigest() != archive.sha256:
        tally.fault(f"{where}: sha256 is not that of {file}, which is not the file that was loaded")
        return None
    found = {
        "bytes": len(data),
        "characters": len(decoded.text),
        "encoding": decoded.encoding,
        "format": f"{decoded.encoding}, {decoded.line_ends}",
    }
    for column, value in found.items():
        stored = getattr(archive, column)
        if stored != value:
            tally.fault(f"{where}: {column} is {stored}, of the file {value}")
    return decoded.text


def prove_curation(archive: Row, wanted: Sequence[WrittenRow], places: bytes | None, ledger: Ledger) -> None:
    """The hash of what the folder says of an archive by hand is that of the tables there.

    Args:
        archive: its row.
        wanted: the rows of corrections.csv that are applied to it.
        places: the places.csv beside it, or None.
        ledger: takes down where they differ.
    """
    ledger[FILES].expect(
        archive.curation_sha256 == curation_digest(wanted, places),
        f"archives {archive.id}: curation_sha256 is not that of corrections.csv and places.csv",
    )


def expected_facts(seeds: Path, metadata: Path | None) -> dict[str, str] | None:
    """Return what the metadata file says of the data set, by keys of build_info; None if there is no file.

    Raises:
        InputError: the file cannot be used.
    """
    file = find_metadata(seeds if seeds.is_dir() else seeds.parent, metadata)
    return dataset_facts(read_metadata(file)) if file else None


class Order:
    """Follows the archives by id: their names ascend and none of the folder is left out."""

    def __init__(self, folder: Folder, ledger: Ledger, *, keeps_ids: bool) -> None:
        self._keeps_ids = keeps_ids
        self._missing = dict(folder.files)
        self._tally = ledger[ALL]
        self._last = ""
        if folder.fault:
            self._tally.fault(folder.fault)

    def follow(self, archive: Row) -> None:
        """Takes the next archive."""
        self._tally.expect(
            self._keeps_ids or self._last < archive.path,
            f"archives {archive.id}: path {archive.path} comes after {self._last}",
        )
        self._last = archive.path
        self._missing.pop(archive.path, None)

    def end(self) -> None:
        """After the last one."""
        for name, file in self._missing.items():
            if _can_be_read(file):
                self._tally.fault(f"archives: {name} lies in the folder and is in no row")


def _can_be_read(file: Path) -> bool:
    """Whether a build would read a file of a folder; what it refuses is in no row."""
    try:
        decode(read_file(file, MAX_ARCHIVE_BYTES), str(file))
    except InputError:
        return False
    return True
