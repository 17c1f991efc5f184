"""Checks what an owner's metadata says, and gives it one form, whichever way it comes in.

Datasette takes almost any metadata and fails at the first page that reads it. Here each fault is one line
with its place and its remedy, before anything is built or served.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

# The keys of the plugin's configuration: today's, and the one of before.
CONFIGURATION = ("press-archive", "reading-room")
_DEFAULT_QUERIES = Path(__file__).parent / "site" / "metadata" / "queries.yml"
# Keys whose values are shown or name a column; those that end in _html or _url are texts too.
_TEXTS = frozenset(
    (
        "title", "description", "source", "license", "about", "label_column", "sort", "sort_desc",
        "fts_table", "fts_pk", "fragment", "sql",
    )
)  # fmt: skip
_LISTS = ("facets", "sortable_columns", "params")
_KINDS: list[tuple[type, str]] = [
    (bool, "true or false"), (int, "a number"), (float, "a number"), (str, "a text"), (bytes, "binary data"),
    (list, "a list"), (Mapping, "keys with values"),
]  # fmt: skip
# Browsers read a scheme past blanks and control characters.
_BLANKS = re.compile(r"[\x00-\x20]+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

_Read = Callable[[object, str], Any]


class MetadataError(ValueError):
    """Metadata that cannot be used; the message is place, fault and remedy in one line."""


def checked(content: object) -> dict[str, Any]:
    """Return metadata in one form: texts as str, dates in ISO 8601, queries as mappings, web addresses only.

    Args:
        content: what YAML or JSON holds, as Datasette or we read it; None for an empty file.

    Returns:
        A new mapping. An address that no link may have is None, so that no default stands in for it.

    Raises:
        MetadataError: something has another shape than Datasette or this package reads.
    """
    try:
        plain = _plain(content, {})
    except RecursionError as error:
        raise MetadataError("the top: is nested too deeply; simplify it") from error
    top = _level(_mapping(plain, "the top", "write title: and source: with their values"), "")
    if "databases" in top:
        top["databases"] = _each(
            top["databases"], "databases", "write the name of each database with its entry below", _database
        )
    if "plugins" in top:
        remedy = "write the name of each plugin with its configuration below"
        top["plugins"] = _mapping(top["plugins"], "plugins", remedy)
        for name in CONFIGURATION:
            if name in top["plugins"]:
                top["plugins"][name] = _configuration(top["plugins"][name], f"plugins.{name}")
    return top


def _plain(value: object, known: dict[int, Any]) -> Any:
    """Dates as texts and keys as str, at any depth; what YAML repeats by an alias stays one object."""
    if isinstance(value, date | time):
        return value.isoformat()
    if not isinstance(value, Mapping | list | tuple | set):
        return value
    if id(value) in known:
        if known[id(value)] is None:
            raise MetadataError("the top: holds an alias of what it stands in; write the content out")
        return known[id(value)]
    known[id(value)] = None
    known[id(value)] = result = (
        {_as_text(key): _plain(one, known) for key, one in value.items()}
        if isinstance(value, Mapping)
        else [_plain(one, known) for one in value]
    )
    return result


def _as_text(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


def _kind(value: object) -> str:
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "of another kind")


def _mapping(value: object, place: str, remedy: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise MetadataError(f"{place}: is {_kind(value)}; {remedy}")
    return dict(value)


def _each(value: object, place: str, remedy: str, read: _Read) -> dict[str, Any]:
    """A mapping whose every value is read; null, which removes a default, stays."""
    return {
        name: None if one is None else read(one, f"{place}.{name}")
        for name, one in _mapping(value, place, remedy).items()
    }


def _text(value: object, place: str) -> str | None:
    if isinstance(value, Mapping | list | bytes):
        raise MetadataError(f"{place}: is {_kind(value)}; write one text, in quotation marks if need be")
    return None if value is None else _as_text(value)


def _level(values: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The site, a database, a table or a query: its texts and addresses."""
    result = dict(values)
    for key, value in values.items():
        at = f"{place}.{key}" if place else key
        if key in _TEXTS or key.endswith(("_html", "_url")):
            result[key] = text = _text(value, at)
            if key.endswith("_url") and not _may_be_link(text or ""):
                result[key] = None
            if key == "title" and text is not None and not text.strip():
                del result[key]  # nothing to show: the default stays
        elif key in _LISTS and value is not None:
            if not isinstance(value, list):
                raise MetadataError(f"{at}: is {_kind(value)}; write a list, as in [{_as_text(value)[:40]}]")
            # A facet may be a mapping that names its kind.
            result[key] = [one if isinstance(one, Mapping) else _text(one, at) for one in value]
    return result


def _may_be_link(address: str) -> bool:
    """Tells whether an address is one of the web or of the site, not of a script or a program."""
    scheme = _SCHEME.match(_BLANKS.sub("", address))
    return scheme is None or scheme[0].lower() in ("http:", "https:")


def _database(value: object, place: str) -> dict[str, Any]:
    entry = _level(_mapping(value, place, "write title:, tables: or queries: below it"), place)
    for key, read in (("tables", _table), ("queries", _query)):
        if key in entry:
            remedy = f"write the name of each of the {key} with its settings below"
            entry[key] = _each(entry[key], f"{place}.{key}", remedy, read)
    return entry


def _table(value: object, place: str) -> dict[str, Any]:
    table = _level(_mapping(value, place, "write settings of the table below it, as in title: Quotes"), place)
    if "columns" in table:
        remedy = "write the name of each column with its description"
        table["columns"] = _each(table["columns"], f"{place}.columns", remedy, _text)
    size = table.get("size")
    if size is not None and (isinstance(size, bool) or not str(size).isdecimal()):
        raise MetadataError(f"{place}.size: is {_kind(size)}; write how many rows a page has, as in 50")
    return table


def _query(value: object, place: str) -> dict[str, Any]:
    remedy = "write sql: with the query below it"
    query = _level({"sql": value} if isinstance(value, str) else _mapping(value, place, remedy), place)
    name = place.rpartition(".queries.")[2]
    if not (query.get("sql") or "").strip() and ("sql" in query or name not in _default_names()):
        raise MetadataError(f"{place}: has no sql; {remedy}")
    return query


def _configuration(value: object, place: str) -> dict[str, Any]:
    """The configuration of this package's plugin."""
    result = _mapping(value, place, "write database: or example_searches: below it")
    if result.get("database") is not None:
        result["database"] = _text(result["database"], f"{place}.database")
    searches = result.get("example_searches")
    if searches is not None:
        at = f"{place}.example_searches"
        if not isinstance(searches, list):
            raise MetadataError(f"{at}: is {_kind(searches)}; write a list of searches, as in [peace talks]")
        result["example_searches"] = [text for one in searches if (text := _text(one, at))]
    return result


@cache
def _default_names() -> frozenset[str]:
    """The canned queries of the package, of which an owner may change the title alone."""
    return frozenset(yaml.safe_load(_DEFAULT_QUERIES.read_text(encoding="utf-8")))
