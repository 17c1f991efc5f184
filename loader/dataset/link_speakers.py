"""Joins the voices of articles into speakers, on disk: the rules of `loader.entities.speakers` at any size.

Voices are numbered in reading order. Two voices that may be one person or organisation are an edge; which
edges hold is decided when all are known, because a name that fits two people is joined to neither.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from loader.dataset import schema
from loader.dataset.columns import TABLES
from loader.dataset.key_store import Numbers
from loader.entities.speaker_names import nickname
from loader.entities.speakers import (
    Introduced,
    Said,
    Voice,
    alike,
    introduce,
    letters_of,
    shorter_name,
)

# Rows that are written together.
_AT_ONCE = 2_000
_SCHEMA = """
create table work.voices (
  id integer primary key, kind text not null, key text not null, family text, is_local integer not null);
create table work.evidence (
  id integer primary key, voice integer not null, name text, printed text not null, description text);
create unique index work.told_once on evidence (voice, ifnull(name, ''), ifnull(description, ''));
create table work.edges (one integer, other integer, primary key (one, other)) without rowid;
create table work.joined (voice integer primary key, head integer not null);
create table work.speakers (voice integer primary key, speaker integer not null);
"""
# A name is ambiguous where two of its neighbours are not each other's.
_AMBIGUOUS = """
create table work.ambiguous as
  select distinct one.one as voice from work.edges as one join work.edges as two on one.one = two.one
  where one.other <> two.other and not exists (
    select 1 from work.edges as three where three.one = one.other and three.other = two.other)
"""
_JOIN_PERSONS = """
insert into work.joined
  select one, min(one, min(other)) from work.edges
  where one not in (select voice from work.ambiguous) and other not in (select voice from work.ambiguous)
  group by one
"""
# The abbreviation stands for the organisation whose initials it is, where there is exactly one.
_JOIN_ORGANISATIONS = """
insert into work.joined
  select abbreviations.voice, min(initials.voice)
  from work.abbreviations join work.initials using (letters)
  group by abbreviations.voice having count(distinct initials.voice) = 1
"""
_NUMBER_SPEAKERS = """
insert into work.speakers
  with heads as (
    select id, ifnull(head, id) as head from work.voices left join work.joined on joined.voice = voices.id),
  firsts as (select head, min(id) as first from heads group by head)
  select id, dense_rank() over (order by first) from heads join firsts using (head)
