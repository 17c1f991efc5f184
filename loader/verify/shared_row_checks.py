"""Proofs over the tables that many articles share: who signs, who speaks, which places, which outlets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loader.archive_tables import PLACES_FILE
from loader.dataset.columns import TABLES
from loader.dataset.ownership import SHARED
from loader.errors import InputError
from loader.gazetteer import default_gazetteer
from loader.input_files import beside
from loader.records import Place
from loader.text import one_line
from loader.verify.block_checks import prints
from loader.verify.report import Ledger
from loader.verify.untrusted_database import Opened, Row

SIGNED = "outlets and authors stand in the source line"
NUMBERED = "ids are 1, 2, 3 ... without a gap"


def prove_ids(opened: Opened, ledger: Ledger) -> None:
    """Rows are numbered from 1 without a gap, where ids are not kept from build to build."""
    if opened.keeps_ids:
        return
    for table, shape in TABLES.items():
        if shape.primary_key != "id":
            continue
        for expected, (rowid,) in enumerate(
            opened.connection.execute(f"select rowid from [{table}] order by rowid"),  # noqa: S608
            start=1,
        ):
            ledger[NUMBERED].checked += 1
            if rowid != expected:
                ledger[NUMBERED].fault(f"{table} {rowid}: id follows {expected - 1}")
                break


def prove_counts(opened: Opened, ledger: Ledger) -> None:
    """Stored counts are those that are found."""
    for table, column, counted, reference in (
        (table, column, *counted)
        for table, shape in TABLES.items()
        for column, counted in shape.counts.items()
    ):
        tally = ledger[f"{table}.{column} is what is there"]
        query = f"select count(*) from {counted} where {reference} = ?"  # noqa: S608
        for row in opened.rows(table):
            found = opened.value(query, (row.id,))
            stored = getattr(row, column)
            tally.expect(stored == found, f"{table} {row.id}: {column} is {stored}, counted {found}")


def prove_orphans(opened: Opened, ledger: Ledger) -> None:
    """Something refers to every row, for the first time in the order of their ids."""
    # The first use tells the order: rows are numbered when they are first seen.
    for table, ((user, column), *_) in SHARED.items():
        key = "id" if "id" in TABLES[user].columns else "rowid"
        tally = ledger[f"no orphan in {table}, each numbered by its first use"]
        first = f"select min({key}) from {user} where {column} = ?"  # noqa: S608
        last = 0
        for row in opened.rows(table):
            use = opened.value(first, (row.id,))
            if not isinstance(use, int):
                tally.expect(False, f"{table} {row.id}: nothing refers to it in {user}.{column}")
                continue
            tally.expect(
                opened.keeps_ids or use > last,
                f"{table} {row.id}: is used first in {user} {use}, before the row before it",
            )
            last = use


def prove_signed(
    opened: Opened, article: Row, source: str, corrections: Sequence[Row], ledger: Ledger
) -> None:
    """Outlet and authors stand in the article's source line, unless a correction set them.

    Args:
        opened: the database.
        article: the article's row.
        source: its source line, on one line.
        corrections: the article's corrections, in order.
        ledger: takes the faults down.
    """
    tally = ledger[SIGNED]
    is_set = any(row.field == "publication" for row in corrections)
    if article.publication_id is not None and not is_set:
        name = opened.value("select name from publications where id = ?", (article.publication_id,))
        tally.expect(
            isinstance(name, str) and prints(source, name),
            f"articles {article.id}: publication_id is {article.publication_id}, name {name!r}, "
            "which its source line does not print",
        )
    signers = opened.connection.execute(
        "select position, author_id, name from article_authors left join authors on authors.id = author_id "
        "where article_id = ? order by position",
        (article.id,),
    )
    by_hand = _authors_by_hand(corrections)
    names = set()
    for number, (position, author, name) in enumerate(signers, start=1):
        where = f"article_authors {article.id}/{author}"
        tally.expect(position == number, f"{where}: position is {position}, in place {number}")
        tally.expect(
            isinstance(name, str) and (name in by_hand or prints(source, name)),
            f"{where}: author_id names {name!r}, whom neither the source line nor a correction names",
        )
        names.add(name)
    for name in sorted(by_hand - names):
        tally.fault(f"article_authors {article.id}: lacks {name!r}, whom a correction names")


def _authors_by_hand(corrections: Sequence[Row]) -> set[str]:
    """Return the names that corrections give: each added one, and the last one for each printed name."""
    added = {one_line(row.corrected or "") for row in corrections if row.field == "add_author"}
    replaced = {row.start: one_line(row.corrected or "") for row in corrections if row.field == "author"}
    return (added | set(replaced.values())) - {""}


def prove_places(opened: Opened, folder: Path, ledger: Ledger) -> None:
    """Places are entries of the gazetteer, in every column, or of the places.csv beside the archives."""
    tally = ledger["places are entries of the gazetteer"]
    gazetteer = default_gazetteer()
    try:
        own = beside(folder, PLACES_FILE)
        if own:
            gazetteer = gazetteer.with_places(own)
    except InputError as error:
        tally.fault(str(error))
    for row in opened.rows("places"):
        place = Place(**{column: getattr(row, column) for column in Place.__dataclass_fields__})
        known = gazetteer.find(place.name, place.kind, place.country_code)
        tally.expect(
            place in known, f"places {row.id}: {_differing(place, known)} is not what the gazetteer has"
        )


def _differing(place: Place, known: Sequence[Place]) -> str:
    """The columns in which a place differs from the entry that it is most like."""
    differing = [
        [column for column in Place.__dataclass_fields__ if getattr(place, column) != getattr(entry, column)]
        for entry in known
    ]
    fewest: list[str] = min(differing, key=len, default=[])
    return ", ".join(fewest) if fewest else f"name, kind or country_code of {place.name}"
