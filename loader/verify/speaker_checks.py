"""Proofs over speakers: who is joined to whom, and what each is called, follow from the quotations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from loader.dataset.link_speakers import Identities
from loader.dataset.relink_speakers import TEXT_ORDER
from loader.entities.speakers import Voices
from loader.records import SPEAKER_KINDS
from loader.verify.annotation_checks import RANGE
from loader.verify.report import Ledger
from loader.verify.untrusted_database import Opened, Row

JOINED = "speakers are joined as the quotations tell"
CALLED = "speakers are called as the quotations tell"


def prove_speakers(opened: Opened, ledger: Ledger) -> None:
    """Speakers are joined again from what each quotation says of its own, in reading order, on disk."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.execute("attach '' as work")
        connection.execute("create table work.given (voice, speaker, quote)")
        connection.execute("begin")
        identities = Identities(connection)
        for archive in opened.rows("archives", order=TEXT_ORDER):
            for article in opened.rows("articles", "archive_id = ?", (archive.id,), order="position"):
                connection.executemany(
                    "insert into work.given values (?, ?, ?)", _voices(opened, article, identities, ledger)
                )
        identities.join()
        _prove_joined(connection, ledger)
        _prove_called(opened, connection, identities, ledger)
        _prove_names(opened, connection, identities, ledger)


def _voices(
    opened: Opened, article: Row, identities: Identities, ledger: Ledger
) -> Iterator[tuple[int, int, int]]:
    """The voices of an article: number, the speaker that the row names, the quotation's id."""
    voices = Voices()
    named: list[tuple[int, int, int]] = []
    for row in opened.rows("quotes", "article_id = ?", (article.id,), order="position"):
        kind = opened.value("select kind from speakers where id = ?", (row.speaker_id,))
        index = voices.index(
            row.speaker_text,
            row.speaker_name,
            kind if kind in SPEAKER_KINDS else "person",
            row.speaker_description,
        )
        ledger[JOINED].expect(
            (index is None) == (row.speaker_id is None),
            f"quotes {row.id}: speaker_id is {row.speaker_id}, but speaker_text and speaker_name name "
            f"{'nobody' if index is None else 'somebody'}",
        )
        if index is not None and row.speaker_id is not None:
            named.append((index, row.speaker_id, row.id))
    numbers = [
        identities.number(voice, evidence)
        for voice, evidence in zip(voices.voices, voices.evidence, strict=True)
    ]
    return ((numbers[index], speaker, quote) for index, speaker, quote in named)


def _prove_joined(connection: sqlite3.Connection, ledger: Ledger) -> None:
    """Quotations have one speaker exactly where the rules join their voices."""
    connection.execute(
        "create table work.pairs as select speakers.speaker as told, given.speaker as stored, "
        "min(given.quote) as quote from work.given join work.speakers using (voice) group by 1, 2"
    )
    for column, what in (
        ("told", "its words are those of a speaker with another id"),
        ("stored", "its words are not that speaker's"),
    ):
        for quote, stored in connection.execute(
            "select quote, stored from "  # noqa: S608
            f"(select *, row_number() over (partition by {column} order by quote) as place from work.pairs) "
            "where place > 1 order by quote"
        ):
            ledger[JOINED].fault(f"quotes {quote}: speaker_id is {stored}, {what}")


def _prove_called(
    opened: Opened, connection: sqlite3.Connection, identities: Identities, ledger: Ledger
) -> None:
    """A speaker's name and description are those that the rules choose from the quotations."""
    for number, told in identities.introduced():
        stored = connection.execute(
            "select stored from work.pairs where told = ? order by quote", (number,)
        ).fetchone()
        for row in opened.rows("speakers", "id = ?", stored or (0,)):
            for column in ("name", "description"):
                found, expected = getattr(row, column), getattr(told, column)
                ledger[CALLED].expect(
                    found == expected,
                    f"speakers {row.id}: {column} is {found!r}, the quotations tell {expected!r}",
                )
    for row in opened.rows("speakers"):
        ledger[RANGE].expect(row.kind in SPEAKER_KINDS, f"speakers {row.id}: kind {row.kind} is unknown")


def _prove_names(
    opened: Opened, connection: sqlite3.Connection, identities: Identities, ledger: Ledger
) -> None:
    """The names under which a speaker is known are those of the quotations, each once."""
    tally = ledger["speakers' names are those of the quotations"]
    connection.execute("create table work.known (speaker, kind, name, family)")
    connection.executemany(
        "insert into work.known values ((select stored from work.pairs where told = ? limit 1), ?, ?, ?)",
        identities.names(),
    )
    connection.execute("create index work.known_names on known (name)")
    for row in opened.rows("speaker_names"):
        found = connection.execute(
            "delete from work.known where rowid = (select rowid from work.known "
            "where speaker is ? and kind is ? and name is ? and family is ? limit 1)",
            (row.speaker_id, row.kind, row.folded_name, row.family),
        )
        tally.expect(
            found.rowcount == 1,
            f"speaker_names {row.id}: no quotation tells speaker_id {row.speaker_id}, kind {row.kind}, "
            f"folded_name {row.folded_name!r}, family {row.family!r}",
        )
    for speaker, name in connection.execute("select speaker, name from work.known"):
        tally.fault(f"speaker_names: folded_name {name!r} of speakers {speaker} is missing")