"""


class KnownName(NamedTuple):
    """A name that was taken for a speaker's.

    Attributes:
        speaker: the speaker's number.
        kind: person, organisation, document or group.
        folded_name: the name as it is compared.
        family: a person's last name, an organisation's initials, or None.
    """

    speaker: int
    kind: str
    folded_name: str
    family: str | None


class Identities:
    """The voices of all articles; a connection has one, in its attached database `work`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        for statement in _SCHEMA.split(";\n"):  # a script would end the transaction
            connection.execute(statement)
        self._numbers = Numbers(connection, "work.voice_numbers")
        self._count = 0
        self._voices: list[tuple[object, ...]] = []  # not on disk yet, like the evidence
        self._evidence: list[tuple[object, ...]] = []

    def number(self, voice: Voice, evidence: Iterable[Said]) -> int:
        """Takes down what an article tells of a voice.

        Args:
            voice: the voice; a local one is a new one at every call.
            evidence: what is said of it, in reading order.

        Returns:
            The voice's number; the first is 1.
        """
        key = f"{voice.kind} {voice.key}"
        number = None if voice.is_local else self._numbers.find(key)
        if number is None:
            number = self._count = self._count + 1
            self._voices.append((number, voice.kind, voice.key, voice.family, voice.is_local))
            if not voice.is_local:
                self._numbers.put(key, number)
        self._evidence.extend((number, said.name, said.printed, said.description) for said in evidence)
        if len(self._evidence) >= _AT_ONCE:
            self._write()
        return number

    def _write(self) -> None:
        self._connection.executemany("insert into work.voices values (?, ?, ?, ?, ?)", self._voices)
        self._connection.executemany(
            "insert or ignore into work.evidence (voice, name, printed, description) values (?, ?, ?, ?)",
            self._evidence,
        )
        self._voices.clear()
        self._evidence.clear()

    def join(self) -> None:
        """Decides which voices are one speaker: fills work.speakers with a number for each voice.

        Speakers are numbered from 1 in the order of their first quotation.
        """
        self._write()
        self._connect_persons()
        self._connection.execute(_AMBIGUOUS)
        self._connection.execute(_JOIN_PERSONS)
        self._connect_organisations()
        self._connection.execute(_JOIN_ORGANISATIONS)
        self._connection.execute(_NUMBER_SPEAKERS)

    def introduced(self) -> Iterator[tuple[int, Introduced]]:
        """Yields each speaker's number and what it is called, by number; `join` comes first."""
        rows = self._connection.execute(
            "select speaker, kind, name, printed, description "
            "from work.speakers join work.voices on voices.id = speakers.voice "
            "join work.evidence on evidence.voice = voices.id order by speaker, evidence.id"
        )
        for (number, kind), told in groupby(rows, key=lambda row: (row[0], row[1])):
            yield (
                number,
                introduce(kind, (Said(name, printed, kind, told_of) for *_, name, printed, told_of in told)),
            )

    def names(self) -> Iterator[KnownName]:
        """Yield every name of a voice that is not local, by speaker."""
        rows = self._connection.execute(
            "select speaker, kind, key, ifnull(family, letters) as family "
            "from work.speakers join work.voices on voices.id = speakers.voice left join "
            "(select letters, voice from work.initials union select letters, voice from work.abbreviations) "
            "using (voice) where not is_local order by speaker, voices.id, family"
        )
        yield from map(KnownName._make, rows)

    # --- persons -----------------------------------------------------------------------------------------

    def _connect_persons(self) -> None:
        rows = self._connection.execute(
            "select family, voices.id, key, name, printed, description "
            "from work.voices join work.evidence on evidence.voice = voices.id where family in "
            "(select family from work.voices where family is not null group by family having count(*) > 1) "
            "order by family, voices.id, evidence.id"
        )
        for _, family in groupby(rows, key=lambda row: row[0]):
            voices: list[int] = []
            names: list[tuple[str, Sequence[Said]]] = []
            for (number, name), told in groupby(family, key=lambda row: (row[1], row[2])):
                voices.append(number)
                names.append((name, [Said(row[3], row[4], "person", row[5]) for row in told]))
            self._connect((voices[one], voices[other]) for one, other in alike(names))
        self._connect(self._longer_and_called())

    def _longer_and_called(self) -> Iterator[tuple[int, int]]:
        """Pairs of voices of different last names, or of a nickname: each looked up by its folded name."""
        rows = self._connection.execute(
            "select voices.id, key, name from work.voices join work.evidence on evidence.voice = voices.id "
            "where family is not null and (key like '% % %' or name like '%\"%' or name like '%''%' "
            "or name like '%“%' or name like '%‘%' or name like '%’%')"
        )
        for number, key, name in rows:
            for other in (shorter_name(key), nickname(name)):
                found = self._numbers.find(f"person {other}") if other else None
                if found is not None and found != number:
                    yield found, number

    def _connect(self, pairs: Iterable[tuple[int, int]]) -> None:
        for one, other in pairs:
            self._connection.executemany(
                "insert or ignore into work.edges values (?, ?)", ((one, other), (other, one))
            )

    # --- organisations -----------------------------------------------------------------------------------

    def _connect_organisations(self) -> None:
        for table in ("initials", "abbreviations"):
            self._connection.execute(
                f"create table work.{table} (letters text, voice integer, primary key (letters, voice)) "
                "without rowid"
            )
        rows = self._connection.execute(
            "select voices.id, key, name from work.voices join work.evidence on evidence.voice = voices.id "
            "where kind = 'organisation' and name is not null"
        )
        for number, key, name in rows:
            found = letters_of(name, key)
            if found is not None:
                letters, is_abbreviation = found
                table = "abbreviations" if is_abbreviation else "initials"
                self._connection.execute(
                    f"insert or ignore into work.{table} values (?, ?)",  # noqa: S608
                    (letters, number),
                )


def insert_speakers(
    connection: sqlite3.Connection, speakers: Iterable[tuple[int, Introduced]], *, counted: bool = True
) -> None:
    """Insert rows of speakers.

    Args:
        connection: the database, with the quotations.
        speakers: the id of each, and what it is called.
        counted: whether its quotations are counted; 0 is written otherwise.
    """
    shape = TABLES["speakers"]
    counts = schema.count_expressions(shape, ":id", counted=counted)
    given = shape.without(*counts)
    values = schema.expression_list(shape, {**counts, **{name: f":{name}" for name in given.columns}}, "{}")
    connection.executemany(
        f"insert into speakers ({schema.column_list(shape)}) values ({values})",  # noqa: S608 - names of ours
        ({"id": number, **called._asdict()} for number, called in speakers),
    )


def insert_speaker_names(connection: sqlite3.Connection, names: Iterable[KnownName]) -> None:
    """Insert rows of speaker_names, with ids behind those that are there.

    Args:
        connection: the database.
        names: the names, `speaker` being the id of a row of speakers.
    """
    shape = TABLES["speaker_names"].without("id")
    rows = (
        shape.values(
            {
                "speaker_id": name.speaker,
                "kind": name.kind,
                "folded_name": name.folded_name,
                "family": name.family,
            }
        )
        for name in names
    )
    connection.executemany(schema.insert_statement("speaker_names", shape), rows)
