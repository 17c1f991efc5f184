"""Reads metadata.yml: what its owner says of an archive, for the file and for the site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from loader.archive_tables import METADATA_FILE
from loader.errors import InputError
from loader.input_files import beside, read_table_text
from loader.metadata_shape import MetadataError, checked
from loader.text import one_line

# Keys of metadata.yml, as Datasette spells them, and what build_info calls them behind "dataset.".
FACTS = {
    "title": "title",
    "description": "description",
    "source": "source",
    "source_url": "source_url",
    "license": "licence",
    "license_url": "licence_url",
    "about": "about",
    "about_url": "about_url",
}
PREFIX = "dataset."


def find_metadata(folder: Path, named: Path | None = None) -> Path | None:
    """Return the metadata file of an archive: the one that is named, or metadata.yml in its folder, or None.

    Raises:
        InputError: the file that is named does not exist, or metadata.yml is not a plain file
            in the folder. A file that is named may be a link to any file.
    """
    if named is None:
        return beside(folder, METADATA_FILE, remedy="put a copy there or name it with --metadata")
    if not named.is_file():
        raise InputError(f"{named}: no such file; name a metadata file with --metadata, or leave it out")
    return named


def read_metadata(file: Path) -> dict[str, Any]:
    """Read a metadata file.

    Args:
        file: YAML (or JSON), as Datasette reads it: a mapping with title, source, license and so on.

    Returns:
        Its content, as `checked` gives it.

    Raises:
        InputError: it cannot be read, is not YAML, or has another shape; with file, place and remedy.
    """
    text = read_table_text(file)
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        what = one_line(str(getattr(error, "problem", None) or error))
        raise InputError(f"{file}{where}: is not YAML ({what}); correct the line") from error
    except RecursionError as error:
        raise InputError(f"{file}: is nested too deeply; simplify it") from error
    try:
        return checked(content)
    except MetadataError as error:
        raise InputError(f"{file}: {error}") from error


def dataset_facts(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return what a metadata file says of the data set, by the keys of build_info.

    Args:
        metadata: its content.

    Returns:
        Text by key ("dataset.title", "dataset.licence"); what is not said has no key. HTML loses its tags.
    """
    facts = {}
    for key, name in FACTS.items():
        value = metadata.get(key)
        if value is None and key == "description":
            value = Markup(str(metadata.get("description_html") or "")).striptags()  # noqa: S704 - tags go
        text = one_line(str(value)) if isinstance(value, str | int | float) else ""
        # An address on the site that serves the file means nothing in the file.
        if text and (not key.endswith("_url") or is_web_address(text)):
            facts[PREFIX + name] = text
    return facts


def is_web_address(text: str) -> bool:
    """Tell whether a text is a complete address of the web."""
    return text.startswith(("https://", "http://"))
