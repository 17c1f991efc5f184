"""Combine what the package, the database and a metadata file say, in this order of precedence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from loader.metadata_file import FACTS, PREFIX
from loader.site.metadata.defaults import database_defaults

# Keys of rights and origin. Datasette 1.0 lets no table inherit them, so they are written at every level.
RIGHTS = ("source", "source_url", "license", "license_url", "about", "about_url")


def complete_metadata(
    database: str,
    facts: Mapping[str, str],
    examples: Mapping[str, str],
    metadata: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the complete metadata of a site with one archive.

    Args:
        database: the database's name in addresses.
        facts: build_info by key; those of the data set begin with "dataset.".
        examples: values for example links.
        metadata: the content of a metadata file; what it says wins.

    Returns:
        Metadata as Datasette reads it, with the archive under its own name.
    """
    top = merged({"title": database, **_from_facts(facts)}, without_databases(metadata))
    defaults = database_defaults(database, examples)
    entry, others = archive_entry(metadata, database)
    entry = {
        key: value for key, value in entry.items() if value is not None or key not in ("tables", "queries")
    }
    of_database = merged({**_rights(top), **defaults}, entry)
    rights = _rights(of_database)
    own = entry.get("tables") or {}
    of_database["tables"] = {
        name: merged({**rights, **settings}, _mapping(own.get(name)))
        for name, settings in of_database["tables"].items()
    }
    return {**top, "databases": {**others, database: of_database}}


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


def archive_entry(metadata: Mapping[str, Any], database: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Find what a metadata file says of the archive, whatever its database is called.

    Args:
        metadata: its content.
        database: the archive's name.

    Returns:
        The entry under that name, or else the only entry of the file; and the other entries.
    """
    entries = {str(name): _mapping(entry) for name, entry in _mapping(metadata.get("databases")).items()}
    if database not in entries and len(entries) == 1:
        return entries.popitem()[1], {}
    entry = entries.pop(database, {})
    return entry, entries


def unmatched_entries(metadata: Mapping[str, Any], archive: str, attached: Collection[str]) -> list[str]:
    """Return the names under `databases:` that apply to no database that is attached."""
    _, others = archive_entry(metadata, archive)
    return [name for name in others if name not in attached]


def _from_facts(facts: Mapping[str, str]) -> dict[str, str]:
    """What a file says of itself, in Datasette's keys. Anybody may have written it, so it holds no HTML."""
    found = {key: facts[PREFIX + name] for key, name in FACTS.items() if facts.get(PREFIX + name)}
    return {
        key: value
        for key, value in found.items()
        if not key.endswith("_url") or value.startswith(("https://", "http://"))
    }


def _rights(level: Mapping[str, Any]) -> dict[str, Any]:
    return {key: level[key] for key in RIGHTS if level.get(key)}


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
