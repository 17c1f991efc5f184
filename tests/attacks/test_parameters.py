"""Addresses with repeated, many and long parameters: refused in words, while every link of the site works."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import httpx
import pytest
from described import QUERIES

from loader.site.security import parameters

TABLE = "/archive/paragraphs"
PAGES = [
    "/",
    "/search?q=zebra&role=body",
    "/articles",
    "/archive",
    TABLE,
    f"{TABLE}?_facet=role&_facet=text&_search=zebra&word_count__gt=1",
    f"{TABLE}?_facet=role&_facet=word_count&_facet_size=max&_search=zebra&word_count__gt=1",
    "/archive/articles?_sort_desc=word_count&_facet_date=published&_where=1",
    "/archive/quote_details?_next=1&_nocol=text",
    "/archive/said_by?speaker=a",
]


def repeated(*pieces: str) -> str:
    """A query string of as many pieces as given, each numbered where it says {}."""
    return "&".join(piece.format(number) for number, piece in enumerate(pieces))


TOO_MUCH = {
    "one facet": repeated(*["_facet=text"] * 11),
    "facets of all kinds": repeated(*["_facet=text", "_facet_array=text", "_facet_date=text"] * 4),
    "an unknown facet": repeated(*["_facet_x=text"] * 11),
    "a facet, its name encoded": repeated(*["%5ffacet=text"] * 11),
    "long facets": "_facet=text&_facet_size=max&_sort=" + "x" * 5_000,
    "long facets of a size that is none": "_facet=text&_facet_size=99999999999&_sort=" + "x" * 5_000,
    "facets of the table's settings, in a long address": "_facet_size=max&_where=1/*" + "x" * 20_000 + "*/",
    "a condition": repeated(*["_where=1"] * 11),
    "a condition of another table": repeated(
        *['_through={{"table":"quotes","column":"id","value":"1"}}'] * 11
    ),
    "a filter": repeated(*["text__contains=a"] * 31),
    "a column": repeated(*["_col=text"] * 31),
    "a column less": repeated(*["_nocol=text"] * 31),
    "a search of a column": repeated(*["_search_text{}=a"] * 101),
    "a mode of searching": repeated(*["_searchmode=raw"] * 31),
    "an order": repeated(*["_sort=id"] * 31),
    "a label": repeated(*["_label=article_id"] * 31),
    "words": "_search=" + "x" * 1_001,
    "words of a column": "_search_text=" + "+x" * 501,
    "names of all kinds": repeated(*["x{}=1"] * 101),
    "names without a value": repeated(*["x{}"] * 101),
    "empty parameters": "&" * 101,
}


@pytest.mark.parametrize("query", TOO_MUCH.values(), ids=TOO_MUCH)
def test_repeated_and_long_parameters_are_refused_in_words(web: httpx.Client, query: str) -> None:
    answer = web.get(f"{TABLE}?{query}")
    assert answer.status_code == 400
    assert re.search(r"at most \d+|too long for", answer.text)


@pytest.mark.parametrize("path", ["/", "/search", "/export/places.csv", "/archive", "/archive/quotes/1.json"])
def test_the_bounds_of_an_address_hold_on_every_page(web: httpx.Client, path: str) -> None:
    assert web.get(f"{path}?{repeated(*['q=x'] * 31)}").status_code == 400


def test_every_link_and_form_of_the_site_is_within_the_bounds(web: httpx.Client) -> None:
    checked = 0
    for page in PAGES:
        answer = web.get(page)
        assert answer.status_code == 200, page
        for address in re.findall(r'\b(?:href|action)="([^"]*)"', answer.text):
            query = unescape(address).partition("#")[0].partition("?")[2]
            assert parameters.refusal(query.encode()) is None, (page, address)
            checked += bool(query)
    assert checked > 100


def test_a_filter_form_of_many_rows_and_all_columns_is_within_the_bounds(web: httpx.Client) -> None:
    form = "&".join(
        f"_filter_column_{row}=text&_filter_op_{row}=contains&_filter_value_{row}=a" for row in range(25)
    )
    assert web.get(f"{TABLE}?{form}&_sort=id&_facet=role").status_code == 302
    columns = "&".join(f"_col={name}" for name in ("article_id", "position", "role", "text", "word_count"))
    facets = "&".join(["_facet=role", "_facet=word_count", "_facet_date=text"])
    assert web.get(f"{TABLE}?{columns}&{facets}&text__contains=a&text__contains=b").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "sql=" + "x" * 30_000, "_size=max", "q=%ff&q=", "_facet_size=", "a=&b", "q=" + "%C3%A9" * 1_000],
)
def test_an_address_within_the_bounds_is_not_refused(query: str) -> None:
    assert parameters.refusal(query.encode()) is None


# Every page that Datasette makes of an address, with what may be repeated there most often.
LONGEST = [
    *(f"{TABLE}{form}" for form in ("", ".json", ".csv")),
    "/archive/quotes/1",
    "/archive/quotes/1.json",
    "/archive/quote_details",
    "/archive",
    *(f"/archive/{name}" for name in sorted(QUERIES)[:2]),
    "/-/search",
    "/search",
    "/articles",
    "/map",
    "/export/places.json",
    "/export/search/paragraphs.csv",
]
FILLED: dict[str, Callable[[int], str]] = {
    "names": lambda number: repeated(*["x{}=1"] * number),
    "filters": lambda number: repeated(*["text__not{}=1"] * number),
    "one name": lambda number: repeated(*["_col=text"] * (number // 3)),
    "few facets": lambda number: repeated(*["_facet=role"] * (number // 8)),
    "facets": lambda number: repeated(*["_facet=role"] * number),
    "a long search": lambda number: "q=" + "x" * number * 12 + "&_search=" + "x" * number * 12,
    "a long condition": lambda number: "_where=1/*" + "x" * number * 80 + "*/",
}


@pytest.mark.parametrize("path", LONGEST)
def test_no_page_grows_with_the_square_of_its_address(web: httpx.Client, path: str) -> None:
    for name, fill in FILLED.items():
        half, whole = (web.get(f"{path}?{fill(number)}") for number in (40, 80))
        assert {half.status_code, whole.status_code} <= {200, 302, 400, 404}, name
        if half.status_code == whole.status_code == 200:
            # Twice the address is twice the page and no more; the first 20 kB are the page itself.
            assert len(whole.content) < 2.5 * len(half.content) + 20_000, (path, name)
        assert len(whole.content) < 4_000_000, (path, name)
