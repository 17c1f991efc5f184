"""What visitors ask for: kinds of pages with their weights, and addresses drawn from the database."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from loader.errors import InputError

_ARTICLES_READ = 500  # whose words and quotations are asked for
_NEVER_SOUGHT = 100  # the commonest words
_CURE = "build one with: make build/large.db"
Thing = TypeVar("Thing")


class Request(NamedTuple):
    """One request: the kind of its page, and its address below the site's root."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Stock:
    """What addresses are made of; in each list stands first what readers meet most often.

    Attributes:
        slugs: articles, the newest first.
        speakers: numbers and names, the most quoted first.
        places: numbers and names, the most named first.
        outlets: numbers and names.
        words: words as often as the texts have them, the very commonest left out.
        quotes: numbers of quotations.
        years: the first and the last year.
    """

    slugs: Sequence[str]
    speakers: Sequence[tuple[int, str]]
    places: Sequence[tuple[int, str]]
    outlets: Sequence[tuple[int, str]]
    words: Sequence[str]
    quotes: Sequence[int]
    years: tuple[int, int]


def read_stock(path: Path) -> Stock:
    """Reads from a finished database what the requests name.

    Args:
        path: the SQLite file.

    Returns:
        The stock; a list is empty where the archive has nothing of the kind.

    Raises:
        InputError: the file is no finished database, or holds no articles.
    """
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)

    def rows(sql: str, *values: int) -> list[tuple[int, str]]:
        return connection.execute(sql, values).fetchall()

    try:
        slugs = [slug for _, slug in rows("select id, slug from articles order by published desc, id desc")]
        # Every so many articles: texts of all ages, and always the same ones.
        step = max(1, len(slugs) // _ARTICLES_READ)
        texts = rows("select id, text from paragraphs where role = 'body' and article_id % ? = 0", step)
        quotes = rows("select id, text from quotes where article_id % ? = 0 order by id", step)
        dated = rows("select min(substr(published, 1, 4)), max(substr(published, 1, 4)) from articles")
        speakers = rows("select id, name from speakers order by quote_count desc, id")
        places = rows("select id, name from places order by mention_count desc, id")
        outlets = rows("select id, name from publications order by id")
    except sqlite3.DatabaseError as error:
        raise InputError(f"{path}: this is no finished archive ({error}); {_CURE}") from error
    finally:
        connection.close()
    if not slugs:
        raise InputError(f"{path}: it holds no articles; {_CURE}")
    words = _words(text for _, text in texts)
    first, last = dated[0]
    return Stock(
        slugs, speakers, places, outlets, words, [one for one, _ in quotes], (int(first or 0), int(last or 0))
    )


def _words(texts: Iterable[str]) -> list[str]:
    """Returns words as often as they stand in texts, less those that nobody searches for ("that", "with")."""
    words = [word for text in texts for word in text.lower().split() if len(word) > 3 and word.isalpha()]
    common = {word for word, _ in Counter(words).most_common(_NEVER_SOUGHT)}
    return [word for word in words if word not in common] or words


class Draw:
    """Draws what an address names; the same stock and seed give the same addresses."""

    def __init__(self, stock: Stock, seed: int) -> None:
        """Takes what the addresses are made of."""
        self.stock = stock
        self.chance = random.Random(seed)

    def popular(self, things: Sequence[Thing]) -> Thing:
        """Draws by Zipf's law: what stands ten times as far down is met a tenth as often."""
        return things[min(int(len(things) ** self.chance.random()), len(things)) - 1]

    def slug(self) -> str:
        """Draws an article: every second time any, else one of the newest."""
        newest = self.chance.random() < 0.5
        return quote(self.popular(self.stock.slugs) if newest else self.chance.choice(self.stock.slugs))

    def words(self, count: int) -> str:
        """Draws words to search for."""
        return " ".join(self.chance.choices(self.stock.words, k=count))

    def page(self, size: int) -> int:
        """Draws a page of the list of articles, mostly one of the first."""
        return self.popular(range(1, len(self.stock.slugs) // size + 2))

    def time(self) -> dict[str, str]:
        """Draws a year, as two dates."""
        year = self.chance.randint(*self.stock.years)
        return {"from": f"{year}-01-01", "until": f"{year}-12-31"}


def _address(path: str, **values: object) -> str:
    return f"{path}?{urlencode(values)}"


def _search(draw: Draw) -> str:
    outlet = {"outlet": str(draw.popular(draw.stock.outlets)[0])}
    narrowed = draw.chance.choice([outlet, draw.time(), {"in": "quotes"}])
    return _address("/search", q=draw.words(1), **narrowed)


def _map(draw: Draw) -> str:
    outlet = {"outlet": str(draw.popular(draw.stock.outlets)[0])}
    narrowed: dict[str, str] = draw.chance.choice([{}, outlet, draw.time()])
    return _address("/map", **narrowed)


def _question(draw: Draw) -> str:
    """Draws one of the ready questions, with what a visitor would fill in."""
    stock = draw.stock
    speaker, place = draw.popular(stock.speakers)[1], draw.popular(stock.places)[1]
    return draw.chance.choice(
        [
            _address("/archive/search_paragraphs", q=draw.words(2)),
            _address("/archive/search_quotes", q=draw.words(1)),
            _address("/archive/said_by", speaker=speaker),
            _address("/archive/quotes_about_place", place=place),
            _address("/archive/quotes_with_word_by_speaker", word=draw.words(1)),
            _address("/archive/place_through_time", place=place),
            _address("/archive/places_together", place=place),
            _address("/archive/quoted_by_outlet", topic=draw.words(1), outlet=""),
            _address("/archive/coverage_by_outlet", place=place),
            _address("/archive/timeline", **draw.time()),
            _address("/archive/most_quoted_speakers", kind="person"),
            _address("/archive/provenance", table="quotes", id=draw.chance.choice(stock.quotes)),
            _address("/archive/found_by_rule", rule=""),
        ]
    )


def _table(draw: Draw) -> str:
    stock = draw.stock
    return draw.chance.choice(
        [
            "/archive/quote_details",
            _address("/archive/quote_details", kind="direct", _facet="speaker"),
            _address("/archive/place_mention_details", place=draw.popular(stock.places)[1]),
            _address("/archive/article_overview", publication=draw.popular(stock.outlets)[1]),
            _address("/archive/quotes", speaker_id=draw.popular(stock.speakers)[0], _facet="kind"),
        ]
    )


def _json(draw: Draw) -> str:
    speaker = draw.popular(draw.stock.speakers)[0]
    return draw.chance.choice(
        [
            _address("/archive/quotes.json", _shape="array", speaker_id=speaker),
            _address("/archive/places.json", _shape="objects", _size=100),
            f"/archive/quotes/{draw.chance.choice(draw.stock.quotes)}.json",
        ]
    )


def _csv(draw: Draw) -> str:
    return _address("/archive/quotes.csv", speaker_id=draw.popular(draw.stock.speakers)[0], _size=100)


def _cite(draw: Draw) -> str:
    return f"/read/{draw.slug()}/cite{draw.chance.choice(['', '.txt', '.bib', '.json'])}"


# The kinds of pages: what share of a hundred requests asks for one, and how its address is drawn. The shares
# are our guess at readers who come from a search or the front page, read, and now and then ask the tables.
KINDS: dict[str, tuple[int, Callable[[Draw], str]]] = {
    "home": (6, lambda draw: "/"),
    "article": (26, lambda draw: f"/read/{draw.slug()}"),
    "citation": (3, _cite),
    "list of articles": (5, lambda draw: _address("/articles", page=draw.page(100))),
    "speaker": (6, lambda draw: f"/speaker/{draw.popular(draw.stock.speakers)[0]}"),
    "place": (6, lambda draw: f"/place/{draw.popular(draw.stock.places)[0]}"),
    "outlet": (4, lambda draw: f"/outlet/{draw.popular(draw.stock.outlets)[0]}"),
    "map": (4, _map),
    "search, one word": (10, lambda draw: _address("/search", q=draw.words(1))),
    "search, two words": (6, lambda draw: _address("/search", q=draw.words(2))),
    "search, narrowed": (4, _search),
    "ready question": (6, _question),
    "table with facets": (4, _table),
    "JSON": (4, _json),
    "CSV": (2, _csv),
    "feed": (2, lambda draw: "/feed.atom"),
    "static file": (2, lambda draw: "/-/static-plugins/press-archive/site.css"),
}
# What the others are measured against: a row as Datasette shows it by itself, and a file.
PEER, FILE = "bare row page", "file alone"
# A query that the site must stop.
STOPPED = "endless query"


def requests(stock: Stock, seed: int) -> Iterator[Request]:
    """Yields requests without end, mixed by their weights.

    Raises:
        InputError: the archive lacks what the addresses name.
    """
    lacking = [
        name for name in ("speakers", "places", "outlets", "words", "quotes") if not getattr(stock, name)
    ]
    if lacking:
        raise InputError(f"the archive holds no {lacking[0]}, which the requests name; {_CURE}")
    draw = Draw(stock, seed)
    kinds, weights = list(KINDS), [weight for weight, _ in KINDS.values()]
    while True:
        kind = draw.chance.choices(kinds, weights)[0]
        yield Request(kind, KINDS[kind][1](draw))


def row_pages(stock: Stock, seed: int) -> Iterator[Request]:
    """Yields requests for single rows of a table, which Datasette shows without any page of ours."""
    draw = Draw(stock, seed)
    while True:
        yield Request(PEER, f"/archive/quotes/{draw.chance.choice(stock.quotes)}")


def files() -> Iterator[Request]:
    """Yields requests for one static file."""
    while True:
        yield Request(FILE, "/-/static-plugins/press-archive/site.css")


def endless_queries() -> Iterator[Request]:
    """Yields queries that count for longer than the site allows, which a visitor may send as SQL."""
    number = 0
    while True:
        number += 1  # each another one, so that no cache could answer it
        sql = (
            f"with recursive counted(n) as (select {number} union all select n + 1 from counted)"
            " select max(n) from counted"
        )
        yield Request(STOPPED, _address("/archive", sql=sql))
