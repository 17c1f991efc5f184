"""Joins speakers again after quotations came and went: as a full build would, and no more than is needed.

Whether two names are one person's depends on the names that could be either's too. So from every name that
came or went the names are sought that could be its bearer's, from those the next, until there are no more.
The speakers with these names are joined anew from their quotations; nobody else can have changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from loader.dataset.link_speakers import Identities, insert_speaker_names, insert_speakers
from loader.dataset.schema import index_words
from loader.entities.speaker_names import nickname, read_person
from loader.entities.speakers import (
    Introduced,
    Said,
    Voice,
    Voices,
    alike,
    letters_of,
    shorter_name,
    voice_of,
)
from loader.text import one_line

# A name that other names may be forms of: kind and folded name.
Name = tuple[str, str]

_TOLD = (
    "select distinct speaker_text, speaker_name, speakers.kind, speaker_description "
    "from quotes join speakers on speakers.id = quotes.speaker_id where "
)
# Of a source text: the part of a container that holds it.
PART_OF_TEXT = "(select part from segments where archive_id = archives.id order by start limit 1)"
# The order in which a full build reads source texts. Parts are read in the order of their paths, but if an
# update left some as they were, these have lower ids than new ones before them.
TEXT_ORDER = f"archives.path, {PART_OF_TEXT}, archives.id"
_REACHED = f"""
select quotes.id, quotes.article_id, quotes.speaker_id, speaker_text, speaker_name, speakers.kind,
  speaker_description
from work.reached join quotes on quotes.speaker_id = reached.speaker
  join speakers on speakers.id = reached.speaker
  join articles on articles.id = quotes.article_id join archives on archives.id = articles.archive_id
