"""Re-proves a finished database: every span against the files, every count, every index.

A check is of one of four levels: the bytes of the sources, their text, the rows, and a rebuild, which is made
on demand and proves what the loader judges.

Nothing of the database is believed: the archives are read and decoded anew, each row's text is compared
with the characters at its offsets, and what follows from other rows is worked out again. One archive is
in memory at a time; rows are streamed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from loader.errors import InputError
from loader.verify import database_checks
from loader.verify.rebuild import Sources, prove_by_rebuild
from loader.verify.report import Check, Level, levels
from loader.verify.row_checks import prove_rows
from loader.verify.sharded import verify_folder
from loader.verify.source_checks import Folder, expected_facts
from loader.verify.untrusted_database import opened
from loader.verify.unverifiable_columns import JUDGED

__all__ = [
    "JUDGED",
    "Check",
    "Level",
    "Sources",
    "exit_code",
    "is_shard",
    "levels",
    "verify",
    "verify_and_rebuild",
]

# Exit codes of a program that verifies.
_FAULTS, _NOT_PROVEN = 1, 4


def verify(database: Path | str, seeds: Path | str, metadata: Path | None = None) -> Iterator[Check]:
    """Proves a database against the archives it was made from.

    Args:
        database: the SQLite file, or a folder of shards; nothing is written to it or beside it.
        seeds: the folder in which the archives lie by their `path`, or the one archive.
        metadata: the metadata file that the database was built with; None for metadata.yml beside them.

    Yields:
        One check after the other, those of the files and of their text first; all are made even where one
        finds a fault, unless the tables are not the loader's.

    Raises:
        InputError: the file is no database of this kind, somebody is writing to it, or there are no such
            archives.
    """
    if not Path(seeds).exists():
        raise InputError(f"{seeds}: no such file or folder; name the one that the database was built from")
    if Path(database).is_dir():
        yield from verify_folder(Path(database), Path(seeds), metadata)
        return
    with opened(Path(database)) as found:
        # Held back until those of the files and the text: they take no time.
        of_schema = list(database_checks.schema_checks(found))
        if not database_checks.has_own_tables(found):
            yield from of_schema  # the rows of other tables prove nothing
            return
        of_rows = deque(prove_rows(found, Folder(Path(seeds))))
        while of_rows and of_rows[0].level in {Level.BYTES, Level.TEXT}:
            yield of_rows.popleft()
        yield from of_schema
        yield from database_checks.checks(found)
        yield database_checks.dataset_facts(found, expected_facts(Path(seeds), metadata))
        yield from of_rows


def verify_and_rebuild(database: Path | str, sources: Sources) -> Iterator[Check]:
    """Proves a database as `verify` does, then builds the sources again and compares every row.

    Args:
        database: the SQLite file, or a folder of shards; nothing is written to it or beside it.
        sources: what it was built from.

    Yields:
        The checks of `verify`, then those of the rebuild; none of these if the tables are not the loader's.

    Raises:
        InputError: as `verify`.
    """
    is_complete = False
    for check in verify(database, sources.seeds, sources.metadata):
        is_complete = is_complete or check.level is Level.BYTES
        yield check
    if is_complete:
        yield from prove_by_rebuild(Path(database), sources)


def exit_code(checks: Iterable[Check], *, with_rebuild: bool) -> int:
    """Return what a program says of a proof as it ends: 0 proven, 1 faults, 4 not proven.

    Args:
        checks: all checks.
        with_rebuild: whether a rebuild was made, so that nothing may be left unproven. Without one, only what
            another version of the loader built is not proven.
    """
    code = 0
    for check in checks:
        if check.found:
            return _FAULTS
        if check.unproven and (with_rebuild or check.name.endswith(database_checks.BUILT_BY)):
            code = _NOT_PROVEN
    return code


def is_shard(database: Path | str) -> bool:
    """True for one of several databases that together hold what the files hold; raises as `verify` does."""
    if Path(database).is_dir():
        return False
    with opened(Path(database)) as found:
        return found.is_shard
