"""Proves every row by reading the sources again: what the loader judges, it judges again.

The sources are built into a temporary folder with the options that the database says it was built with, and
every table of both is read in the order of its natural keys, row beside row, so memory does not grow with the
archive. Another version of the loader may judge differently, so only the version that built a file can prove
it in this way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from loader.dataset.output_folder import CATALOGUE, shard_files
from loader.errors import InputError
from loader.input_files import MAX_ARCHIVE_BYTES
from loader.metadata_file import find_metadata
from loader.pipeline.build import Options, build
from loader.pipeline.progress import Progress
from loader.readers.decoding import DecodingChoice
from loader.sharding.build_shards import SHARD_BYTES, By, build_shards
from loader.sharding.catalogue import CATALOGUE_SCHEMA
from loader.sharding.split import KINDS
from loader.verify.compare_rows import compare_information, compare_rows, compare_statistics
from loader.verify.database_checks import SIZE, other_version
from loader.verify.report import Check, Level
from loader.verify.untrusted_database import UNREADABLE, Opened, opened
from loader.verify.unverifiable_columns import JUDGED

_NAME = "rows are those of a rebuild"
# What a sound file tells of how it was built; a hostile one may hold anything.
_MOST_FACTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a database is built from again.

    Attributes:
        seeds: the folder or file of the sources.
        metadata: the metadata file that it was built with; None for metadata.yml beside them.
        jobs: how many processes read; None for as many as there are CPUs.
        progress: called after each file.
    """

    seeds: Path
    metadata: Path | None = None
    jobs: int | None = None
    progress: Callable[[Progress], None] | None = None

    @property
    def has_metadata(self) -> bool:
        """Whether there is a metadata file."""
        return (
            find_metadata(self.seeds if self.seeds.is_dir() else self.seeds.parent, self.metadata) is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """What a database says of how it was built."""

    facts: Mapping[str, str]
    largest: int

    @property
    def shard_size(self) -> str:
        return self.facts.get("shard_size", "")

    def options(self, sources: Sources) -> Options:
        """The options of the build."""
        return {
            "corrections": self.facts.get("corrections") == "applied",
            "metadata": sources.metadata,
            "jobs": sources.jobs,
            "progress": sources.progress,
            "decoding": DecodingChoice.recorded(self.facts),
            # Whatever --max-size was, it let the largest file pass.
            "max_bytes": max(self.largest, MAX_ARCHIVE_BYTES),
        }


def left_to_a_rebuild() -> Check:
    """Return the check that says what only a rebuild proves."""
    columns = ", ".join(JUDGED)
    why = (
        "only --rebuild proves which words are quotations, speakers, cues, places, links and authors, that "
        f"none is missing, and what stands in {len(JUDGED)} columns: {columns}"
    )
    return replace(_unproven(why), name="what the loader judges")


def _unproven(why: str) -> Check:
    return Check(name=_NAME, level=Level.REBUILD, checked=0, faults=(), found=0, unproven=why)


def _fault(*what: str) -> Check:
    return Check(name=_NAME, level=Level.REBUILD, checked=1, faults=what, found=len(what))


def prove_by_rebuild(database: Path, sources: Sources) -> Iterator[Check]:
    """Build the sources again and compare every row.

    Args:
        database: a file, a shard, or a folder of shards, whose tables are the loader's.
        sources: what it was built from.

    Yields:
        A check for each table, and one for each column that has faults; those of a shard with its name. One
        that is not proven if another version of the loader built it.

    Raises:
        InputError: the database cannot be read.
    """
    first = database / min(shard_files(database)) if database.is_dir() else database
    with opened(first) as found:
        recorded = _recorded(found)
        why = other_version(recorded.facts) or _unknown_size(recorded, is_shard=found.is_shard)
        is_shard = found.is_shard
    if why:
        yield _unproven(why)
        return
    with TemporaryDirectory(prefix="press-archive-") as place:
        try:
            rebuilt = _rebuild(recorded, sources, Path(place), is_shard=is_shard)
        except InputError as error:
            if any(line.startswith(place) for line in error.lines):  # no fault of the database
                raise InputError(
                    f"{place}: the rebuild cannot be written there; make room, or name another folder with "
                    "TMPDIR"
                ) from error
            yield _fault(*(f"the sources cannot be built again: {line}" for line in error.lines))
            return
        yield from compare(database, rebuilt, has_metadata=sources.has_metadata)


def _recorded(found: Opened) -> _Recorded:
    facts = found.connection.execute("select key, value from build_info limit ?", (_MOST_FACTS,)).fetchall()
    sizes = found.rows("archives", order="bytes desc")
    return _Recorded(
        facts={key: value for key, value in facts if isinstance(key, str) and isinstance(value, str)},
        largest=next((archive.bytes for archive in sizes), 0),
    )


def _unknown_size(recorded: _Recorded, *, is_shard: bool) -> str | None:
    """Why shards cannot be cut again as they were, or None."""
    kind = recorded.facts.get("shard_by")
    if not is_shard or (kind in KINDS and (kind != "size" or SIZE.fullmatch(recorded.shard_size))):
        return None
    return (
        f"build_info does not say how the shards were cut (shard_by {kind}, shard_size {recorded.shard_size})"
    )


def _rebuild(recorded: _Recorded, sources: Sources, place: Path, *, is_shard: bool) -> Path:
    """Build the sources again; return the file, or the folder of shards."""
    options = recorded.options(sources)
    if not is_shard:
        return build([sources.seeds], place / "archive.db", **options).output
    kind = recorded.facts["shard_by"]
    by = By(kind, int(recorded.shard_size) if kind == "size" else SHARD_BYTES)
    return build_shards([sources.seeds], place / "shards", by, **options).output


def compare(stored: Path, rebuilt: Path, *, has_metadata: bool = True) -> Iterator[Check]:
    """Compare every row of a database with those of a rebuilt one.

    Args:
        stored: a file, a shard, or a folder of shards.
        rebuilt: what was built from its sources: a file, or the folder of shards.
        has_metadata: whether the metadata file that it was built with was there.

    Yields:
        A check for each table, and one for each column that has faults; those of a shard with its name.
    """
    if stored.is_dir():
        yield from _compare_folders(stored, rebuilt, has_metadata=has_metadata)
    elif rebuilt.is_dir():
        yield from _compare_shard(stored, rebuilt, has_metadata=has_metadata)
    else:
        yield from _compare_files(stored, rebuilt, has_metadata=has_metadata)


def _compare_files(stored: Path, rebuilt: Path, *, has_metadata: bool) -> Iterator[Check]:
    with opened(stored) as one, opened(rebuilt) as other:
        try:
            yield from compare_rows(
                one.connection,
                other.connection,
                with_ids=not one.numbering_is_kept,
                has_metadata=has_metadata,
            )
            if not one.numbering_is_kept:
                # A rebuild without the metadata file has fewer rows in build_info.
                without = None if has_metadata else "build_info"
                yield compare_statistics(one.connection, other.connection, without)
        except UNREADABLE as error:
            yield _fault(f"{stored}: cannot be compared ({error})")


def _named(checks: Iterable[Check], name: str) -> Iterator[Check]:
    for check in checks:
        yield replace(check, name=f"{name}: {check.name}")


def _compare_shard(stored: Path, rebuilt: Path, *, has_metadata: bool) -> Iterator[Check]:
    with opened(stored) as found:
        name = _recorded(found).facts.get("shard", "")
    if f"{name}.db" not in shard_files(rebuilt):
        yield _fault(f"build_info shard: value is {name!r}, which is not a shard of a rebuild")
        return
    yield from _compare_files(stored, rebuilt / f"{name}.db", has_metadata=has_metadata)


def _compare_folders(stored: Path, rebuilt: Path, *, has_metadata: bool) -> Iterator[Check]:
    here, there = shard_files(stored), shard_files(rebuilt)
    differing = [f"{name}: is not a shard of a rebuild" for name in sorted(here - there)]
    differing += [f"{name}: is missing" for name in sorted(there - here)]
    check = _fault(*differing)
    yield replace(check, name="shards are those of a rebuild", checked=len(there))
    for name in sorted(here & there):
        yield from _named(_compare_files(stored / name, rebuilt / name, has_metadata=has_metadata), name)
    try:
        with _read_only(stored / CATALOGUE) as one, _read_only(rebuilt / CATALOGUE) as other:
            checks = compare_information(one, other, CATALOGUE_SCHEMA, has_metadata=has_metadata)
            yield from _named(checks, CATALOGUE)
    except UNREADABLE as error:
        yield _fault(f"{CATALOGUE}: cannot be compared ({error})")


def _read_only(file: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True))
