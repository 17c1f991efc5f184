"""Proofs over the archive files: that they are the files that were loaded, and that none is missing."""

from __future__ import annotations

import codecs
import hashlib
import os
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from loader.curation import WrittenRow, curation_digest
from loader.errors import InputError
from loader.input_files import MAX_ARCHIVE_BYTES, read_file
from loader.metadata_file import dataset_facts, find_metadata, read_metadata
from loader.pipeline.tasks import places_sha256
from loader.readers.decoding import VERBATIM, Decoded, DecodingChoice, decode, decode_piece
from loader.readers.files import find_sources
from loader.records import Segment
from loader.verify.containers import parts_of, read_part
from loader.verify.report import Ledger, Level, Proof
from loader.verify.untrusted_database import Opened, Row

_SEGMENT_COLUMNS = tuple(field.name for field in fields(Segment))
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FILES = Proof("files are those that were loaded, byte by byte", Level.BYTES)
BYTES = Proof("every byte of a part is in a segment or left out with a reason", Level.BYTES)
ALL = Proof("every file of the folder is in the database, in the order of names", Level.BYTES)
PARTS = Proof("checksums of items are those of their unpacked bytes", Level.BYTES)
DECODED = Proof("texts are those that the files decode to", Level.TEXT)
TEXTS = Proof("texts of items are what their segments decode to", Level.TEXT)


class Folder:
    """The archives that a database is proven against, by the names that they have in it."""

    def __init__(self, seeds: Path) -> None:
        """Lists the archives, and reads the places.csv beside them.

        Args:
            seeds: a folder of archives, or one archive.
        """
        self._folder = seeds if seeds.is_dir() else seeds.parent
        self.files: dict[str, Path] = {}
        self.places: str | None = None
        self.fault: str | None = None
        try:
            self.files = {source.name: source.file for source in find_sources([seeds])}
            self.places = places_sha256(self._folder)
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


def prove_file(row: Row, folder: Folder, archives: int, ledger: Ledger) -> bytes | None:
    """A file's row says what the file is.

    Args:
        row: its row of files.
        folder: where the file is.
        archives: how many source texts name it.
        ledger: takes down where the row says something else than the file.

    Returns:
        Its bytes, None if it is not the file that was loaded or was not read then.
    """
    tally = ledger[FILES]
    where = f"files {row.id}"
    tally.expect(
        (row.status != "refused") == bool(archives) and row.status in ("read", "partly", "refused"),
        f"{where}: status is {row.status} at {archives:,} source texts",
    )
    tally.expect(
        row.reason is not None or row.status == "read", f"{where}: reason is missing at status {row.status}"
    )
    if row.sha256 is None:  # it could not be opened, or was too long
        tally.expect(row.status == "refused", f"{where}: has no sha256 though it was read")
        return None
    try:
        file = folder.file(row.path)
        size = row.bytes if isinstance(row.bytes, int) else 0
        data = read_file(file, max(size, MAX_ARCHIVE_BYTES), cure="give the folder that was loaded")
    except InputError as error:
        tally.fault(f"{where}: path {row.path}: {error}")
        return None
    tally.expect(row.bytes == len(data), f"{where}: bytes is {row.bytes}, of the file {len(data)}")
    if hashlib.sha256(data).hexdigest() != row.sha256:
        tally.fault(f"{where}: sha256 is not that of {file}, which is not the file that was loaded")
        return None
    return data if row.status != "refused" else None


def prove_same_file(archive: Row, file: Row, ledger: Ledger) -> None:
    """A source text repeats what its file's row says of the file."""
    for column in ("path", "sha256", "bytes"):
        ledger[FILES].expect(
            getattr(archive, column) == getattr(file, column),
            f"archives {archive.id}: {column} is not that of its file",
        )


def prove_text(
    archive: Row, data: bytes | None, segments: Sequence[Row], decoding: DecodingChoice, ledger: Ledger
) -> str | None:
    """The text of a source, read and decoded anew.

    Args:
        archive: its row.
        data: the bytes of that file, None if they are not those that were loaded.
        segments: its rows of segments, in order; none if it is the decoded file.
        decoding: how the database says that files were decoded.
        ledger: takes down where the rows say something else than the bytes.

    Returns:
        The text, None if it cannot be made.
    """
    tally = ledger[DECODED]
    where = f"archives {archive.id}"
    tally.expect(
        bool(segments) or not archive.member, f"{where}: member is {archive.member} without segments"
    )
    if data is None:
        return None
    part = read_part(data, segments[0].part) if segments and segments[0].part is not None else data
    if part is None:
        tally.fault(f"{where}: its file has no part {segments[0].part}")
        return None
    digest = hashlib.sha256(part).hexdigest() if archive.member else None
    ledger[PARTS].expect(
        archive.part_sha256 == digest,
        f"{where}: part_sha256 is {archive.part_sha256}, of its part {digest}",
    )
    try:
        decoded = decode(part, archive.path, decoding)
    except InputError as error:
        tally.fault(f"{where}: {error}")
        return None
    found = {
        "characters": len(decoded.text),
        "encoding": decoded.encoding,
        "format": decoded.format,
    }
    for column, value in found.items():
        stored = getattr(archive, column)
        tally.expect(stored == value, f"{where}: {column} is {stored}, of the file {value}")
    expected = decoded.segments or ((_whole(decoded, part),) if archive.member else ())
    _prove_segments(archive, segments, expected, ledger)
    gives = _text_of(part, expected) if expected else _text_of(part, (_whole(decoded, part),))
    ledger[TEXTS].expect(gives == decoded.text, f"{where}: its bytes do not give its text")
    return decoded.text


