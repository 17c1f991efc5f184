"""Where the reading room meets Datasette: routes, filters, cells, headers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import handle_exception as datasettes_handler
from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from jinja2 import Environment
from markupsafe import Markup, escape

from loader.site import large_tables, rendering, sql_functions
from loader.site.components.citation import long_date
from loader.site.html_patterns import FORM_FIELD, FOUND, ROOTED, SITE_PATH, THIRD_HEADING
from loader.site.pages import article, exports, feeds, home, people, places
from loader.site.search import search_page
from loader.site.security import middleware, sql_limits

_LABELS = {
    "_filter_column": "Column",
    "_filter_op": "Comparison",
    "_filter_value": "Value",
    "_sort": "Sort by",
    "sql": "SQL query",
}
_ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/$", home.home),
    (r"^/about$", home.about),
    (r"^/articles$", article.listing),
    (r"^/read/(?P<slug>[^/]+)$", article.read),
    (r"^/read/(?P<slug>[^/]+)/cite(?:\.(?P<form>txt|bib|json))?$", article.cite),
    (r"^/speakers$", people.speakers),
    (r"^/speaker/(?P<id>\d{1,12})$", people.speaker),
    (r"^/outlets$", people.outlets),
    (r"^/outlet/(?P<id>\d{1,12})$", people.outlet),
    (r"^/author/(?P<id>\d{1,12})$", people.author),
    (r"^/places$", places.places),
    (r"^/place/(?P<id>\d{1,12})$", places.place),
    (r"^/map$", places.map_page),
    (r"^/base-map\.svg$", places.base_map),
    (r"^/base-map/(?P<zoom>\d{1,2})/(?P<column>\d{1,6})/(?P<row>\d{1,6})\.svg$", places.tile),
    (r"^/search$", search_page.search),
    (r"^/export/(?P<kind>[a-z]+)\.(?P<form>json|csv|geojson)$", exports.whole_list),
    (r"^/export/search/(?P<kind>[a-z]+)\.(?P<form>json|csv)$", exports.search_results),
    (r"^/feed\.atom$", feeds.atom),
    (r"^/sitemap\.xml$", feeds.sitemap),
    (r"^/sitemap/(?P<number>\d{1,9})\.xml$", feeds.sitemap_part),
    (middleware.CLOSED.pattern, middleware.closed),
]
_PUBLIC_ROUTES = [re.compile(pattern) for pattern, _ in _ROUTES]
_FILES = ("/static/", "/-/static/", "/-/static-plugins/", "/favicon.ico", "/robots.txt")
# /archive/quotes/12, /archive/quotes/12.json: one row, by its key
_ROW = re.compile(r"/[^/]+/[^/]+/[^/]+")
_OWN_FIRST_PARTS = frozenset(
    (
        "",
        "about",
        "articles",
        "read",
        "speakers",
        "speaker",
        "outlet",
        "outlets",
        "author",
        "places",
        "place",
        "map",
        "search",
    )
)


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """The reading room's pages."""
    return _ROUTES


@hookimpl
def block_robots_extra_lines(datasette: Datasette, request: Request) -> list[str]:
    """Tells robots where the list of pages is."""
    return ["Sitemap: " + rendering.absolute(datasette, request, "/sitemap.xml")]


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Any]:
    """Tells Datasette how many rows each view has, and leaves out what takes long on large tables.

    By itself it counts views for every visitor, of a million rows for a second.
    """
    for name, database in datasette.databases.items():
        described = (datasette.inspect_data or {}).get(name, {})
        # Read now, it keeps the tables alone: they are also the list of what the database holds.
        if database.cached_table_counts is not None:
            described["tables"].update(described.get("views", {}))
    return large_tables.startup(datasette)


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Makes the SQL functions known, and limits what a visitor's SQL may do."""
    sql_functions.register(conn)
    if database != "_internal":  # Datasette's own notes, which it writes and no visitor reads
        sql_limits.harden(conn)


