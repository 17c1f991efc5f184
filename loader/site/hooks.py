"""What the plugin does in a Datasette with an archive: routes, pages, limits, headers."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import datasette as datasette_package
from datasette import handle_exception as datasettes_handler
from datasette.app import Datasette
from datasette.utils import StartupError
from datasette.utils.asgi import Request, Response
from datasette.utils.sqlite import sqlite3 as datasette_sqlite
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup, escape

from loader.dataset.schema import MINIMUM_SQLITE, VERSION
from loader.site import base_path, large_tables, rendering, sql_functions
from loader.site.components.citation import long_date
from loader.site.html_patterns import (
    COUNT_BUTTON,
    FORM_FIELD,
    FOUND,
    INLINE_SCRIPT,
    ROOTED,
    SITE_PATH,
    THIRD_HEADING,
)
from loader.site.page_cache.assembly import in_front
from loader.site.page_cache.interruptions import note_interruptions
from loader.site.pages import article, download, exports, feeds, home, people, places, static_files
from loader.site.room import PLUGIN, Room
from loader.site.schema_refresh import refresh_once, remember_schema, remember_table_names
from loader.site.search import search_page
from loader.site.security import middleware, running_queries, sql_limits, written_sql
from loader.site.table_permissions import answer_if_unrestricted

_HERE = Path(__file__).resolve().parent
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
    (r"^/(?P<database>[^/.]+)\.db$", download.database_file),
    (rf"^/-/static-plugins/{PLUGIN}/(?P<name>[\w.-]+)$", static_files.static_file),
    (middleware.CLOSED.pattern, middleware.closed),
    (middleware.CLOSED_BELOW.pattern, middleware.closed),
]
# First parts of their addresses, if the part is whole: `read` of /read/SLUG, not `feed` of /feed.atom. Under
# such a name no database can be reached. Datasette serves files of the owner's folder as /static/.
_FIRST_PART = re.compile(r"\^/([a-z][a-z-]*)(?=[/$])")
PAGE_NAMES = frozenset(
    ("static", *(first[1] for pattern, _ in _ROUTES if (first := _FIRST_PART.match(pattern))))
)
_OPEN_PAGES = [re.compile(pattern) for pattern, view in _ROUTES if view is not middleware.closed]
_PUBLIC_ROUTES = [re.compile(pattern) for pattern, _ in _ROUTES]
_FILES = ("/static/", "/-/static/", "/-/static-plugins/", "/favicon.ico", "/robots.txt")
# /archive/quotes/12, /archive/quotes/12.json: one row, by its key; not /archive/-/query
_ROW = re.compile(r"/[^/]+/(?!-/)[^/]+/[^/]+")
# What Datasette's pages take from its own static files, under 0.65 and under 1.0.
_STATIC = Path(datasette_package.__file__).resolve().parent / "static"
_EDITOR = (
    "sql-formatter-*.min.js",
    "codemirror-*[0-9].min.js",
    "codemirror-*-sql.min.js",
    "codemirror-*[0-9].min.css",
    "cm-editor-*.bundle.js",
)
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


class _CannotStartError(StartupError, click.ClickException):  # type: ignore[misc] # Datasette has no types
    """A reason not to start, in one line; of a StartupError alone Datasette 0.65 prints a traceback."""


def routes(room: Room, datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """Return the pages of the reading room; of an archive of another schema one page that says what to do."""
    if room.is_current:
        return _ROUTES if _searches_all(datasette) else [*_ROUTES, (r"^/-/search$", _explain_search_all)]

    async def other_schema(datasette: Datasette, request: Request) -> Response:
        return Response.text(f"{_say_other_schema(room)}\n", status=503)

    return [(r"^/$", other_schema)]


def _say_other_schema(room: Room) -> str:
    stored = room.facts.get("schema_version", "")
    file = f"{room.name}: was built with schema {stored}, this press-archive reads schema {VERSION}"
    is_newer = stored.isdecimal() and int(stored) > VERSION
    remedy = "install a newer press-archive" if is_newer else "build it again with `press-archive build`"
    return f"{file}; {remedy}"


def prepare_pages(room: Room, env: Environment, datasette: Datasette) -> Callable[[], Awaitable[None]] | None:
    """Add templates and filters, and put the complete metadata where Datasette reads it.

    Raises:
        StartupError: the metadata cannot be used. Here, because whatever starts later may read it.
    """
    if room.fault:
        raise _CannotStartError(f"metadata: {room.fault}")
    if not room.is_current:
        return None
    _put_metadata(room, datasette)
    _prepare_environment(room, env, datasette)
    return None


def _put_metadata(room: Room, datasette: Datasette) -> None:
    """Give Datasette the complete metadata instead of the owner's part of it.

    Before Datasette reads any of it: what a plugin's hook says of metadata would never replace what the
    owner's file says under another name of the database, and 1.0 has no such hook. Both versions read this
    attribute; 1.0 reads settings of tables and canned queries from its configuration.
    """
    complete = large_tables.adapted(room.metadata, room)
    datasette._metadata_local = complete
    configured = getattr(datasette, "config", None)
    if configured is not None:
        read = {key: complete[key] for key in ("databases", "plugins") if key in complete}
        datasette.config = {**configured, **read}
        datasette._metadata_local = {key: value for key, value in complete.items() if key != "plugins"}


def start(room: Room, datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Check what the site needs, in one line each.

    Raises:
        StartupError: SQLite is too old, or the archive has the name of a page.
    """
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        needed = ".".join(map(str, MINIMUM_SQLITE))
        raise _CannotStartError(
            f"press-archive needs SQLite {needed} or newer, this Python has {sqlite3.sqlite_version}; "
            "use a newer Python"
        )
    if not hasattr(datasette_sqlite.Connection, "setlimit"):  # Datasette prefers it if it is installed
        raise _CannotStartError(
            f"press-archive cannot limit what visitors' SQL uses under {datasette_sqlite.__name__}, which is "
            "installed; run `pip uninstall pysqlite3 pysqlite3-binary`"
        )
    if not room.is_current:
        print(_say_other_schema(room), file=sys.stderr)
    _check_base_path(room, datasette)
    if room.not_shown:
        print(
            f"{room.name}: is the archive that is shown, not {', '.join(room.not_shown)}; "
            f"to show another, write `plugins: {PLUGIN}: database: NAME` in metadata.yml",
            file=sys.stderr,
        )
    if room.is_current and room.name in PAGE_NAMES:
        raise _CannotStartError(
            f"{Path(room.database.path).name}: its name is the address of a page of the site; rename the file"
        )
    for name in sorted(PAGE_NAMES.intersection(datasette.databases)):
        print(
            f"{name}: the name of this database is the address of a page of the site; rename its file",
            file=sys.stderr,
        )
    if room.is_current:
        running_queries.make_interruptible(room.database)
        written_sql.read_apart(room.database)
    for name in room.unmatched():
        print(f"metadata: databases: {name}: no database of this name is attached", file=sys.stderr)
    refresh_once(datasette)
    answer_if_unrestricted(datasette)
    note_interruptions(room.database)
    remember_table_names(room.database)
    remember_schema(room.database)
    if room.is_current and not room.database.is_mutable:
        # Datasette would count every table. These are also its list of tables, so views are not among them.
        room.database._cached_table_counts = dict(room.counts.tables)
        described = (datasette.inspect_data or {}).get(room.name)
        if described:  # what it reads the number of rows of a view from; it would count for every visitor
            described["tables"].update({name: {"count": rows} for name, rows in room.counts.views.items()})

    download.remember_state(datasette)

    async def started() -> None:
        """Nothing more to wait for."""

    return started


