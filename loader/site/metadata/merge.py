"""Combine what the package, the database and a metadata file say, in this order of precedence."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from datasette.utils import tilde_encode

from loader.metadata_file import FACTS, PREFIX, is_web_address
from loader.site.metadata.defaults import database_defaults
from loader.site.sql_functions import are_used

# Keys of rights and origin. Datasette 1.0 lets no table inherit them, so they are written at every level.
RIGHTS = ("source", "source_url", "license", "license_url", "about", "about_url")


def complete_metadata(
    database: str,
    facts: Mapping[str, str],
    examples: Mapping[str, str],
    metadata: Mapping[str, Any],
    attached: Collection[str] = (),
    *,
    is_plain: bool = False,
) -> dict[str, Any]:
    """Return the complete metadata of a site with one archive.

    Args:
        database: the database's name in addresses.
        facts: build_info by key; those of the data set begin with "dataset.".
        examples: values for example links.
        metadata: the content of a metadata file; what it says wins.
        attached: the databases of the site; an entry under the name of another of them is about that one.
        is_plain: whether it is for a Datasette without this package: nothing calls SQL functions of it.

    Returns:
        Metadata as Datasette reads it, with the archive under its own name.
    """
    named = _applied(_entries(metadata), database, attached)
    if named not in (None, database):
        metadata = readdressed(metadata, str(named), database)
    base = {"title": database, **_from_facts(facts)}
    top = merged(base, without_databases(metadata))
    top = {"title": base["title"], **top}  # every page shows it, so it cannot be removed
    defaults = database_defaults(database, examples, is_plain=is_plain)
    entry, others = archive_entry(metadata, database, attached)
    entry = {
        key: value for key, value in entry.items() if value is not None or key not in ("tables", "queries")
    }
    for name, query in _mapping(entry.get("queries")).items():
        if name in defaults["queries"] and _mapping(query).get("sql"):
            defaults["queries"][name] = {}  # its parameters and description are those of another query
    of_database = merged({**_rights(top), **defaults}, entry)
    rights = _rights(of_database)
    own = entry.get("tables") or {}
    of_database["tables"] = {
        name: merged({**rights, **settings}, _mapping(own.get(name)))
        for name, settings in of_database["tables"].items()
    }
    complete = {**top, "databases": {**others, database: of_database}}
    return _without_queries(complete, database, bound_queries(complete, database)) if is_plain else complete


def bound_queries(complete: Mapping[str, Any], database: str) -> list[str]:
    """Return the names of an archive's queries that call SQL functions of this package."""
    queries = complete["databases"][database].get("queries", {})
    return [name for name, query in queries.items() if are_used(str(query.get("sql", "")))]


def _without_queries(complete: dict[str, Any], database: str, names: Collection[str]) -> dict[str, Any]:
    entry = complete["databases"][database]
    kept = {name: query for name, query in entry.get("queries", {}).items() if name not in names}
    return {**complete, "databases": {**complete["databases"], database: {**entry, "queries": kept}}}


def merged(defaults: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two mappings: mappings in them by key, everything else replaced; null removes a key."""
    result = dict(defaults)
    for key, value in override.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    if "description" in override and "description_html" not in override:
        result.pop("description_html", None)  # Datasette would show that of the defaults
    return result


def without_databases(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a metadata file says of the site as a whole."""
    return {key: value for key, value in metadata.items() if key != "databases"}


def archive_entry(
    metadata: Mapping[str, Any], database: str, attached: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Find what a metadata file says of the archive, whatever its database is called.

    Args:
        metadata: its content.
        database: the archive's name.
        attached: the databases of the site.

    Returns:
        The entry under that name, or else the only entry of the file unless another database that is attached
        has its name; and the other entries.
    """
    entries = _entries(metadata)
    named = _applied(entries, database, attached)
    entry = {} if named is None else entries.pop(named)
    return entry, entries


def _entries(metadata: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {str(name): _mapping(entry) for name, entry in _mapping(metadata.get("databases")).items()}


def _applied(entries: Mapping[str, Any], database: str, attached: Collection[str]) -> str | None:
    """The name of the entry that is about the archive."""
    if database in entries:
        return database
    [only] = entries if len(entries) == 1 else [None]
    return None if only in attached else only


def unmatched_entries(metadata: Mapping[str, Any], archive: str, attached: Collection[str]) -> list[str]:
    """Return the names under `databases:` that apply to no database that is attached."""
    _, others = archive_entry(metadata, archive, attached)
    return [name for name in others if name not in attached]


def readdressed(metadata: Mapping[str, Any], written: str, database: str) -> dict[str, Any]:
    """Return metadata whose links to the database it was written for lead to the archive.

    A link such as /archive/quotes is right under the name in the file; so a Datasette without this package
    reads the same file.

    Args:
        metadata: its content.
        written: the name of the archive in it.
        database: the archive's name in addresses.
    """
    below = rf"/{re.escape(written)}(?=[/?.#\s\"'>]|$)"
    in_html = re.compile(rf"(\b(?:href|src|action)=[\"']?){below}")
    in_robots = re.compile(rf"^((?:(?:dis)?allow:[ \t]*)?){below}", re.IGNORECASE | re.MULTILINE)
    whole = re.compile(f"^(){below}")

    def put(pattern: re.Pattern[str], text: str) -> str:
        return pattern.sub(lambda match: f"{match[1]}/{tilde_encode(database)}", text)

    def link(key: str, text: str) -> str:
        if key.endswith("_url"):
            return put(whole, text)
        return put(in_html, text) if key.endswith("_html") else text

    result = _each_text(metadata, link)
    plugins = _mapping(result.get("plugins"))
    if "datasette-block-robots" in plugins:
        robots = _each_text(
            {"robots": plugins["datasette-block-robots"]}, lambda _, text: put(in_robots, text)
        )
        result["plugins"] = {**plugins, "datasette-block-robots": robots["robots"]}
    return result


def _each_text(values: Mapping[str, Any], change: Callable[[str, str], str]) -> dict[str, Any]:
    """The same mapping with each text changed, given the key that it stands under."""

    def changed(key: str, value: object) -> object:
        if isinstance(value, str):
            return change(key, value)
        if isinstance(value, list):
            return [changed(key, one) for one in value]
        return _each_text(value, change) if isinstance(value, Mapping) else value

    return {key: changed(key, value) for key, value in values.items()}


def _from_facts(facts: Mapping[str, str]) -> dict[str, str]:
    """What a file says of itself, in Datasette's keys. Anybody may have written it, so it holds no HTML."""
    found = {key: facts[PREFIX + name] for key, name in FACTS.items() if facts.get(PREFIX + name)}
    return {key: value for key, value in found.items() if not key.endswith("_url") or is_web_address(value)}


def _rights(level: Mapping[str, Any]) -> dict[str, Any]:
    return {key: level[key] for key in RIGHTS if level.get(key)}


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
