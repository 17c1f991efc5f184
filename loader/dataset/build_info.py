"""What a database records about its own build."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from loader.dataset.schema import READING_ORDER, VERSION

# What a file says of the numbering of its ids and of its part of the rows, not of the rows themselves.
NUMBERING_KEYS = ("numbering", "shard", "shard_by", "shard_size")
# Libraries that decide values of the data set: another version of one may give other rows. charset-normalizer
# proposes the encoding of a file that is not UTF-8, and decides with it whether the file is read at all.
JUDGING_LIBRARIES = ("charset-normalizer",)
LIBRARY_PREFIX = "library."


def _version() -> str:
    try:
        return f"press-archive {version('press-archive')}"
    except PackageNotFoundError:  # run from its folder
        return "press-archive, not installed"


def versions() -> dict[str, str]:
    """Return the versions that decide values, by keys of build_info: the loader's, those of libraries."""
    libraries = {f"{LIBRARY_PREFIX}{name}": version(name) for name in JUDGING_LIBRARIES}
    return {"loader": _version(), **libraries}


def about(
    *, corrections: bool, facts: Mapping[str, str] | None = None, decoding: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what a file records of itself, by key: what made it, and whose data is in it.

    Args:
        corrections: whether corrections were applied.
        facts: what its owner says of the data set, by keys that begin with "dataset.".
        decoding: how files were decoded, if the user chose it: `encoding`, `repair`.
    """
    return {
        **(facts or {}),
        **(decoding or {}),
        **versions(),
        "corrections": "applied" if corrections else "left out",
        "gazetteer": "GeoNames (https://www.geonames.org/), CC-BY 4.0, and the project's own tables",
        "numbering": READING_ORDER,
        "rights_articles": "Each article belongs to its publisher, named on every row.",
        "schema_version": str(VERSION),
    }
