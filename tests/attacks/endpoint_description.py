"""An OpenAPI description of the site's endpoints for programs, made from what the site itself is made of.

Tables and views come from the database, canned queries from the metadata, exports and citations from the
plugin's routes: what is added to any of them is described, and so attacked, without a word here.
"""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

from datasette.filters import Filters
from described import QUERIES
from site_client import IS_DATASETTE_1, SQL_PAGE

from loader.dataset.columns import DATASET
from loader.site import hooks
from loader.site.pages import exports
from loader.site.search import search_page

Json = dict[str, Any]

DATABASE = "archive"
# What Datasette 1.0 has and 0.65 has not, or the reverse.
_OF_VERSION = [f"/{DATABASE}/-/schema.json"] if IS_DATASETTE_1 else ["/-/metadata.json"]
_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_SWITCH = {"type": "string", "enum": ["on", "off", "1", "0", ""]}
# What every answer of Datasette's own takes.
_OF_ANSWERS: dict[str, Json] = {
    "_shape": {"type": "string", "enum": ["arrays", "arrayfirst", "array", "object", "objects"]},
    "_nl": _SWITCH,
    "_json": _TEXT,
    "_json_infinity": _SWITCH,
    "_timelimit": {"type": "integer", "maximum": 100},
    "_ttl": _NUMBER,
    "_trace": _SWITCH,
    "_extra": {
        "type": "string",
        "examples": ["count,facet_results", "debug,request", "render_cell", "extras"],
    },
}
# What tables and views take, `{column}` being one of their columns.
_OF_ROWS: dict[str, Json] = {
    "_search": _TEXT,
    "_searchmode": {"type": "string", "enum": ["raw", "escaped"]},
    "_search_{column}": _TEXT,
    "_where": {"type": "string", "examples": ["1 = 1", "rowid in (select 1)"]},
    "_through": {"type": "string", "examples": ['{"table": "quotes", "column": "id", "value": "1"}']},
    "_next": _TEXT,
    "_size": {"anyOf": [_NUMBER, {"type": "string", "enum": ["max"]}]},
    "_labels": _SWITCH,
    "_nocount": _SWITCH,
    "_nofacet": _SWITCH,
    "_facet_size": {"anyOf": [_NUMBER, {"type": "string", "enum": ["max"]}]},
}
_OF_ROW = {"_extras": {"type": "string", "enum": ["foreign_key_tables"]}}
# A key as Datasette writes it in an address: what is no letter, digit, - or _ as ~ and two digits.
_KEY = {"type": "string", "pattern": "^([a-zA-Z0-9_,-]|~[0-9A-F]{2}){1,40}$"}
_ROW = {"row": {"anyOf": [{"type": "string", "enum": ["1", "1,1", "schema_version"]}, _KEY]}}
_COLUMNS = ("_sort", "_sort_desc", "_facet", "_facet_array", "_facet_date", "_col", "_nocol")
_FORMS = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "txt": "text/plain",
    "bib": "application/x-bibtex",
}
_GROUP = re.compile(r"\(\?P<(\w+)>((?:[^()\\]|\\.)*)\)")
_FORM = re.compile(r"(?:\(\?:)?\\\.\(\?P<form>([\w|]+)\)(?:\)\?)?")


def described_routes() -> list[str]:
    """The plugin's routes, as patterns, that answer with something else than a page."""
    return [pattern for pattern, _ in hooks._ROUTES if _FORM.search(pattern)]


