"""Makes up the database of a large archive: `python -m benchmarks.site.making build/large.db`.

The proportions are those of seeds/: 20 paragraphs an article, 8 quotations, 37 mentions of places. What is
named follows Zipf's law, and the number of different names grows with the articles as it does in life
(Heaps' law): an archive ten times as large has new speakers, places, outlets and words. An archive file
holds twenty articles of some days; files follow each other in no order of time. The same number of articles
gives the same rows.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import click
from sqlite_utils import Database

from benchmarks.site.naming import Growing, Words, column, made_up
from loader.dataset import schema, summaries
from loader.dataset.build_info import about
from loader.gazetteer.lookup import default_gazetteer

Row = tuple[object, ...]
_BATCH = 50  # archives, of some thousand articles, that are in memory at a time
_CACHE_KIB = 200_000  # of SQLite, while it builds indexes and full-text search
_FIRST_YEAR, _YEARS = 2000, 24
_DRAWN = 1_000_000  # words, at most, of the text that paragraphs are cut from
# different words; at most so many in the text that paragraphs are cut from
_ROLES = ("body", "caption", "credit", "footnote", "list_item", "subheading", "author_bio", "editor_note")
_ROLE_WEIGHTS = (84, 3, 3, 3, 3, 2, 1, 1)
_QUOTE_KINDS, _QUOTE_WEIGHTS = ("direct", "partial", "scare", "title"), (59, 33, 7, 1)
_SPEAKER_KINDS, _SPEAKER_WEIGHTS = ("person", "organisation", "group", "document"), (58, 27, 11, 4)
_NOTE_CODES = ("missing_picture", "name_spelling", "misprint", "doubled_separator", "fused_file_name")
_QUOTE_RULES = tuple(
    f"curly+{way}+{kind}"
    for way in ("subject-verb-after", "verb-before", "verb-subject-after", "participle-before", "continued")
    for kind in ("direct", "partial")
)
_MENTION_RULES = ("name+only", "name+likeliest", "name+container", "abbreviation+only")

# The columns of the rows made here, in their order; the others stay null.
_COLUMNS = {
    "files": "id path sha256 bytes format reader reader_version status",
    "archives": "id path sha256 bytes characters encoding format file_id member",
    "publications": "id name",
    "articles": "id slug archive_id position headline standfirst publication_id byline published"
    " published_as_printed dateline word_count start end",
    "authors": "id name",
    "article_authors": "article_id author_id position",
    "paragraphs": "id article_id position role text word_count start end",
    "furniture": "id archive_id article_id role text start end",
    "speakers": "id name kind description quote_count",
    "quotes": "id article_id paragraph_id position utterance text kind speaker_id speaker_text speaker_start"
    " speaker_end cue cue_start cue_end nested_in rule start end",
    "speaker_names": "id speaker_id kind folded_name family",
    "places": "id name kind country_code country latitude longitude geonames_id wikidata_id mention_count",
    "mentioned_places": "id place_id article_id paragraph_id quote_id text sense confidence rule start end",
    "links": "id article_id paragraph_id footnote url start end",
    "data_notes": "id archive_id article_id code message start end",
    "corrections": "id archive_id article_id field found corrected reason start end",
}


class Archive:
    """Makes the rows of an archive, a batch at a time."""

    def __init__(self, articles: int, seed: int = 1) -> None:
        """Takes how many articles there are to be."""
        self.articles = articles
        self.chance = chance = random.Random(seed)
        self.gazetteer = default_gazetteer()
        self.words = Words(chance, min(_DRAWN, 1000 * articles))
        self.rare = Growing(chance, 20, 0.8)  # words that are names of nothing else
        self.publications = Growing(chance, 2, 0.5)
        self.authors = Growing(chance, 0.5, 0.8)
        self.speakers = Growing(chance, 3, 0.85)
        self.places = Growing(chance, 10, 0.65, most=160_000)
        self.growing = (self.rare, self.publications, self.authors, self.speakers, self.places)
        self.first_names, self.surnames = column("words_first_names.csv"), column("words_surnames.csv")
        self.names: dict[int, str] = {}
        self.rows: dict[str, list[Row]] = {}
        self.ids: dict[str, Callable[[], int]] = {name: count(1).__next__ for name in _COLUMNS}

    def batches(self) -> Iterator[dict[str, list[Row]]]:
        """Yields the rows by table of some archives at a time, with the values of _COLUMNS."""
        made, archives = 0, 0
        while made < self.articles:
            self.rows = {name: [] for name in _COLUMNS}
            for _ in range(_BATCH):
                size = min(10 + int(self.chance.random() * 21), self.articles - made)
                if size:
                    archives += 1
                    self._archive(archives, made, size)
                    made += size
            yield self.rows

    def counted(self) -> dict[str, Iterator[Row]]:
        """The rows of what is named all over the archive, when all else is written."""
        return {
            "publications": ((number, self._outlet(number)) for number, _ in self.publications.used()),
            "authors": ((number, self._person(number, 1)) for number, _ in self.authors.used()),
            "speakers": (self._speaker(number, times) for number, times in self.speakers.used()),
            "speaker_names": (self._speaker_name(number) for number, _ in self.speakers.used()),
            "places": (self._place(number, times) for number, times in self.places.used()),
        }

    def _person(self, number: int, of: int) -> str:
        """A name, another one for each number; the second argument tells two sets of people apart."""
        first, last = len(self.first_names), len(self.surnames)
        rank = number * 7_919 + of * 104_729  # primes: neighbours get names that differ
        initial = "" if number < first * last // 4 else f" {made_up(number)[0].upper()}."
        return f"{self.first_names[rank % first]}{initial} {self.surnames[rank // first % last]}"

    def _outlet(self, number: int) -> str:
        return f"The {made_up(number).title()} {('Times', 'Post', 'Journal', 'Herald')[number % 4]}"

    def _speaker(self, number: int, times: int) -> Row:
        kind = random.Random(number).choices(_SPEAKER_KINDS, _SPEAKER_WEIGHTS)[0]
        name = self._person(number, 2) if kind == "person" else f"{made_up(number).title()} {kind.title()}"
        return (number, name, kind, "an official" if number % 3 == 0 else None, times)

    def _speaker_name(self, number: int) -> Row:
        _, name, kind, *_ = self._speaker(number, 0)
        return (number, number, kind, str(name).casefold(), str(name).casefold().split()[-1])

    def _place(self, number: int, times: int) -> Row:
        one = self.gazetteer.place(number)
        return (
            number, one.name, one.kind, one.country_code, one.country, one.latitude, one.longitude,
            one.geonames_id, one.wikidata_id, times,
        )  # fmt: skip

    def _place_name(self, number: int) -> str:
        name = self.names.get(number)
        if name is None:
            name = self.names[number] = self.gazetteer.place(number).name
        return name

    def _archive(self, number: int, made: int, size: int) -> None:
        """An archive file: so many articles, after those already made."""
        for growing in self.growing:
            growing.grow(made + size)
        # Later years have more articles.
        day = date(_FIRST_YEAR, 1, 1) + timedelta(int(_YEARS * 365.25 * self.chance.random() ** 0.6))
        start = 0
        for position in range(1, size + 1):
            start = self._article(number, position, start, day + timedelta(int(self.chance.random() * 10)))
            self._furniture(number, None, "separator", "***", start)
            start += 10
        path, sha256 = f"{number // 1000:04d}/{number:07d}.txt", f"{number:064x}"
        self.rows["files"].append((number, path, sha256, start, "utf-8, LF", "roundup", "1", "read"))
        self.rows["archives"].append((number, path, sha256, start, start, "utf-8", "utf-8, LF", number, ""))

    def _furniture(self, archive: int, article: int | None, role: str, text: str, start: int) -> None:
        number = self.ids["furniture"]()
        self.rows["furniture"].append((number, archive, article, role, text, start, start + len(text)))

    def _article(self, archive: int, position: int, start: int, day: date) -> int:
        """An article with all that stands in it; returns where it ends."""
        number, chance = self.ids["articles"](), self.chance.random
        outlet, headline = self.publications.draw(), self.words.some(6, 5).capitalize()
        self.publications.counts[outlet] += 1
        luck = chance()
        published = None if luck < 0.01 else day.isoformat()[: 7 if luck < 0.03 else 10]
        slug = f"{published or 'undated'}-{headline.lower().replace(' ', '-')[:60]}-{number}"
        source_line = f"{self._outlet(outlet)}, by {self._authors(number)}, {day:%b. %d, %Y}:"
        self._furniture(archive, number, "headline", headline, start)
        self._furniture(archive, number, "source_line", source_line, start + 100)
        end, words = self._paragraphs(number, start + 200)
        self._notes(archive, number, start)
        standfirst = self.words.some(12, 10) if luck > 0.8 else None
        self.rows["articles"].append((
            number, slug, archive, position, headline, standfirst, outlet, source_line, published,
            day.strftime("%b. %d, %Y"), "DAMASCUS" if luck > 0.7 else None, words, start, end,
        ))  # fmt: skip
        return end

    def _authors(self, article: int) -> str:
        """Signs an article: mostly one author, now and then two, or none."""
        wanted = {self.authors.draw() for _ in range(self.chance.choices((0, 1, 2), (25, 62, 13))[0])}
        for place, author in enumerate(sorted(wanted), 1):
            self.authors.counts[author] += 1
            self.rows["article_authors"].append((article, author, place))
        return " and ".join(self._person(author, 1) for author in sorted(wanted))

    def _notes(self, archive: int, article: int, start: int) -> None:
        """Now and then a note on the source, in a hundred articles a correction of one."""
        if self.chance.random() < 0.5:
            code = self.chance.choices(_NOTE_CODES, (60, 25, 10, 4, 1))[0]
            message = f"{code.replace('_', ' ')}, as printed"
            number = self.ids["data_notes"]()
            self.rows["data_notes"].append((number, archive, article, code, message, start, start + 10))
        if self.chance.random() < 0.01:
            self.rows["corrections"].append((
                self.ids["corrections"](), archive, article, "published", "2016", "2017",
                "the year of the source line", start, start + 4,
            ))  # fmt: skip

    def _paragraphs(self, article: int, start: int) -> tuple[int, int]:
        """Paragraphs with quotations, mentions and links; returns where they end, and their words."""
        chance = self.chance.random
        size = 8 + int(chance() * 25)
        first_id, words = 0, 0
        speakers = [self.speakers.draw() for _ in range(1 + int(chance() * 5))]
        # An article returns to the places that it is about: the first few of a dozen take most mentions.
        places = [self.places.draw() for _ in range(6 + int(chance() * 13))]
        position = quoted = 0
        for position, role in enumerate(self.chance.choices(_ROLES, _ROLE_WEIGHTS, k=size), 1):
            paragraph = self.ids["paragraphs"]()
            first_id = first_id or paragraph
            named = [places[int(len(places) * chance() * chance())] for _ in range(int(chance() * 4.6))]
            names = [self._place_name(place) for place in named]
            body = self.words.some(18, 28)
            if chance() < 0.1:
                body = f"{body} {made_up(10**6 + self.rare.draw())}"
            text = f"{' '.join([*names, body])}."
            length = text.count(" ") + 1
            words += length
            self.rows["paragraphs"].append(
                (paragraph, article, position, role, text, length, start, start + len(text))
            )
            quote = None
            if chance() < 0.4:
                quoted += 1
                at = len(text) - len(body) - 1
                quote = self._quote(article, paragraph, quoted, speakers, (text, at, start))
            self._mentions(article, paragraph, quote, named, names, start)
            if chance() < 0.03:
                self._link(article, paragraph, start)
            start += len(text) + 2
        return start, words

    def _quote(
        self,
        article: int,
        paragraph: int,
        position: int,
        speakers: Sequence[int],
        where: tuple[str, int, int],
    ) -> int:
        """A quotation cut out of a paragraph: of its text, at an offset in it; where it starts."""
        chance, number = self.chance.random, self.ids["quotes"]()
        text, at, start = where
        words = text[at : at + 20 + int(chance() * 100)]
        speaker = speakers[int(len(speakers) * chance() * chance())] if chance() < 0.75 else None
        if speaker:
            self.speakers.counts[speaker] += 1
        kind = self.chance.choices(_QUOTE_KINDS, _QUOTE_WEIGHTS)[0]
        rule = _QUOTE_RULES[int(len(_QUOTE_RULES) * chance() * chance())]
        begin, end = start + at, start + at + len(words)
        row = (number, article, paragraph, position, position, words, kind, speaker)
        source = ("he", end + 2, end + 4, "said", end + 5, end + 9) if speaker else (None,) * 6
        self.rows["quotes"].append((*row, *source, None, rule, begin, end))
        return number

    def _mentions(
        self, article: int, paragraph: int, quote: int | None, named: list[int], names: list[str], start: int
    ) -> None:
        """The mentions with which a paragraph begins."""
        counts, rows, next_id, chance = (
            self.places.counts,
            self.rows,
            self.ids["mentioned_places"],
            self.chance,
        )
        for place, name in zip(named, names, strict=True):
            counts[place] += 1
            luck = chance.random()
            rule = _MENTION_RULES[0 if luck < 0.46 else 1 if luck < 0.74 else 2 if luck < 0.84 else 3]
            sense = "government" if luck > 0.56 else "location"
            end = start + len(name)
            rows["mentioned_places"].append((
                next_id(), place, article, paragraph, quote if luck > 0.8 else None, name, sense, 0.9, rule,
                start, end,
            ))  # fmt: skip
            start = end + 1

    def _link(self, article: int, paragraph: int, start: int) -> None:
        number = self.ids["links"]()
        url = f"https://{made_up(number % 5000)}.example/{article}"
        self.rows["links"].append((number, article, paragraph, None, url, start, start + len(url)))


def make(path: Path, articles: int, say: Callable[[str], None] = lambda _: None) -> None:
    """Writes a made-up archive.

    Memory does not grow with the number of articles, but for the counts of what is named.

    Args:
        path: where the database goes; a file there is replaced.
        articles: how many.
        say: is told how far it is.
    """
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    connection = sqlite3.connect(unfinished, isolation_level=None)
    for pragma in ("journal_mode=off", "synchronous=off", f"cache_size=-{_CACHE_KIB}"):
        connection.execute(f"pragma {pragma}")
    database = Database(connection)
    schema.create_tables(database)
    archive = Archive(articles)
    inserts = {
        name: "insert into [{}] ([{}]) values ({})".format(
            name, "], [".join(columns.split()), ", ".join("?" * len(columns.split()))
        )
        for name, columns in _COLUMNS.items()
    }
    connection.execute("begin")
    for rows in archive.batches():
        for name, some in rows.items():
            connection.executemany(inserts[name], some)
        say(f"{rows['articles'][-1][0]:,} articles")
    for name, some_named in archive.counted().items():
        connection.executemany(inserts[name], some_named)
    connection.execute("commit")
    for step in (schema.create_indexes, summaries.create, schema.create_search, schema.create_views):
        say(step.__name__)
        step(database)
    schema.create_information(
        database, about(corrections=True) | {"articles": str(articles), "made_up": "yes"}
    )
    connection.execute("analyze")
    connection.close()
    unfinished.replace(path)


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--articles", default=100_000, show_default=True, type=click.IntRange(1))
def main(path: Path, articles: int) -> None:
    """Writes a made-up archive to PATH."""
    start = time.monotonic()
    make(path, articles, lambda what: click.echo(f"{time.monotonic() - start:6.0f} s  {what}", err=True))


if __name__ == "__main__":
    main()
