"""Measures how fast each type of page answers on a large archive.

    python scripts/page_speed.py make big.db --articles 100000
    python scripts/page_speed.py measure big.db

The archive is made up: words of syllables, drawn by Zipf's law as in real text, so that some words stand in
nearly every paragraph. The same numbers give the same archive.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import click
from datasette.app import Datasette
from sqlite_utils import Database

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from bundle import assemble  # noqa: E402 - found by the line above

from loader import schema  # noqa: E402

_WORDS, _OUTLETS, _SPEAKERS, _PLACES = 20_000, 40, 20_000, 3_000
_PARAGRAPHS, _QUOTES, _MENTIONS = 12, 5, 12  # of each article
Row = tuple[Any, ...]
_FLOOR = "/robots.txt"  # what Datasette takes to answer at all


def _zipf(number: int) -> list[float]:
    """Cumulated weights of the first so many ranks."""
    return list(accumulate(1 / rank for rank in range(1, number + 1)))


def _texts(chance: random.Random, words: list[str], count: int) -> Iterator[str]:
    """Yields paragraphs of 25 to 45 words; they are cut from one long text, which is quick."""
    drawn = chance.choices(words, cum_weights=_zipf(len(words)), k=400_000)
    for _ in range(count):
        start = chance.randrange(len(drawn) - 50)
        yield " ".join(drawn[start : start + chance.randrange(25, 45)]).capitalize() + "."


def _named(chance: random.Random, syllables: list[str], count: int, parts: int) -> list[str]:
    """Returns made-up words, no two alike."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chance.choices(syllables, k=parts))] = None
    return list(found)