def describe(bundle: Path) -> Json:
    """Describes the endpoints of an assembled site.

    Args:
        bundle: the folder that is served.

    Returns:
        An OpenAPI 3.0 document.
    """
    counted = json.loads((bundle / "inspect-data.json").read_text(encoding="utf-8"))[DATABASE]
    paths: dict[str, Json] = {
        "/.json": _operation({}),
        f"/{DATABASE}.json": _operation({}),
        f"{SQL_PAGE}.json": _operation(_of_sql()),
        **{path: _operation({}) for path in _OF_VERSION},
    }
    connection = sqlite3.connect(bundle / f"{DATABASE}.db")
    for name in (*counted["tables"], *DATASET.views):
        columns = [row[1] for row in connection.execute("select * from pragma_table_info(?)", (name,))]
        paths[f"/{DATABASE}/{name}.json"] = _operation(_of_rows(columns))
    for name in counted["tables"]:
        paths[f"/{DATABASE}/{name}/{{row}}.json"] = _operation({**_OF_ANSWERS, **_OF_ROW}, _ROW)
    slugs = [row[0] for row in connection.execute("select slug from articles")]
    connection.close()
    for name, query in QUERIES.items():
        asked = dict.fromkeys(query.get("params", []), _TEXT)
        paths[f"/{DATABASE}/{name}.json"] = _operation({**asked, **_OF_ANSWERS})
    for pattern in described_routes():
        paths |= _of_route(pattern, slugs)
    return {"openapi": "3.0.3", "info": {"title": "The site", "version": "1"}, "paths": paths}


def _of_sql() -> dict[str, Json]:
    examples = ["select 1", "select * from quotes", "select :x", "select 1e999, x'ff', null"]
    return {"sql": {"type": "string", "examples": examples}, "x": _TEXT, **_OF_ANSWERS}


def _of_rows(columns: list[str]) -> dict[str, Json]:
    """The parameters of a table or view: every comparison with its first column, equality with all."""
    one_of_them = {"anyOf": [{"type": "string", "enum": columns}, _TEXT]}
    filters = [f"{columns[0]}__{one.key}" for one in Filters._filters]
    return {
        **dict.fromkeys((*columns, *filters), _TEXT),
        **{name.format(column=columns[-1]): schema for name, schema in _OF_ROWS.items()},
        **dict.fromkeys(_COLUMNS, one_of_them),
        **_OF_ANSWERS,
    }


def _of_route(pattern: str, slugs: list[str]) -> dict[str, Json]:
    """A path for each form of a route; what its pattern admits is what its parameters admit."""
    known = {"slug": slugs, "kind": sorted({*exports._LISTS, *search_page.RESULTS})}
    whole = pattern.removeprefix("^").removesuffix("$")
    parts = {
        name: {"anyOf": [{"type": "string", "enum": known[name]}, {"type": "string", "pattern": f"^{one}$"}]}
        for name, one in _GROUP.findall(whole)
        if name != "form"
    }
    form = _FORM.search(whole)
    assert form is not None
    if "cite" in pattern:
        asked = ["of"]
    elif "search" in pattern:
        asked = ["q", *search_page._FILTERS]
    else:
        asked = sorted({"outlet", "from", "until"}.union(*(names for _, names in exports._LISTS.values())))
    described = {}
    for name in form[1].split("|"):
        path = _GROUP.sub(r"{\1}", whole.replace(form[0], f".{name}"))
        kind = "application/vnd.citationstyles.csl+json" if path.endswith("/cite.json") else _FORMS[name]
        described[path] = _operation(dict.fromkeys(asked, _TEXT), parts, kind)
    return described


def _operation(query: dict[str, Json], path: dict[str, Json] | None = None, kind: str = "") -> Json:
    """A GET request and its answers; `kind` is a good one's media type, else JSON or lines of it."""
    parameters = [{"name": name, "in": "query", "schema": schema} for name, schema in query.items()]
    parameters += [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in (path or {}).items()
    ]
    good: Json = {name: {} for name in ([kind] if kind else ["application/json", "text/plain"])}
    # Of Datasette an error is JSON, of a page HTML, of the guard before both plain text.
    refused = {"content": {name: {} for name in ("application/json", "text/html", "text/plain")}}
    answers = {"200": {"content": good}, "302": {}, "400": refused, "404": refused, "414": refused}
    return {
        "get": {
            "parameters": parameters,
            "responses": {status: {"description": "", **answer} for status, answer in answers.items()},
        }
    }
