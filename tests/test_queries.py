"""Every canned query answers its own example with rows, and nasty input without an error."""

from __future__ import annotations

import html
import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import site_client
from datasette.app import Datasette
from described import QUERIES, described_with_examples

from loader.site import sql_functions

NASTY = [
    "",
    " ",
    '"',
    "'",
    "“",
    "*",
    "storm's",
    '"unclosed phrase',
    "-",
    "-only -excluded",
    "AND OR NOT NEAR(",
    "a:b ^c {d}",
    "%_%",
    "'; drop table articles; --",
    "<script>alert(1)</script>",
    "nan",
    "1e999",
    "-1",
    "\x00null",
    "😀 العربية",
    "x" * 5000,
    " ".join(["word"] * 2000),
]


@pytest.fixture(scope="module")
def site(bundle: Path) -> Datasette:
    return Datasette(config_dir=bundle)


def ask(site: Datasette, query: str, parameters: dict[str, str]) -> tuple[int, Any]:
    response = site_client.ask(
        site, f"/archive/{query}.json?" + urlencode({**parameters, "_shape": "objects"})
    )
    return response.status_code, response.json()


@pytest.fixture(scope="module")
def descriptions(database: Path) -> dict[str, str]:
    """The description of each query, with examples of the first data set."""
    queries = described_with_examples(database)["databases"]["archive"]["queries"]
    return {name: query["description_html"] for name, query in queries.items()}


def example(description: str) -> tuple[str, dict[str, str]]:
    """The worked example of a query's description: its path and parameters."""
    links = re.findall(r'href="([^"]+)"', description)
    parts = urlsplit(html.unescape(links[-1]))
    return parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))


def test_there_are_sixteen_questions_at_least() -> None:
    assert len(QUERIES) >= 16


@pytest.mark.parametrize("query", QUERIES)
def test_has_title_description_and_parameters_that_its_sql_names(
    query: str, descriptions: dict[str, str]
) -> None:
    described = QUERIES[query]
    assert described["title"] and descriptions[query]
    if described["params"]:
        path, parameters = example(descriptions[query])
        assert path == f"/archive/{query}"
        assert set(parameters) == set(described["params"])
    assert set(re.findall(r"(?<![:\w]):(\w+)", described["sql"])) == set(described["params"])


@pytest.mark.parametrize("query", QUERIES)
def test_its_own_example_returns_rows(site: Datasette, query: str, descriptions: dict[str, str]) -> None:
    parameters = example(descriptions[query])[1] if QUERIES[query]["params"] else {}
    status, answer = ask(site, query, parameters)
    assert status == 200, answer
    assert answer["rows"]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nasty_input_is_no_error(site: Datasette, query: str, text: str) -> None:
    status, answer = ask(site, query, dict.fromkeys(QUERIES[query]["params"], text))
    assert status == 200, answer


@pytest.mark.parametrize("query", [name for name in QUERIES if "fts_query" in QUERIES[name]["sql"]])
def test_a_blank_search_returns_nothing(site: Datasette, query: str) -> None:
    assert ask(site, query, dict.fromkeys(QUERIES[query]["params"], " "))[1]["rows"] == []


def test_a_curly_phrase_finds_what_a_straight_one_finds(site: Datasette) -> None:
    curly = ask(site, "search_paragraphs", {"q": "“chemical weapons”"})[1]["rows"]
    assert curly
    assert curly == ask(site, "search_paragraphs", {"q": '"chemical weapons"'})[1]["rows"]


def test_the_best_paragraph_comes_first_and_what_was_found_is_marked(site: Datasette) -> None:
    rows = ask(site, "search_paragraphs", {"q": "sarin"})[1]["rows"]
    assert all("⟦" in row["snippet"] for row in rows)


def test_places_within_are_sorted_and_within(site: Datasette) -> None:
    rows = ask(site, "places_within", {"latitude": "33.51", "longitude": "36.29", "kilometres": "300"})[1][
        "rows"
    ]
    distances = [row["kilometres_away"] for row in rows]
    assert distances == sorted(distances)
    assert distances[-1] <= 300


class TestQuestions:
    def test_a_ready_question_reads_as_a_question(self, get: site_client.Get) -> None:
        text = get("/archive/most_quoted_speakers?kind=").text
        assert 'value="Run query"' in text
        for alarming in ("Custom SQL", "Run SQL", "Query parameters"):
            assert alarming not in text
        assert "The SQL of this query" in text

    def test_one_row_is_one_row(self, get: site_client.Get) -> None:
        assert re.search(r"<h2[^>]*>1 row</h2>", get("/archive/provenance?table=quotes&id=1").text)


@pytest.mark.parametrize(
    ("latitude", "longitude", "kilometres"),
    [
        ("33.51", "36.29", "300"),
        ("0", "179.9", "4000"),
        ("-80", "10", "12000"),
        ("88", "-60", "5000"),
        ("51", "0", ""),
    ],
)
def test_no_place_that_is_near_is_left_out(
    site: Datasette, database: Path, latitude: str, longitude: str, kilometres: str
) -> None:
    asked = {"latitude": latitude, "longitude": longitude, "kilometres": kilometres}
    connection = sqlite3.connect(database)
    places = connection.execute("select name, latitude, longitude from places where latitude is not null")
    wanted = {
        name
        for name, *point in places
        if (sql_functions.distance_km(*point, latitude, longitude) or 0) <= float(kilometres or 50)
    }
    connection.close()
    assert {row["place"] for row in ask(site, "places_within", asked)[1]["rows"]} == wanted