def _insert(
    connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    """Writes rows, the columns being named in one string."""
    marks = ", ".join("?" for _ in columns.split(","))
    connection.executemany(f'insert into "{table}" ({columns}) values ({marks})', rows)  # noqa: S608


def _fixed_tables(connection: sqlite3.Connection, chance: random.Random, syllables: list[str]) -> None:
    """Writes the archive, outlets, speakers and places."""
    _insert(
        connection,
        "archives",
        "id, path, sha256, bytes, characters, encoding, format",
        [(1, "made-up.txt", "0" * 64, 1, 1, "utf-8", "utf-8, LF")],
    )
    outlets = _named(chance, syllables, _OUTLETS, 3)
    _insert(connection, "publications", "id, name", enumerate(outlets, 1))
    speakers = _named(chance, syllables, _SPEAKERS, 4)
    rows = ((number, name.title(), "person", 0) for number, name in enumerate(speakers, 1))
    _insert(connection, "speakers", "id, name, kind, quote_count", rows)
    names = _named(chance, syllables, _PLACES, 3)
    points = (
        (number, name.title(), "city", "XX", "Nowhere", chance.uniform(30, 40), chance.uniform(30, 45), 0)
        for number, name in enumerate(names, 1)
    )
    columns = "id, name, kind, country_code, country, latitude, longitude, mention_count"
    _insert(connection, "places", columns, points)


def _quotes(paragraphs: list[Row], speakers: list[int]) -> list[Row]:
    """Makes a quotation of each speaker, one in a paragraph."""
    return [
        (
            number,
            article,
            number,
            place,
            place,
            text[10:90],
            "direct",
            speaker,
            "made-up",
            start + 10,
            start + 90,
        )
        for (number, article, place, _, text, _, start), speaker in zip(paragraphs, speakers, strict=False)
    ]


def _mentions(paragraphs: list[Row], places: list[int]) -> list[Row]:
    """Makes a mention of each place, one in a paragraph."""
    return [
        (number, place, article, number, text[:8], "location", 1.0, "made-up", start, start + 8)
        for (number, article, _, _, text, _, start), place in zip(paragraphs, places, strict=True)
    ]


def _article_rows(
    number: int, texts: Iterator[str], chance: random.Random, ranks: dict[str, list[float]]
) -> dict[str, list[Row]]:
    """Makes the rows of one article."""
    date = f"{2000 + number % 24}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    start = number * 10_000
    paragraphs: list[Row] = [
        (number * 20 + place, number, place, "body", text, text.count(" ") + 1, start + place * 500)
        for place, text in enumerate(islice(texts, _PARAGRAPHS), 1)
    ]
    speakers = chance.choices(range(1, _SPEAKERS + 1), cum_weights=ranks["speakers"], k=_QUOTES)
    places = chance.choices(range(1, _PLACES + 1), cum_weights=ranks["places"], k=_MENTIONS)
    headline, slug, outlet = paragraphs[0][4][:70], f"{date}-article-{number}", number % _OUTLETS + 1
    return {
        "articles": [(number, slug, 1, number, headline, outlet, date, 400, start, start + 9000)],
        "paragraphs": [(*row, row[6] + len(row[4])) for row in paragraphs],
        "quotes": _quotes(paragraphs, speakers),
        "mentioned_places": _mentions(paragraphs, places),
    }


_COLUMNS = {
    "articles": (
        'id, slug, archive_id, position, headline, publication_id, published, word_count, start, "end"'
    ),
    "paragraphs": 'id, article_id, position, role, text, word_count, start, "end"',
    "quotes": (
        'id, article_id, paragraph_id, position, utterance, text, kind, speaker_id, rule, start, "end"'
    ),
    "mentioned_places": (
        'id, place_id, article_id, paragraph_id, text, sense, confidence, rule, start, "end"'
    ),
}


@click.group()
def main() -> None:
    """How fast the pages of a large archive are."""


@main.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--articles", default=100_000, show_default=True)
def make(path: Path, articles: int) -> None:
    """Writes a made-up archive to PATH."""
    path.unlink(missing_ok=True)
    chance = random.Random(1)  # noqa: S311 - made-up text, no secret
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    words = _named(chance, syllables, _WORDS, 3)
    ranks = {"speakers": _zipf(_SPEAKERS), "places": _zipf(_PLACES)}
    database = Database(path)
    schema.create_tables(database)
    connection = database.conn
    assert connection is not None  # noqa: S101 - it was opened above
    connection.execute("pragma synchronous = off")
    _fixed_tables(connection, chance, syllables)
    texts = _texts(chance, words, articles * _PARAGRAPHS)
    for first in range(1, articles + 1, 1000):
        numbers = range(first, min(first + 1000, articles + 1))
        made = [_article_rows(number, texts, chance, ranks) for number in numbers]
        for table, columns in _COLUMNS.items():
            _insert(connection, table, columns, (row for rows in made for row in rows[table]))
    schema.create_indexes(database)
    for table, count, link in (
        ("speakers", "quote_count", "quotes"),
        ("places", "mention_count", "mentioned_places"),
    ):
        connection.execute(
            f"update {table} set {count} = (select count(*) from {link} where {table[:-1]}_id = {table}.id)"  # noqa: S608
        )
    schema.create_search(database)
    schema.create_views(database)
    connection.commit()
    connection.execute("analyze")
    database.close()


def _pages(path: Path) -> dict[str, list[str]]:
    """Addresses of each type of page: of the commonest, of rare ones, of some between."""
    connection = sqlite3.connect(path)
    slugs = [row[0] for row in connection.execute("select slug from articles order by id limit 12")]
    words = str(connection.execute("select text from paragraphs limit 1").fetchone()[0]).lower().split()
    connection.close()
    numbers = (1, 2, 3, 10, 30, 100, 300, 1000, 2999)
    return {
        "floor": [_FLOOR] * 10,
        "home": ["/"] * 10,
        "article": [f"/read/{slug}" for slug in slugs],
        "articles": ["/articles", "/articles?page=2", "/articles?page=500"],
        "speaker": [f"/speaker/{number}" for number in numbers],
        "place": [f"/place/{number}" for number in numbers],
        "outlet": [f"/outlet/{number}" for number in range(1, 9)],
        "map": ["/map", "/map?outlet=1", "/map?from=2010-01-01&until=2010-12-31"],
        "search, one word": [f"/search?q={word.strip('.')}" for word in words[:10]],
        "search, two words": [f"/search?q={a}+{b}" for a, b in zip(words[:10], words[3:13], strict=False)],
        "search, filtered": [f"/search?q={word.strip('.')}&outlet=3&from=2010-01-01" for word in words[:10]],
        "table": ["/archive/quotes", "/archive/places", "/archive/article_overview"],
        "feed": ["/feed.atom"] * 3,
    }


@main.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def measure(path: Path) -> None:
    """Prints the median and the 95th percentile of each type of page over the archive at PATH."""
    with tempfile.TemporaryDirectory() as folder:
        site = Datasette(config_dir=assemble(path, Path(folder) / "site"))

        async def timed(address: str) -> tuple[float, int]:
            start = time.perf_counter()
            response = await site.client.get(address)
            return (time.perf_counter() - start) * 1000, response.status_code

        async def run() -> None:
            await site.invoke_startup()
            await timed("/")  # templates are compiled once
            click.echo(f"{'page':20} {'p50 ms':>8} {'p95 ms':>8}  slowest")
            for kind, addresses in _pages(path).items():
                taken = [(*await timed(address), address) for address in addresses * 2]
                failed = [one for one in taken if one[1] != 200]
                times = sorted(one[0] for one in taken)
                slowest = max(taken)[2]
                p95 = statistics.quantiles(times, n=20, method="inclusive")[18]
                click.echo(f"{kind:20} {statistics.median(times):8.1f} {p95:8.1f}  {slowest}")
                for one in failed:
                    click.echo(f"  answered {one[1]}: {one[2]}")

        asyncio.run(run())


if __name__ == "__main__":
    main()