order by {TEXT_ORDER}, articles.position, quotes.position
"""  # noqa: S608 - SQL of ours


class Rejoining:
    """The speakers of a database that quotations come to and go from."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._last = int(connection.execute("select ifnull(max(id), 0) from speakers").fetchone()[0])
        self._last_old = self._last
        # By name what is told of it by quotations that came or went; speakers that these name.
        self._changed: dict[Name, dict[Said, None]] = {}
        self._touched: set[int] = set()
        self._families: dict[str, dict[str, set[str]]] = {}
        # Of those names persons by last name and by the shorter name, organisations by letters.
        self._of_family: dict[str, list[str]] = {}
        self._longer: dict[str, list[str]] = {}
        self._of_letters: dict[str, list[str]] = {}

    def forget(self, articles: str) -> None:
        """Notes what quotations tell that are about to go.

        Args:
            articles: a query for the ids of their articles.
        """
        where = f"quotes.article_id in ({articles})"
        for said in self._told(where):
            voice = voice_of(said)
            if voice is not None and not voice.is_local:
                self._changed.setdefault((voice.kind, voice.key), {})[said] = None
        self._touched.update(
            number
            for (number,) in self._connection.execute(
                f"select distinct speaker_id from quotes where {where} and speaker_id is not null"  # noqa: S608
            )
        )

    def number(self, voice: Voice, evidence: Iterable[Said]) -> int:
        """Takes down what a new article tells of a voice.

        Args:
            voice: the voice.
            evidence: what is said of it, in reading order.

        Returns:
            The id of a speaker of its own, which stays where nobody is joined to it.
        """
        told = list(evidence)
        self._last += 1
        placeholder = Introduced(told[0].printed, voice.kind, None)
        insert_speakers(self._connection, [(self._last, placeholder)], counted=False)
        if not voice.is_local:
            self._changed.setdefault((voice.kind, voice.key), {}).update(dict.fromkeys(told))
        self._touched.add(self._last)
        return self._last

    def finish(self) -> None:
        """Joins the speakers that may have changed, and writes who they are now."""
        self._index_changed()
        execute = self._connection.execute
        execute("create table work.reached (speaker integer primary key)")
        self._connection.executemany(
            "insert into work.reached values (?)", ((one,) for one in self._reached())
        )
        execute("create table work.given (quote integer primary key, voice integer, speaker integer)")
        identities = Identities(self._connection)
        for _, rows in groupby(execute(_REACHED), key=lambda row: row[1]):
            self._connection.executemany("insert into work.given values (?, ?, ?)", _given(rows, identities))
        identities.join()
        old = f"id in (select speaker from work.reached where speaker <= {self._last_old})"  # noqa: S608
        index_words(self._connection, "speakers", old, gone=True)
        execute("delete from speakers where id in (select speaker from work.reached)")
        execute("delete from speaker_names where speaker_id in (select speaker from work.reached)")
        execute("create table work.chosen (number integer primary key, id integer not null)")
        self._connection.executemany("insert into work.chosen values (?, ?)", self._chosen())
        self._write(identities)
        index_words(self._connection, "speakers", "id in (select id from work.chosen)")

    def _chosen(self) -> list[tuple[int, int]]:
        """For each speaker's number an id: the lowest of its quotations' that no other has taken."""
        chosen: list[tuple[int, int]] = []
        taken: set[int] = set()
        rows = self._connection.execute(
            "select speakers.speaker, given.speaker from work.given join work.speakers using (voice) "
            "group by 1, 2 order by 1, 2"
        )
        for number, pairs in groupby(rows, key=lambda row: row[0]):
            free = next((one for _, one in pairs if one not in taken), None)
            if free is None:
                free = self._last = self._last + 1
            taken.add(free)
            chosen.append((number, free))
        return chosen

    def _write(self, identities: Identities) -> None:
        """Writes the speakers, their names, and the quotations' speaker."""
        self._connection.execute(
            "update quotes set speaker_id = ("
            "select chosen.id from work.given join work.speakers using (voice) "
            "join work.chosen on chosen.number = speakers.speaker where given.quote = quotes.id) "
            "where id in (select quote from work.given)"
        )
        chosen = dict(self._connection.execute("select number, id from work.chosen"))
        called = [(chosen[number], introduced) for number, introduced in identities.introduced()]
        insert_speakers(self._connection, called)
        names = [name._replace(speaker=chosen[name.speaker]) for name in identities.names()]
        insert_speaker_names(self._connection, names)

    # --- whom a change reaches ---------------------------------------------------------------------------

    def _reached(self) -> set[int]:
        """The speakers whose quotations came or went, and all who may be joined to one of them."""
        reached: set[int] = set()
        pending = list(self._touched)
        names = list(self._changed)
        seen: set[Name] = set()
        while pending or names:
            while pending:
                speaker = pending.pop()
                if speaker not in reached:
                    reached.add(speaker)
                    names += self._select("kind, folded_name", "speaker_id = ?", speaker)
            while names:
                name = names.pop()
                if name not in seen:
                    seen.add(name)
                    names += self._neighbours(*name)
                    pending += (
                        speaker
                        for (speaker,) in self._select("speaker_id", "kind = ? and folded_name = ?", *name)
                    )
        return reached

    def _neighbours(self, kind: str, folded: str) -> Iterator[Name]:
        if kind == "person":
            yield from (("person", name) for name in self._persons_like(folded))
        elif kind == "organisation":
            yield from (("organisation", name) for name in self._organisations_like(folded))

    def _index_changed(self) -> None:
        """Files the names that came or went by what they are compared by; all are known by now."""
        for (kind, name), told in self._changed.items():
            if kind == "person":
                self._of_family.setdefault(read_person(name).last, []).append(name)
                shorter = shorter_name(name)
                if shorter:
                    self._longer.setdefault(shorter, []).append(name)
            elif kind == "organisation":
                for letters in _letters(name, told):
                    self._of_letters.setdefault(letters, []).append(name)

    def _persons_like(self, folded: str) -> Iterator[str]:
        yield from self._family(read_person(folded).last).get(folded, ())
        shorter = shorter_name(folded)
        if shorter:
            yield shorter
        longer = self._select("folded_name", "folded_name between ? and ?", f"{folded} ", f"{folded}!")
        yield from (name for (name,) in longer if shorter_name(name) == folded)
        yield from self._longer.get(folded, ())

    def _family(self, last: str) -> dict[str, set[str]]:
        """For each name of a last name, now and before, those that may be the same person's."""
        if last not in self._families:
            told = self._told_of_family(last)
            like: dict[str, set[str]] = {}
            names = list(told)
            pairs = [(names[one], names[other]) for one, other in alike(list(told.items()))]
            for name, evidence in told.items():
                nicknames = {nickname(said.name) for said in evidence if said.name}
                pairs += ((name, other) for other in nicknames if other)
            for one, other in pairs:
                like.setdefault(one, set()).add(other)
                like.setdefault(other, set()).add(one)
            self._families[last] = like
        return self._families[last]

    def _told_of_family(self, last: str) -> dict[str, dict[Said, None]]:
        family: dict[str, dict[Said, None]] = {}
        speakers = "select speaker_id from speaker_names where kind = 'person' and family = ?"
        for said in self._told(f"speaker_id in ({speakers})", last):
            voice = voice_of(said)
            if voice is not None and voice.kind == "person" and voice.family == last:
                family.setdefault(voice.key, {})[said] = None
        for name in self._of_family.get(last, ()):
            family.setdefault(name, {}).update(self._changed["person", name])
        return family

    def _organisations_like(self, folded: str) -> Iterator[str]:
        there = self._select(
            "family", "kind = 'organisation' and folded_name = ? and family is not null", folded
        )
        changed = _letters(folded, self._changed.get(("organisation", folded), ()))
        for letters in {family for (family,) in there} | changed:
            found = self._select("folded_name", "kind = 'organisation' and family = ?", letters)
            yield from (name for (name,) in found)
            yield from self._of_letters.get(letters, ())

    def _select(self, columns: str, where: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(
            f"select distinct {columns} from speaker_names where {where}",  # noqa: S608
            values,
        ).fetchall()

    def _told(self, where: str, *values: object) -> Iterator[Said]:
        for printed, name, kind, description in self._connection.execute(_TOLD + where, values):
            yield Said(name, one_line(printed or name or ""), kind, description)


def _letters(folded: str, told: Iterable[Said]) -> set[str]:
    """The letters by which an organisation's name is compared with others."""
    found = (letters_of(said.name or "", folded) for said in told)
    return {one[0] for one in found if one is not None}


def _given(rows: Iterable[tuple[Any, ...]], identities: Identities) -> list[tuple[int, int, int]]:
    """An article's quotations: id, the voice's number, the speaker so far."""
    voices = Voices()
    indexes = [
        (quote, voices.index(printed, name, kind, description), speaker)
        for quote, _, speaker, printed, name, kind, description in rows
    ]
    numbers = [identities.number(*one) for one in zip(voices.voices, voices.evidence, strict=True)]
    return [(quote, numbers[index], speaker) for quote, index, speaker in indexes if index is not None]