def _whole(decoded: Decoded, part: bytes) -> Segment:
    """The segment of a text that is the plain decoding of a part."""
    return Segment(
        start=0,
        end=len(decoded.text),
        part=None,
        byte_start=0,
        byte_end=len(part),
        transform=VERBATIM,
        encoding=decoded.encoding,
    )


def _prove_segments(
    archive: Row, segments: Sequence[Row], expected: Sequence[Segment], ledger: Ledger
) -> None:
    """The segments of a text are those of its decoding, value by value."""
    tally = ledger[TEXTS]
    tally.expect(
        len(segments) == len(expected),
        f"archives {archive.id}: has {len(segments):,} segments, of the file {len(expected):,}",
    )
    for row, segment in zip(segments, expected, strict=False):
        wanted = replace(segment, part=archive.member or None)
        for column in _SEGMENT_COLUMNS:
            stored, value = getattr(row, column), getattr(wanted, column)
            tally.expect(stored == value, f"segments {row.id}: {column} is {stored}, of the file {value}")


def _text_of(part: bytes, segments: Sequence[Segment]) -> str | None:
    """The characters of segments, each made of its bytes alone; None if these are none or leave a gap."""
    pieces: list[str] = []
    at = 0
    for segment in segments:
        try:
            pieces.append(decode_piece(part, segment))
        except UnicodeError:
            return None
        at += len(pieces[-1])
        if segment.end != at or segment.start != at - len(pieces[-1]):
            return None
    return "".join(pieces)


def prove_stored_text(
    found: Opened, archive: Row, text: str | None, segments: Sequence[Row], ledger: Ledger
) -> None:
    """The stored text of an item is what its segments give; of a plain file none is stored."""
    stored = [row.text for row in found.rows("source_texts", "archive_id = ?", (archive.id,))]
    where = f"archives {archive.id}"
    tally = ledger[TEXTS]
    tally.expect(len(stored) == bool(segments), f"{where}: has {len(stored)} rows of source_texts")
    if segments and text is not None and stored:
        tally.expect(stored[0] == text, f"{where}: text in source_texts is not what its segments give")


def _mark(content: bytes) -> int:
    """The length of the byte-order mark at the beginning, which gives no character."""
    return next((len(mark) for mark in _MARKS if content.startswith(mark)), 0)


def prove_bytes(file: Row, data: bytes, ranges: Sequence[Row], ledger: Ledger) -> None:
    """Every byte of every part of a container is in a segment or an omitted range, and in one only.

    Args:
        file: its row.
        data: its bytes.
        ranges: rows of segments and of omitted_ranges.
        ledger: takes down which parts are not covered.
    """
    tally = ledger[BYTES]
    tally.checked += 1  # of a file that is no container, its text is the decoding of all its bytes
    by_part: dict[str | None, list[tuple[int, int]]] = {}
    for row in ranges:
        by_part.setdefault(row.part, []).append((row.byte_start, row.byte_end))
    whole = [(None, data)] if None in by_part else []
    for part, content in (*whole, *parts_of(data)):
        spans = sorted(by_part.pop(part, []))
        tally.checked += 1
        if content is None:  # damaged, encrypted, or a path that is not unpacked
            if part is not None and part not in (file.reason or ""):
                tally.fault(f"files {file.id}: {part} cannot be unpacked, and reason does not say so")
            continue
        at = _mark(content) if spans and spans[0][0] else 0
        for start, end in spans:
            if start != at:
                break
            at = end
        if at != len(content) or any(start < end for start, end in spans if start >= at):
            tally.fault(
                f"files {file.id}: bytes of {part or 'the file'} from {at} are in no segment and not left out"
            )
    for part in by_part:
        tally.fault(f"files {file.id}: has no part {part}, which segments or omitted_ranges name")


def prove_curation(archive: Row, wanted: Sequence[WrittenRow], places: str | None, ledger: Ledger) -> None:
    """The hash of what the folder says of an archive by hand is that of the tables there.

    Args:
        archive: its row.
        wanted: the rows of corrections.csv that are applied to it.
        places: the SHA-256 of the places.csv beside it, or None.
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
    """Follows the files by id: their names ascend and none of the folder is left out."""

    def __init__(self, folder: Folder, ledger: Ledger, *, keeps_ids: bool) -> None:
        self._keeps_ids = keeps_ids
        self._missing = dict(folder.files)
        self._tally = ledger[ALL]
        self._last = ""
        if folder.fault:
            self._tally.fault(folder.fault)

    def follow(self, file: Row) -> None:
        """Takes the next file."""
        self._tally.expect(
            self._keeps_ids or self._last < file.path,
            f"files {file.id}: path {file.path} comes after {self._last}",
        )
        self._last = file.path
        self._missing.pop(file.path, None)

    def end(self) -> None:
        """After the last one."""
        for name in self._missing:
            self._tally.fault(f"files: {name} lies in the folder and is in no row")
