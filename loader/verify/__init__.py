"""Re-proves a finished database: every span against the files, every count, every index.

Nothing of the database is believed: the archives are read and decoded anew, each row's text is compared
with the characters at its offsets, and what follows from other rows is worked out again. One archive is
in memory at a time; rows are streamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from loader.errors import InputError
from loader.verify import database_checks
from loader.verify.report import Check
from loader.verify.row_checks import prove_rows
from loader.verify.sharded import verify_folder
from loader.verify.source_checks import Folder, expected_facts
from loader.verify.untrusted_database import opened
from loader.verify.unverifiable_columns import JUDGED

__all__ = ["JUDGED", "Check", "is_shard", "verify"]


def verify(database: Path | str, seeds: Path | str, metadata: Path | None = None) -> Iterator[Check]:
    """Proves a database against the archives it was made from.

    Args:
        database: the SQLite file, or a folder of shards; nothing is written to it or beside it.
        seeds: the folder in which the archives lie by their `path`, or the one archive.
        metadata: the metadata file that the database was built with; None for metadata.yml beside them.

    Yields:
        One check after the other; all are made even where one finds a fault, unless the tables are not
        the loader's.

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
        yield from database_checks.checks(found)
        if database_checks.has_own_tables(found):
            # Only then: the rows of other tables prove nothing, and a fault above says which.
            yield database_checks.dataset_facts(found, expected_facts(Path(seeds), metadata))
            yield from prove_rows(found, Folder(Path(seeds)))


def is_shard(database: Path | str) -> bool:
    """True for one of several databases that together hold what the files hold; raises as `verify` does."""
    if Path(database).is_dir():
        return False
    with opened(Path(database)) as found:
        return found.is_shard
