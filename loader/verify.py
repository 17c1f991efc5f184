"""Re-proves a finished database: every span against the files, every count, every index.

Nothing of the database is believed: the archives are read and decoded anew, and each row's text is
compared with the characters at its offsets.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from loader.errors import InputError
from loader.schema import TABLES, VERSION
from loader.text import fold, one_line

# Rows that hold a slice of their archive: table, the columns for text, start and end, and the query that
# gives them with the archive's id.
_OF_ARTICLE = "select {t}.id, articles.archive_id, {c} from {t} join articles on articles.id = {t}.article_id"
_OF_ARCHIVE = "select id, archive_id, {c} from {t}"
SPANS: tuple[tuple[str, tuple[str, str, str], str], ...] = (
    ("furniture", ("text", "start", "end"), _OF_ARCHIVE),
    ("paragraphs", ("text", "start", "end"), _OF_ARTICLE),
    ("quotes", ("text", "start", "end"), _OF_ARTICLE),
    ("quotes", ("speaker_text", "speaker_start", "speaker_end"), _OF_ARTICLE),
    ("quotes", ("cue", "cue_start", "cue_end"), _OF_ARTICLE),
    ("mentioned_places", ("text", "start", "end"), _OF_ARTICLE),
    ("links", ("url", "start", "end"), _OF_ARTICLE),
)

# Stored counts: table, column, and the query that counts anew by the row's id.
COUNTS: tuple[tuple[str, str, str], ...] = (
    ("speakers", "quote_count", "select count(*) from quotes where speaker_id = speakers.id"),
    ("places", "mention_count", "select count(*) from mentioned_places where place_id = places.id"),
    (
        "articles",
        "word_count",
        "select coalesce(sum(word_count), 0) from paragraphs where article_id = articles.id",
    ),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One proof: what was checked, over how many things, and what is wrong."""

    name: str
    checked: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    connection: sqlite3.Connection
    texts: dict[int, str]  # by archives.id; the archives that were found


def verify(database: Path | str, seeds: Path | str) -> Iterator[Check]:
    """Proves a database against the archives it was made from.

    Args:
        database: the SQLite file.
        seeds: the folder in which the archives lie by their `path`.

    Yields:
        One check after the other; all are made even where one finds a fault.

    Raises:
        InputError: where the file is no database of this kind.
    """
    file = Path(database)
    connection = _open(file)
    try:
        texts: dict[int, str] = {}
        yield _archives(connection, Path(seeds), texts)
        opened = _Opened(connection, texts)
        for check in CHECKS:
            yield from _guarded(check, opened)
    finally:
        connection.close()


def _guarded(check: Callable[[_Opened], Iterator[Check]], opened: _Opened) -> Iterator[Check]:
    try:
        yield from check(opened)
    except sqlite3.Error as error:
        yield Check(check.__name__.strip("_").replace("_", " "), 0, (f"cannot be read: {error}",))


def _open(file: Path) -> sqlite3.Connection:
    if not file.is_file():
        raise InputError(f"{file}: no such file; build it with `loader build`")
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        version = connection.execute("pragma user_version").fetchone()[0]
        tables = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    except sqlite3.Error as error:
        connection.close()
        raise InputError(f"{file}: is no SQLite database ({error}); build it with `loader build`") from error
    missing = TABLES.keys() - tables
    if missing or version != VERSION:
        connection.close()
        what = (
            f"lacks {', '.join(sorted(missing))}"
            if missing
            else f"has schema version {version}, not {VERSION}"
        )
        raise InputError(f"{file}: {what}; build it anew with this loader")
    return connection


def _archives(connection: sqlite3.Connection, seeds: Path, texts: dict[int, str]) -> Check:
    faults: list[str] = []
    rows = connection.execute("select id, path, sha256, bytes, characters, encoding from archives").fetchall()
    for number, path, sha256, size, characters, encoding in rows:
        try:
            data = (seeds / path).read_bytes()
        except OSError as error:
            faults.append(f"archives {number}: {seeds / path} cannot be read ({error.strerror})")
            continue
        if hashlib.sha256(data).hexdigest() != sha256 or len(data) != size:
            faults.append(
                f"archives {number}: {seeds / path} is not the file that was loaded (sha256 differs)"
            )
            continue
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError) as error:
            faults.append(f"archives {number}: {seeds / path} does not decode as {encoding} ({error})")
            continue
        if len(text) != characters:
            faults.append(f"archives {number}: {characters} characters stored, {len(text)} in the file")
        texts[number] = text
    return Check("archives are the files that were loaded", len(rows), tuple(faults))


def _spans(opened: _Opened) -> Iterator[Check]:
    for table, (text, start, end), query in SPANS:
        columns = f"{table}.[{text}], {table}.[{start}], {table}.[{end}]"
        rows = opened.connection.execute(query.format(t=table, c=columns)).fetchall()
        faults = []
        checked = 0
        for number, archive, stored, first, last in rows:
            if stored is None and first is None and last is None:
                continue
            checked += 1
            source = opened.texts.get(archive, "")
            if first is None or last is None or not 0 <= first < last <= len(source):
                faults.append(
                    f"{table} {number}: {start} {first} and {end} {last} are no span of the archive"
                )
            elif fold(source[first:last]) != stored:
                faults.append(f"{table} {number}: {text} is not the archive's [{first}:{last}]")
        yield Check(f"{table}.{text} is the archive's slice", checked, tuple(faults))


