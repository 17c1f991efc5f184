"""Gives ids, in reading order: turns the references of archives' rows into rows of the database."""

from __future__ import annotations

from collections.abc import Iterable

from loader.dataset.create import NewDatabase
from loader.dataset.key_store import joined_key
from loader.dataset.rows import ArchiveRows, ArticleRows, Row
from loader.dataset.schema import TABLES
from loader.dataset.update import ChangedDatabase


class Numbering:
    """Numbers the rows of one archive after another and writes them."""

    def __init__(self, database: NewDatabase | ChangedDatabase) -> None:
        """Begins behind the ids that are there.

        Args:
            database: where the rows go.
        """
        self._database = database
        self._slugs = database.numbers("slugs")
        self._named = {name: database.numbers(name) for name in ("publications", "authors", "places")}
        self._last = {table: database.last(table) for table in TABLES}
        self._articles = 0

    @property
    def articles(self) -> int:
        """How many articles were added."""
        return self._articles

    def add(self, archive: ArchiveRows) -> None:
        """Adds the rows of an archive; archives come in the order in which they are to be numbered."""
        archive_id = self._next("archives")
        self._database.insert("archives", [(archive_id, *archive.archive)])
        places = [self._place(place) for place in archive.places]
        ids = [self._add_article(article, archive_id, places) for article in archive.articles]
        for table in ("furniture", "data_notes", "corrections"):
            rows: Iterable[tuple[int | None, Row]] = getattr(archive, table)
            self._database.insert(
                table,
                [
                    (self._next(table), archive_id, None if index is None else ids[index], *columns)
                    for index, columns in rows
                ],
            )

    def _next(self, table: str) -> int:
        self._last[table] += 1
        return self._last[table]

    def _named_id(self, table: str, name: str, columns: Row) -> int:
        """The id of what a name stands for; its row is added at the first sight."""
        number = self._named[table].find(name)
        if number is None:
            number = self._next(table)
            self._named[table].put(name, number)
            self._database.insert(table, [(number, *columns)])
        return number

    def _place(self, columns: Row) -> int:
        return self._named_id("places", joined_key(columns), columns)

    def _slug(self, stem: str) -> str:
        slug = stem
        while self._slugs.find(slug) is not None:
            # Counted on from the last one of this stem: a thousand articles may have one headline.
            number = (self._slugs.find(stem) or 1) + 1
            self._slugs.put(stem, number)
            slug = f"{stem}-{number}"
        self._slugs.put(slug, 1)
        return slug

    def _add_article(self, article: ArticleRows, archive_id: int, places: list[int]) -> int:
        self._articles += 1
        article_id = self._next("articles")
        publication = article.publication
        row = (
            article_id,
            self._slug(article.slug_stem),
            archive_id,
            article.position,
            *article.before,
            None if publication is None else self._named_id("publications", publication, (publication,)),
            *article.after,
        )
        self._database.insert("articles", [row])
        self._database.insert(
            "article_authors",
            [
                (article_id, self._named_id("authors", author, (author,)), position)
                for position, author in enumerate(article.authors, start=1)
            ],
        )
        self._add_passages(article, article_id, places)
        return article_id

    def _add_passages(self, article: ArticleRows, article_id: int, places: list[int]) -> None:
        """Adds what refers to an article's paragraphs, and the paragraphs."""
        first = self._last["paragraphs"] + 1
        self._database.insert(
            "paragraphs",
            [(self._next("paragraphs"), article_id, *columns) for columns in article.paragraphs],
        )

        def within(index: int | None) -> int | None:
            return None if index is None else first + index

        voices = [
            self._database.identities.number(voice, evidence)
            for voice, evidence in zip(article.voices, article.evidence, strict=True)
        ]
        first_quote = self._last["quotes"] + 1
        self._database.insert(
            "quotes",
            [
                (
                    self._next("quotes"),
                    article_id,
                    within(quote.paragraph),
                    *quote.before,
                    None if quote.voice is None else voices[quote.voice],
                    *quote.after,
                    None if quote.nested_in is None else first_quote + quote.nested_in,
                    *quote.last,
                )
                for quote in article.quotes
            ],
        )
        self._database.insert(
            "mentioned_places",
            [
                (
                    self._next("mentioned_places"),
                    places[mention.place],
                    article_id,
                    within(mention.paragraph),
                    None if mention.quote is None else first_quote + mention.quote,
                    *mention.columns,
                )
                for mention in article.mentions
            ],
        )
        self._database.insert(
            "links",
            [(self._next("links"), article_id, within(index), *columns) for index, columns in article.links],
        )
