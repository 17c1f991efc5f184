"""What the package says of any archive: titles, descriptions, table settings and canned queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from datasette.utils import tilde_encode
from markupsafe import escape

from loader.dataset.columns import DATASET
from loader.dataset.declaration import Hints, Table, View
from loader.site.sql_functions import are_used

_QUERIES = Path(__file__).with_name("queries.yml")
_START = ("article_overview", "quote_details", "place_mention_details")
_GEONAMES = {
    "source": "Gazetteer: GeoNames, and additions whose sources the code names",
    "source_url": "https://www.geonames.org/",
    "license": "GeoNames: CC BY 4.0 (attribution: GeoNames, geonames.org)",
    "license_url": "https://creativecommons.org/licenses/by/4.0/",
}
# A link that shows what a table is for: words, and the address below the database's. {name} is an example.
_SEE: dict[str, tuple[str, str]] = {
    "files": ("the texts that were read from them", "archives"),
    "source_texts": ("the texts with their files", "archives"),
    "segments": ("the texts with their files", "archives"),
    "omitted_ranges": ("the files", "files"),
    "archives": ("where a paragraph comes from", "provenance?table=paragraphs&id={paragraph}"),
    "publications": ("their coverage of {place_of_outlets}", "coverage_by_outlet?place={place_of_outlets}"),
    "articles": ("articles with names and counts", "article_overview"),
    "authors": ("which articles they signed", "article_authors"),
    "article_authors": ("the authors", "authors"),
    "paragraphs": ("a search with ranked snippets", "search_paragraphs?q={phrase}"),
    "furniture": ("where a block comes from", "provenance?table=furniture&id={block}"),
    "speakers": ("who is quoted most", "most_quoted_speakers?kind={speaker_kind}"),
    "speaker_names": ("the speakers", "speakers"),
    "quotes": ("quotations with speaker, article and paragraph", "quote_details"),
    "places": (
        "places within 100 km of {point}",
        "places_within?latitude={latitude}&longitude={longitude}&kilometres=100",
    ),
    "mentioned_places": ("mentions with place, article and paragraph", "place_mention_details"),
    "links": ("the addresses with their articles", "links_cited?address={cited_host}"),
    "data_notes": ("the notes with their articles", "doubtful?code={note_code}"),
    "corrections": ("the corrections with their articles", "corrections_made?field={corrected_field}"),
    "article_months": ("the articles by date", "timeline?from={from}&until={until}"),
    "publication_counts": ("the articles by outlet", "articles?_facet=publication_id"),
    "rule_counts": ("the rules with an example each", "found_by_rule?rule={rule}"),
    "place_months": ("the months of any place", "place_through_time?place={place}"),
    "place_publications": ("the outlets of any place", "coverage_by_outlet?place={place_of_outlets}"),
    "speaker_months": ("what one speaker said", "said_by?speaker={speaker}"),
    "speaker_publications": ("what one speaker said", "said_by?speaker={speaker}"),
    "build_info": ("the source files", "files"),
    "data_dictionary": ("the columns that only a rebuild proves", "data_dictionary?proof=rebuild"),
    "article_overview": ("the articles that quote most", "article_overview?_sort_desc=quote_count"),
    "quote_details": ("whole sentences by speaker", "quote_details?kind=direct&_facet=speaker"),
    "place_mention_details": (
        "mentions of {place}",
        "place_mention_details?place={place}&_facet=publication",
    ),
}


def database_defaults(
    database: str, examples: Mapping[str, str], *, is_plain: bool = False
) -> dict[str, Any]:
    """Return what Datasette's metadata says of the database of any archive.

    Args:
        database: the database's name in addresses.
        examples: values for example links, as `find_examples` gives them.
        is_plain: whether it is for a Datasette without this package: nothing links to the queries that call
            SQL functions of it.

    Returns:
        title, description_html, tables and queries.
    """
    starts = [_link(name, f"/{tilde_encode(database)}/{name}") for name in _START]
    shapes: dict[str, Table | View] = {**DATASET.all_tables, **DATASET.views}
    queries = query_defaults(database, examples)
    left_out = {name for name, query in queries.items() if is_plain and are_used(query["sql"])}
    form = "" if "search_paragraphs" in left_out else _search_form(database, examples)
    return {
        "title": "The archive as tables",
        "description_html": (
            f"<p>Tables of data, three views that need no joins, and canned queries. Start with the views "
            f"{starts[0]}, {starts[1]} and {starts[2]}.</p>{form}"
            "<p>All offsets count code points of the source text from 0, end exclusive.</p>"
        ),
        "tables": {
            name: table_defaults(name, shape, database, examples, left_out) for name, shape in shapes.items()
        },
        "queries": queries,
    }


def _search_form(database: str, examples: Mapping[str, str]) -> str:
    example = _example("search_paragraphs", database, {"q": "{phrase}"}, "{phrase}", examples)
    return (
        f'<form action="/{tilde_encode(database)}/search_paragraphs" method="get">'
        '<label for="database-search">Search the paragraphs</label> '
        '<input type="search" id="database-search" name="q"> <input type="submit" value="Search">'
        f"</form>{f'<p>For example {example}.</p>' if example else ''}"
    )


def table_defaults(
    name: str,
    shape: Table | View,
    database: str,
    examples: Mapping[str, str],
    left_out: Collection[str] = (),
) -> dict[str, Any]:
    """Return what Datasette's metadata says of a table or view of any archive.

    Args:
        name: its name.
        shape: its declaration.
        database: the database's name in addresses.
        examples: values for example links.
        left_out: queries that must not be linked to.
    """
    described = {one.column_name: one.description for one in DATASET.dictionary() if one.table_name == name}
    words, address = _SEE[name]
    target = address.partition("?")[0]
    see = "" if target in left_out else _see(words, f"/{tilde_encode(database)}/{address}", examples)
    settings: dict[str, Any] = {
        "title": shape.title,
        "description_html": f"{escape(shape.description)}{f' See {see}.' if see else ''}",
        **_settings(shape.hints),
        "columns": described,
    }
    facets = [column for column, one in shape.columns.items() if one.facet]
    if facets:
        settings["facets"] = facets
    if isinstance(shape, Table):
        sortable = [column for column, one in shape.columns.items() if one.sortable]
        if sortable:
            # Datasette's default order is by the key, and the heading of that column links to it.
            key = [column for column in shape.keys if column not in sortable]
            settings["sortable_columns"] = [*key, *sortable]
    elif shape.searched_by:
        settings |= {"fts_table": f"{shape.searched_by}_fts", "fts_pk": "id"}
    if name == "places":
        settings |= _GEONAMES
    elif name in ("mentioned_places", "place_mention_details"):
        settings |= {key: _GEONAMES[key] for key in ("source", "source_url")}
    return settings


def _settings(hints: Hints) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    if hints.label:
        settings["label_column"] = hints.label
    if hints.sort:
        settings["sort_desc" if hints.sort.startswith("-") else "sort"] = hints.sort.removeprefix("-")
    if hints.page_size:
        settings["size"] = hints.page_size
    if hints.facet_size:
        settings["facet_size"] = hints.facet_size
    if hints.hidden:
        settings["hidden"] = True
    return settings


def query_defaults(database: str, examples: Mapping[str, str]) -> dict[str, Any]:
    """Return the canned queries for any archive, with examples that return rows."""
    queries = {}
    for name, query in _queries().items():
        example = _example(name, database, query["example"]["values"], query["example"]["label"], examples)
        queries[name] = {
            "title": query["title"],
            "description_html": query["description_html"] + (f" Example: {example}." if example else ""),
            "params": list(query["params"]),
            "hide_sql": True,
            "sql": query["sql"],
        }
    return queries


@cache
def _queries() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(_QUERIES.read_text(encoding="utf-8"))
    return content


def _example(
    query: str, database: str, values: Mapping[str, str], label: str, examples: Mapping[str, str]
) -> str:
    """A link to a query with example values; "" if the archive lacks one of them."""
    try:
        filled = {name: value.format_map(examples) for name, value in values.items()}
        words = label.format_map(examples)
    except KeyError:
        return ""
    return _link(words, f"/{tilde_encode(database)}/{query}?{urlencode(filled)}")


def _see(words: str, address: str, examples: Mapping[str, str]) -> str:
    path, _, query = address.partition("?")
    values = dict(pair.partition("=")[::2] for pair in query.split("&")) if query else {}
    try:
        filled = {name: value.format_map(examples) for name, value in values.items()}
        text = words.format_map(examples)
    except KeyError:
        return ""
    return _link(text, f"{path}?{urlencode(filled)}" if filled else path)


def _link(words: str, address: str) -> str:
    """A link below the site's root; whatever the archive says in it is escaped."""
    return f'<a href="{escape(address)}">{escape(words)}</a>'