def _coverage(opened: _Opened) -> Iterator[Check]:
    faults = []
    characters = 0
    for archive, source in sorted(opened.texts.items()):
        blocks = opened.connection.execute(
            "select start, end, 'furniture ' || id, role from furniture where archive_id = :a union all "
            "select paragraphs.start, paragraphs.end, 'paragraphs ' || paragraphs.id, paragraphs.role "
            "from paragraphs join articles on articles.id = paragraphs.article_id "
            "where articles.archive_id = :a order by 1, 2",
            {"a": archive},
        ).fetchall()
        at = 0
        for start, end, row, _ in [*blocks, (len(source), len(source), "the end of the file", "")]:
            if start < at:
                faults.append(f"{row}: begins at {start}, inside the block before it, which ends at {at}")
            lost = re.search(r"\S", source[at:start])
            if lost:
                faults.append(f"archives {archive}: the characters from {at + lost.start()} are in no block")
            at = max(at, end)
        characters += sum(1 for character in source if not character.isspace())
    yield Check("every non-blank character is in exactly one block", characters, tuple(faults))


def _articles(opened: _Opened) -> Iterator[Check]:
    faults = []
    rows = opened.connection.execute(
        "select articles.id, articles.headline, articles.start, articles.end, "
        "(select min(start) from (select start from paragraphs where article_id = articles.id union all "
        " select start from furniture where article_id = articles.id)), "
        "(select max(end) from (select end from paragraphs where article_id = articles.id union all "
        " select end from furniture where article_id = articles.id)), "
        "(select text from furniture where article_id = articles.id and role = 'headline') from articles"
    ).fetchall()
    for number, headline, start, end, first, last, printed in rows:
        if (start, end) != (first, last):
            faults.append(f"articles {number}: [{start}:{end}] is not where its blocks lie, [{first}:{last}]")
        if printed is not None and one_line(printed) != headline:
            faults.append(f"articles {number}: headline is not the text of its headline block")
    yield Check("articles begin and end with their blocks", len(rows), tuple(faults))


def _containment(opened: _Opened) -> Iterator[Check]:
    """Quotations, mentions and links lie in the paragraph they name; nested quotations in the outer one."""
    for table in ("quotes", "mentioned_places", "links"):
        rows = opened.connection.execute(
            f"select {table}.id, {table}.start, paragraphs.start, paragraphs.end from {table} "  # noqa: S608
            f"join paragraphs on paragraphs.id = {table}.paragraph_id"
        ).fetchall()
        faults = [
            f"{table} {number}: begins at {start}, outside its paragraph [{first}:{last}]"
            for number, start, first, last in rows
            if not first <= start < last
        ]
        yield Check(f"{table} lie in their paragraphs", len(rows), tuple(faults))
    rows = opened.connection.execute(
        "select inner_one.id, inner_one.start, inner_one.end, outer_one.start, outer_one.end "
        "from quotes as inner_one join quotes as outer_one on outer_one.id = inner_one.nested_in"
    ).fetchall()
    faults = [
        f"quotes {number}: [{start}:{end}] is not inside the quotation it is nested in"
        for number, start, end, first, last in rows
        if not (first <= start and end <= last)
    ]
    yield Check("nested quotations lie in the outer ones", len(rows), tuple(faults))


def _counts(opened: _Opened) -> Iterator[Check]:
    for table, column, query in COUNTS:
        rows = opened.connection.execute(f"select id, {column}, ({query}) from {table}").fetchall()  # noqa: S608
        faults = [
            f"{table} {number}: {column} is {stored}, counted {counted}"
            for number, stored, counted in rows
            if stored != counted
        ]
        yield Check(f"{table}.{column} is what is there", len(rows), tuple(faults))
    for table, user in (("speakers", "quotes.speaker_id"), ("places", "mentioned_places.place_id")):
        used_by, column = user.split(".")
        rows = opened.connection.execute(
            f"select id from {table} where not exists "  # noqa: S608
            f"(select 1 from {used_by} where {column} = {table}.id)"
        ).fetchall()
        faults = [f"{table} {number}: nothing refers to it" for (number,) in rows]
        yield Check(f"no orphan in {table}", len(rows), tuple(faults))


def _keys(opened: _Opened) -> Iterator[Check]:
    broken = opened.connection.execute("pragma foreign_key_check").fetchall()
    yield Check(
        "foreign keys",
        sum(len(table.references) for table in TABLES.values()),
        tuple(f"{table} {row}: refers to a missing row of {other}" for table, row, other, _ in broken),
    )


def _integrity(opened: _Opened) -> Iterator[Check]:
    found = [row[0] for row in opened.connection.execute("pragma integrity_check(20)")]
    yield Check("SQLite's integrity check", 1, tuple(line for line in found if line != "ok"))


def _search(opened: _Opened) -> Iterator[Check]:
    """The full-text indexes hold what their tables hold.

    FTS5's own integrity check is a write, so the index is copied to memory first.
    """
    copy = sqlite3.connect(":memory:")
    try:
        opened.connection.backup(copy)
        for table in (name for name, shape in TABLES.items() if shape.searched):
            faults = []
            rows = copy.execute(f"select count(*) from [{table}]").fetchone()[0]  # noqa: S608
            indexed = copy.execute(f"select count(*) from [{table}_fts_docsize]").fetchone()[0]  # noqa: S608
            if rows != indexed:
                faults.append(f"{table}_fts: {indexed} rows indexed, {rows} in {table}")
            try:
                copy.execute(f"insert into [{table}_fts]([{table}_fts], rank) values ('integrity-check', 1)")  # noqa: S608
            except sqlite3.Error as error:
                faults.append(f"{table}_fts: does not hold what {table} holds ({error})")
            yield Check(f"full-text search of {table}", rows, tuple(faults))
    finally:
        copy.close()


CHECKS: tuple[Callable[[_Opened], Iterator[Check]], ...] = (
    _spans,
    _coverage,
    _articles,
    _containment,
    _counts,
    _keys,
    _integrity,
    _search,
)