def _check_base_path(room: Room, datasette: Datasette) -> None:
    """Say what a proxy may not do if the base path could be taken for a part of the site.

    Raises:
        StartupError: the base path is none.
    """
    base = str(datasette.setting("base_url"))
    try:
        is_base = base_path.require_base_path(base) == base
    except ValueError as error:
        raise _CannotStartError(f"base_url: {error}") from error
    if not is_base:
        raise _CannotStartError(f"base_url: {base!r} must begin and end with a slash")
    first = base[1:].partition("/")[0]
    if room.is_current and (first in PAGE_NAMES or first in datasette.databases):
        print(
            f"base_url: pages of the site begin with /{first}/ too, so the proxy must not take {base} off "
            "the address; or choose another path",
            file=sys.stderr,
        )


def prepare_connection(connection: sqlite3.Connection) -> None:
    """Add the SQL functions, and limit what a visitor's SQL may do."""
    sql_functions.register(connection)
    sql_limits.harden(connection)


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


def guarded(datasette: Datasette, room: Room) -> Callable[[middleware.Application], middleware.Application]:
    """Return what puts the guard, and before it the cache of pages, between the network and the site."""
    base = str(datasette.setting("base_url"))

    def wrap(application: middleware.Application) -> middleware.Application:
        guard = middleware.guard(
            base_path.with_redirect_to_base(application, base),
            lambda path: _below_base(datasette, path)[1:].partition("/")[0] in _OWN_FIRST_PARTS,
            lambda path: _asks_sql(datasette, path),
        )
        pages = in_front(guard, datasette, room, _OPEN_PAGES, lambda path: _below_base(datasette, path))
        return base_path.with_base_path(pages, base)

    return wrap


