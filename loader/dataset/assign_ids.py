"""Give ids, in reading order: turn the references of one source file's rows into those of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loader.dataset.columns import TABLES
from loader.dataset.create import NewDatabase
from loader.dataset.key_store import joined_key
from loader.dataset.rows import ArchiveRows, ArticleRows, FileRows, Row
from loader.dataset.update import ChangedDatabase


class Numbering:
    """Numbers the rows of one source file after another and writes them."""

    def __init__(self, database: NewDatabase | ChangedDatabase) -> None:
        """Begin behind the ids that are there.

        Args:
            database: the database that the rows are written to.
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

    def add(self, file: FileRows) -> None:
        """Add the rows of a file; files come in the order in which they are to be numbered."""
        file_id = self._next("files")
        self._database.insert("files", [{"id": file_id, **file.file}])
        for archive in file.archives:
            self._add_archive(archive, file_id)
        self._add_rows({"omitted_ranges": file.omitted}, {"file_id": file_id}, {})

    def _add_archive(self, archive: ArchiveRows, file_id: int) -> None:
        archive_id = self._next("archives")
        self._database.insert("archives", [{"id": archive_id, "file_id": file_id, **archive.archive}])
        places = [self._place(place) for place in archive.places]
        articles = [self._add_article(article, archive_id, places) for article in archive.articles]
        self._add_rows(archive.tables, {"archive_id": archive_id}, {"articles": articles})

    def _next(self, table: str) -> int:
        self._last[table] += 1
        return self._last[table]

    def _named_id(self, table: str, key: str, row: Row) -> int:
        """Return the id of the row that a key stands for; the row is added when the key is first seen."""
        number = self._named[table].find(key)
        if number is None:
            number = self._next(table)
            self._named[table].put(key, number)
            self._database.insert(table, [{"id": number, **row}])
        return number

    def _place(self, row: Row) -> int:
        return self._named_id("places", joined_key(row.values()), row)

    def _name(self, table: str, name: str) -> int:
        return self._named_id(table, name, {"name": name})

    def _slug(self, stem: str) -> str:
        slug = stem
        while self._slugs.find(slug) is not None:
            # Counted on from the last one of this stem: a thousand articles may have one headline.
            number = (self._slugs.find(stem) or 1) + 1
            self._slugs.put(stem, number)
            slug = f"{stem}-{number}"
        self._slugs.put(slug, 1)
        return slug

    def _add_article(self, article: ArticleRows, archive_id: int, places: Sequence[int]) -> int:
        self._articles += 1
        article_id = self._next("articles")
        row = {
            "id": article_id,
            "slug": self._slug(article.slug_stem),
            "archive_id": archive_id,
            "publication_id": article.publication and self._name("publications", article.publication),
            **article.article,
        }
        self._database.insert("articles", [row])
        self._database.insert(
            "article_authors",
            [
                {"article_id": article_id, "author_id": self._name("authors", author), "position": position}
                for position, author in enumerate(article.authors, start=1)
            ],
        )
        voices = [
            self._database.identities.number(voice, evidence)
            for voice, evidence in zip(article.voices, article.evidence, strict=True)
        ]
        self._add_rows(article.tables, {"article_id": article_id}, {"places": places, "speakers": voices})
        return article_id

    def _add_rows(
        self, tables: Mapping[str, list[Row]], owner: Row, known: Mapping[str, Sequence[int]]
    ) -> None:
        """Add the rows of several tables.

        Args:
            tables: rows by table, in an order in which references point backwards.
            owner: the columns that name the owner of all these rows, with their values.
            known: for each table that the rows refer to, and that is not one of these, the ids of the rows
                that their indexes stand for.
        """
        ids = {
            **known,
            **{
                table: range(self._last[table] + 1, self._last[table] + 1 + len(rows))
                for table, rows in tables.items()
            },
        }
        for table, rows in tables.items():
            references = [
                (column, ids[other])
                for column, other in TABLES[table].references.items()
                if column not in owner
            ]
            for row in rows:
                for column, of_index in references:
                    index = row[column]
                    if index is not None:
                        row[column] = of_index[index]
                row.update(owner)
                row["id"] = self._next(table)
            self._database.insert(table, rows)
