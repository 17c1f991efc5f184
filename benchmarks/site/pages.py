"""Every type of page and every ready question, with addresses drawn from the data: frequent to absent."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from loader.errors import InputError

LEVELS = ("frequent", "middling", "rare", "absent")
_SAMPLE = 1000  # articles whose words are counted
_NEVER_SOUGHT = 50  # the commonest words ("the", "of", ...)
_ABSENT = "zyzzyva"
_CURE = "build one with: make build/large.db"


class Page(NamedTuple):
    """A type of page.

    Attributes:
        kind: what it is.
        paths: its addresses.
        default: whether visitors come to it by a link, with nothing typed in.
    """

    kind: str
    paths: tuple[str, ...]
    default: bool = True


@dataclass(frozen=True, slots=True)
class Stock:
    """What addresses name; of names and words those that are frequent, middling, rare, and in no text.

    Attributes:
        slugs: articles, of all ages.
        articles: how many there are.
        speakers: numbers and names.
        places: numbers and names.
        outlets: numbers and names.
        authors: numbers.
        words: in paragraphs.
        years: the first and the last.
    """

    slugs: Sequence[str]
    articles: int
    speakers: Sequence[tuple[int, str]]
    places: Sequence[tuple[int, str]]
    outlets: Sequence[tuple[int, str]]
    authors: Sequence[int]
    words: Sequence[str]
    years: tuple[int, int]


def read_stock(path: Path) -> Stock:
    """Reads from a finished database what the addresses name.

    Raises:
        InputError: the file is no finished database, or holds no articles.
    """
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        return _stock(connection)
    except (sqlite3.DatabaseError, TypeError) as error:
        raise InputError(f"{path}: this is no finished archive ({error}); {_CURE}") from error
    finally:
        connection.close()


def _stock(connection: sqlite3.Connection) -> Stock:
    def ranked(table: str, order: str) -> list[tuple[int, str]]:
        """The most frequent, one of each hundredth part down to the last."""
        [number] = connection.execute(f"select count(*) from {table}").fetchone()
        ranks = sorted(
            {0, 1, 2, min(10, number - 1), number // 1000, number // 100, number // 10, number - 1}
        )
        sql = f"select id, name from {table} order by {order} limit 1 offset ?"
        return [connection.execute(sql, (rank,)).fetchone() for rank in ranks]

    [articles] = connection.execute("select max(id) from articles").fetchone()
    step = max(1, articles // _SAMPLE)
    chosen = ", ".join(str(number) for number in range(1, articles + 1, step))
    slugs = [row[0] for row in connection.execute(f"select slug from articles where id in ({chosen})")]
    counts = Counter(
        word
        for [text] in connection.execute(f"select text from paragraphs where article_id in ({chosen})")
        for word in set(text.lower().rstrip(".").split())
        if len(word) > 3 and word.isalpha()
    )
    words = [word for word, _ in counts.most_common()]
    return Stock(
        slugs=slugs,
        articles=articles,
        speakers=ranked("speakers", "quote_count desc"),
        places=ranked("places", "mention_count desc"),
        outlets=ranked("publications", "id"),
        authors=[number for number, _ in ranked("authors", "id")],
        words=[words[min(_NEVER_SOUGHT, len(words) // 10)], words[len(words) // 10], words[-1], _ABSENT],
        years=_years(connection),
    )


def _years(connection: sqlite3.Connection) -> tuple[int, int]:
    first, last = connection.execute("select min(published), max(published) from articles").fetchone()
    return int(first[:4]), int(last[:4])


def _address(path: str, **values: object) -> str:
    return f"{path}?{urlencode(values)}"


def pages(stock: Stock) -> list[Page]:
    """The pages of the reading room, and what machines read there."""
    slugs = [quote(slug) for slug in stock.slugs[:: max(1, len(stock.slugs) // 20)]]
    last, middle = max(1, stock.articles // 100), sum(stock.years) // 2
    year = {"from": f"{middle}-01-01", "until": f"{middle}-12-31"}
    found = [
        Page("home", ("/",)),
        Page("about", ("/about",)),
        Page("article", tuple(f"/read/{slug}" for slug in slugs)),
        Page("citation", tuple(f"/read/{slug}/cite" for slug in slugs[:5])),
        Page("articles", ("/articles", "/articles?page=2", "/articles?page=100")),
        Page("articles, last pages", tuple(f"/articles?page={last // part}" for part in (1, 2, 4))),
        Page("outlet", tuple(f"/outlet/{number}" for number, _ in stock.outlets)),
        Page("author", tuple(f"/author/{number}" for number in stock.authors)),
        Page("map", ("/map",)),
        Page(
            "map, filtered",
            (_address("/map", outlet=1), _address("/map", **year), _address("/map", outlet=2, **year)),
        ),
        Page("feeds", ("/feed.atom",)),
        Page("sitemap", ("/sitemap.xml", "/sitemap/1.xml")),
        Page("exports", _exports(stock)),
    ]
    for kind, named in (("speaker", stock.speakers), ("place", stock.places)):
        found.append(Page(f"{kind}s", (f"/{kind}s", f"/{kind}s?page=2", f"/{kind}s?page=50")))
        found.append(Page(kind, tuple(f"/{kind}/{number}" for number, _ in named)))
        most = named[0][0]
        found.append(
            Page(f"{kind}, further pages", tuple(f"/{kind}/{most}?page={page}" for page in (2, 20, 100)))
        )
    found.append(Page("outlets", ("/outlets", "/outlets?page=2")))
    return found + _searches(stock, year)


def _exports(stock: Stock) -> tuple[str, ...]:
    """Lists that pages offer whole; long ones take as long as they are, so of those that are short."""
    (place, _), (speaker, _), (_, outlet) = stock.places[-1], stock.speakers[-1], stock.outlets[-1]
    return (
        f"/export/mentions.csv?place_id={place}",
        f"/export/quotations.json?speaker_id={speaker}",
        _address("/export/articles.csv", publication=outlet),
        f"/export/articles.csv?author_id={stock.authors[-1]}",
    )


def _searches(stock: Stock, year: Mapping[str, str]) -> list[Page]:
    """Searches of one word and of two, with filters and without."""
    one = [_address("/search", q=word) for word in stock.words]
    two = [_address("/search", q=f"{stock.words[0]} {word}") for word in stock.words]
    names = [_address("/search", q=name) for _, name in (*stock.places[:2], *stock.speakers[:2])]
    narrowed = [
        _address("/search", q=word, **more)
        for word in stock.words
        for more in ({"outlet": 1}, year, {"in": "quotes"}, {"place": stock.places[0][0]})
    ]
    return [
        Page("search, one word", tuple(one), False),
        Page("search, two words", tuple(two), False),
        Page("search for a name", tuple(names), False),
        Page("search, narrowed", tuple(narrowed), False),
    ]


def tables(metadata: Mapping[str, Any], name: str) -> list[Page]:
    """Every table and view as Datasette shows it, and sorted by each column that it offers."""
    found = [Page("tables", (f"/{name}",))]
    for table, described in metadata["databases"][name]["tables"].items():
        base = f"/{name}/{table}"
        found.append(Page(f"table {table}", (base,)))
        found.append(Page(f"table {table} as JSON, CSV", (f"{base}.json", f"{base}.csv?_size=100")))
        columns = described.get("sortable_columns", [])
        if columns:
            paths = tuple(f"{base}?_sort{way}={column}" for column in columns for way in ("", "_desc"))
            found.append(Page(f"table {table}, sorted", paths))
    return found


def questions(queries: Mapping[str, Any], name: str, stock: Stock) -> list[Page]:
    """Every ready question with what a visitor would fill in, a page of each level."""
    found = []
    for query, described in queries.items():
        seen: dict[str, str] = {}
        for level in LEVELS:
            path = _address(
                f"/{name}/{query}", **{one: _typed(one, level, stock) for one in described["params"]}
            )
            if path not in seen.values():
                seen[level] = path
        blank = _address(f"/{name}/{query}", **dict.fromkeys(described["params"], ""))
        seen.setdefault("blank", blank)
        found += [Page(f"{query}, {level}", (path,), level == "blank") for level, path in seen.items()]
    return found


def _typed(parameter: str, level: str, stock: Stock) -> str:
    """What a visitor types into a field."""
    at = LEVELS.index(level)
    absent = level == "absent"
    year = sum(stock.years) // 2
    of_lists = {
        "q": stock.words[at],
        "word": stock.words[at],
        "topic": stock.words[at],
        "headline": stock.words[at],
        "speaker": _ABSENT if absent else stock.speakers[(0, len(stock.speakers) // 2, -1)[at]][1],
        "place": _ABSENT if absent else stock.places[(0, len(stock.places) // 2, -1)[at]][1],
        "kind": ("direct", "person", "title", _ABSENT)[at],
        "code": ("misprint", "fused_file_name", "weekday", _ABSENT)[at],
        "rule": ("name", "only", "participle", _ABSENT)[at],
        "field": ("published", "published", "published", _ABSENT)[at],
        "address": ("example", "bobo", "kaka.example/1", _ABSENT)[at],
        "outlet": ("", stock.outlets[0][1], stock.outlets[-1][1], _ABSENT)[at],
        "table": ("quotes", "mentioned_places", "paragraphs", _ABSENT)[at],
        "id": "1000" if not absent else "999999999999",
        "paragraph": "1000" if not absent else "999999999999",
        "latitude": ("33.51", "0", "-80", "x")[at],
        "longitude": ("36.29", "0", "10", "x")[at],
        "kilometres": ("1000", "300", "50", "50")[at],
        "from": f"{year if at else stock.years[0]}-01-01" if not absent else "2999-01-01",
        "until": f"{stock.years[1] if at == 0 else year}-12-31" if not absent else "2999-12-31",
    }
    return of_lists[parameter]