def answer_exception(
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


def without_scripts(html: str) -> Markup:
    """Remove the scripts inside Datasette's own pages, which the content security policy would stop."""
    return Markup(_without_scripts(str(html)))  # noqa: S704 - Datasette escaped it; nothing is added


def _without_scripts(html: str) -> str:
    return INLINE_SCRIPT.sub("", html) if "<script>" in html else html  # most pages have none: no search


def _searches_all(datasette: Datasette) -> bool:
    """Tell whether the installed datasette-search-all works with this Datasette.

    Releases before 1.1.5 call a method that Datasette 1.0 lacks.
    """
    release = [int(part) for part in re.findall(r"\d+", version("datasette-search-all"))[:3]]
    return hasattr(datasette, "ensure_permissions") or release >= [1, 1, 5]


async def _explain_search_all(request: Request) -> Response:
    """Say what to install, in place of an error of the server."""
    needed = "datasette-search-all>=1.1.5a0"
    return Response.text(f"This page needs another release: pip install '{needed}'\n", status=501)


def _static_files(patterns: Iterable[str]) -> list[str]:
    """Return the names of those of Datasette's static files that this version has."""
    return [file.name for pattern in patterns for file in sorted(_STATIC.glob(pattern))]


def labelled(html: str) -> Markup:
    """Makes Datasette's own pages easier to use without seeing them: named fields, headings without a gap."""
    named = str(html)
    if "<form" in named:  # the page of a row has none: no search
        named = FORM_FIELD.sub(
            lambda match: (
                f'<{match[1]} aria-label="{_LABELS.get(match[3].rstrip("_0123456789"), match[3])}"{match[2]}'
            ),
            named,
        )
    named = _without_scripts(named)
    if "<h3" in named:
        named = THIRD_HEADING.sub(r"\1h2", named)
    if "count-all" in named:
        named = COUNT_BUTTON.sub("", named)
    # The columns' meaning, often twenty lines, would push the rows off the first screen.
    opening, closing = '<dl class="column-descriptions">', "</dl>"
    if opening in named:
        folded = f'<details class="columns"><summary>What the columns mean</summary>{opening}'
        named = named.replace(opening, folded, 1).replace(closing, closing + "</details>", 1)
    return Markup(named)  # noqa: S704 - Datasette escaped it; only constants are added


def _prepare_environment(room: Room, env: Environment, datasette: Datasette) -> None:
    """Add the templates and the filters that they use."""
    templates = [FileSystemLoader(str(_HERE / "templates"))]
    if datasette.template_dir:  # the owner's templates win
        templates.insert(0, FileSystemLoader(datasette.template_dir))
    env.loader = ChoiceLoader([*templates, *([env.loader] if env.loader else [])])
    base = str(datasette.setting("base_url"))

    def rooted(html: str | None) -> str:
        """Puts the site's base address before the root links of our own HTML (metadata, no archive text)."""
        return ROOTED.sub(lambda match: f'{match[1]}="{base}', html or "")

    def rooted_url(address: str | None) -> str:
        """Puts the site's base address before a root address."""
        text = address or ""
        return base + text[1:] if text.startswith("/") and not text.startswith("//") else text

    def all_queries(database: str, listed: list[Any]) -> list[Any]:
        """Return every canned query of the archive, of another database what Datasette lists."""
        if database != room.name:
            return listed
        return [{"name": name, **query} for name, query in room.queries.items()]

    # A served bundle does not change: no look at each template's date for every page.
    env.auto_reload = False
    # A global, not a template variable: error pages are rendered without plugins' variables.
    env.globals |= {
        "site_metadata": lambda: room.metadata,
        "archive_database": room.name,
        # Not urls.path(): each page has a dozen of these links, and a call in a template takes long.
        "site_base": base,
        "archive_page": datasette.urls.database(room.name),
        "site_file": lambda name: datasette.urls.path(static_files.versioned(name)),
        "editor_files": _static_files(_EDITOR),
        "page_scripts": _static_files(["datasette-manager.js"]),
        "all_queries": all_queries,
        "searches_all": _searches_all(datasette),
    }
    env.filters.update(
        {
            "rooted_url": rooted_url,
            "rooted": rooted,
            "found": found,
            "labelled": labelled,
            "without_scripts": without_scripts,
            "long_date": long_date,
        }
    )


def cell(value: str, column: str, datasette: Datasette) -> Markup | None:
    """Mark what a search found, and link to the reading pages."""
    if column in ("snippet", "best_snippet"):
        return found(value)
    if column == "slug":
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/read/{value}"), value)
    if column == "read" and SITE_PATH.fullmatch(value):
        return Markup('<a href="{}">read</a>').format(datasette.urls.path(value))
    return None


def robots_lines(datasette: Datasette, request: Request) -> list[str]:
    """Tell robots where the list of pages is."""
    return ["Sitemap: " + rendering.absolute(datasette, request, "/sitemap.xml")]
