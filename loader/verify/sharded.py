"""Proves a folder of shards: each by itself, and that together they are one build of all the files."""

# ruff: noqa: S608 - SQL is put together of our own names

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlite_utils import Database

from loader.dataset import schema
from loader.dataset.build_info import about
from loader.dataset.finalize import attached, create_file
from loader.dataset.output_folder import CATALOGUE, shard_files
from loader.errors import InputError
from loader.readers.decoding import NO_CHOICE, DecodingChoice
from loader.sharding import catalogue
from loader.sharding.split import IN_SEVERAL
from loader.sharding.together import put_together
from loader.verify import database_checks
from loader.verify.report import Check, Ledger
from loader.verify.row_checks import prove_rows
from loader.verify.source_checks import Folder, expected_facts
from loader.verify.untrusted_database import UNREADABLE, opened

ONCE = "shards: every row is in one of them"
AGREE = "shards: what several hold is alike in all"
TOLD = "catalogue: tells what the shards hold"
_SHOWN = 10


def verify_folder(folder: Path, seeds: Path, metadata: Path | None = None) -> Iterator[Check]:
    """Proves shards and their catalogue against the archives they were made from.

    The rows of all shards are put together in a temporary database, and that is proven like a single one.

    Args:
        folder: what `press-archive build --shard` wrote.
        seeds: the folder in which the archives lie by their `path`, or the one archive.
        metadata: the metadata file that they were built with; None for metadata.yml beside them.

    Yields:
        One check after the other; those of a shard with its name before them.

    Raises:
        InputError: where it is no such folder, or somebody is writing to it.
    """
    names = shard_files(folder)
    if not names:
        raise InputError(f"{folder}: has no {CATALOGUE} that lists shards; name a database file")
    sound = True
    for name in sorted(names):
        with opened(folder / name) as found:
            sound = sound and database_checks.has_own_tables(found)
            for check in database_checks.schema_checks(found):
                yield replace(check, name=f"{name}: {check.name}")
            if sound:
                for check in database_checks.checks(found):
                    yield replace(check, name=f"{name}: {check.name}")
                check = database_checks.dataset_facts(found, expected_facts(seeds, metadata))
                yield replace(check, name=f"{name}: {check.name}")
    if not sound:
        return  # the rows of other tables prove nothing; a fault above says which
    with TemporaryDirectory() as place:
        together = Path(place) / "together.db"
        ledger = Ledger()
        try:
            _put_together(folder, sorted(names), together, ledger)
        except UNREADABLE as error:  # also rows of two shards that exclude each other, as equal slugs do
            ledger[ONCE].fault(f"{folder}: its shards cannot be put together ({error})")
            yield from ledger.checks()
            return
        yield from ledger.checks()
        with opened(together) as found:
            yield from prove_rows(found, Folder(seeds))
        yield from _prove_catalogue(folder, together, Path(place) / CATALOGUE)


def _put_together(folder: Path, names: list[str], together: Path, ledger: Ledger) -> None:
    with closing(create_file(together)) as connection:
        connection.execute("pragma trusted_schema=off")
        for added in put_together(connection, folder, names):
            if added.table not in IN_SEVERAL:
                ledger[ONCE].checked += added.rows
                if added.repeated:
                    ledger[ONCE].fault(
                        f"{added.shard}: {added.repeated} rows of {added.table} are in another shard too"
                    )
                continue
            ledger[AGREE].checked += added.rows
            for row in added.differing:
                ledger[AGREE].fault(
                    f"{added.shard}: {added.table} {row} is another one than in a shard before it"
                )
        applied = set()
        decodings = set()
        for name in names:
            with attached(connection, folder / name, "one"):
                told = connection.execute("select value from one.build_info where key = 'corrections'")
                applied.update(told.fetchall())
                facts = dict(connection.execute("select key, value from one.build_info limit 1000"))
                decodings.add(DecodingChoice.recorded(facts))
        ledger[AGREE].expect(len(applied) == 1, "build_info: corrections are applied in some shards alone")
        ledger[AGREE].expect(len(decodings) == 1, "build_info: shards were decoded in different ways")
        database = Database(connection)
        schema.create_indexes(database)
        decoding = decodings.pop() if len(decodings) == 1 else NO_CHOICE
        info = about(corrections=applied == {("applied",)}, decoding=decoding.facts)
        schema.create_information(database, info)


def _prove_catalogue(folder: Path, together: Path, again: Path) -> Iterator[Check]:
    """The catalogue is made again from the shards and compared."""
    with opened(folder / CATALOGUE, catalogue.TABLES) as found:
        for check in database_checks.catalogue_checks(found):
            yield replace(check, name=f"{CATALOGUE}: {check.name}")
        members = [
            catalogue.Member(*row)
            for row in found.connection.execute("select id, name from shards order by id")
        ]
    ledger = Ledger()
    with closing(create_file(again)) as connection:
        try:
            catalogue.fill(connection, folder, members, together)
            with attached(connection, folder / CATALOGUE, "told"):
                for table in catalogue.TABLES:
                    _compare(connection, table, ledger)
        except UNREADABLE as error:
            ledger[TOLD].fault(f"{CATALOGUE}: cannot be made again ({error})")
    yield from ledger.checks()


def _compare(connection: sqlite3.Connection, table: str, ledger: Ledger) -> None:
    ledger[TOLD].checked += 1
    for one, other, what in (("told", "main", "is not so"), ("main", "told", "is missing")):
        for key, *_ in connection.execute(
            f"select * from {one}.{table} except select * from {other}.{table} limit {_SHOWN}"
        ):
            ledger[TOLD].fault(f"{CATALOGUE}: {table} {key} {what}")