def _below_base(datasette: Datasette, path: str) -> str:
    """A path as the routes see it: without the site's base address."""
    return "/" + path.removeprefix(str(datasette.setting("base_url"))).lstrip("/")


def _is_datasettes(datasette: Datasette, path: str) -> bool:
    """Tells whether a page is one of Datasette's."""
    inside = _below_base(datasette, path)
    return not inside.startswith(_FILES) and not any(route.match(inside) for route in _PUBLIC_ROUTES)


def _asks_sql(datasette: Datasette, path: str) -> bool:
    """Tells whether visitors write SQL or filters on a page: on Datasette's, but for the page of one row."""
    return _is_datasettes(datasette, path) and not _ROW.fullmatch(_below_base(datasette, path))


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[middleware.Application], middleware.Application]:
    """Puts the guard between the network and the site."""
    return lambda application: middleware.guard(
        application,
        lambda path: _below_base(datasette, path)[1:].partition("/")[0] in _OWN_FIRST_PARTS,
        lambda path: _asks_sql(datasette, path),
    )


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Answers errors that Datasette has no words for; it still writes them to the log."""
    told = middleware.in_words(exception, _is_datasettes(datasette, request.path))
    if told is exception:
        return None
    answer: Callable[[], Awaitable[Response]] = datasettes_handler.handle_exception(datasette, request, told)
    return answer


def found(snippet: str | None) -> Markup:
    """A snippet as HTML: what the search found is marked, all else escaped."""
    return Markup(FOUND.sub(r"<mark>\1</mark>", str(escape(snippet or ""))))  # noqa: S704 - escaped


def labelled(html: str) -> Markup:
    """Makes Datasette's own pages easier to use without seeing them: named fields, headings without a gap."""
    named = FORM_FIELD.sub(
        lambda match: (
            f'<{match[1]} aria-label="{_LABELS.get(match[3].rstrip("_0123456789"), match[3])}"{match[2]}'
        ),
        str(html),
    )
    named = THIRD_HEADING.sub(r"\1h2", named)
    # The columns' meaning, often twenty lines, would push the rows off the first screen.
    opening, closing = '<dl class="column-descriptions">', "</dl>"
    if opening in named:
        folded = f'<details class="columns"><summary>What the columns mean</summary>{opening}'
        named = named.replace(opening, folded, 1).replace(closing, closing + "</details>", 1)
    return Markup(named)  # noqa: S704 - Datasette escaped it; only constants are added


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    """Adds the filters that the templates use."""
    base = str(datasette.setting("base_url"))

    def rooted(html: str | None) -> str:
        """Puts the site's base address before the root links of our own HTML (metadata, no archive text)."""
        return ROOTED.sub(lambda match: f'{match[1]}="{base}', html or "")

    def rooted_url(address: str | None) -> str:
        """Puts the site's base address before a root address."""
        text = address or ""
        return base + text[1:] if text.startswith("/") and not text.startswith("//") else text

    # A served bundle does not change: no look at each template's date for every page.
    env.auto_reload = False
    # A global, not a template variable: error pages are rendered without plugins' variables.
    env.globals["site_metadata"] = lambda: datasette.metadata() or {}
    env.filters.update(
        {
            "rooted_url": rooted_url,
            "rooted": rooted,
            "found": found,
            "labelled": labelled,
            "long_date": long_date,
        }
    )


@hookimpl
def render_cell(value: object, column: str, datasette: Datasette) -> Markup | None:
    """Marks what a search found, and links to the reading pages."""
    if not isinstance(value, str):
        return None
    if column in ("snippet", "best_snippet"):
        return found(value)
    if column == "slug":
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/read/{value}"), value)
    if column == "read" and SITE_PATH.fullmatch(value):
        return Markup('<a href="{}">read</a>').format(datasette.urls.path(value))
    return None
