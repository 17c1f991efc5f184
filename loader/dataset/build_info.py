"""What a database records about its own build."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from loader.dataset.schema import READING_ORDER, VERSION

# What a file says of the numbering of its ids and of its part of the rows, not of the rows themselves.
NUMBERING_KEYS = ("numbering", "shard", "shard_by", "shard_size")


def _version() -> str:
    try:
        return f"press-archive {version('press-archive')}"
    except PackageNotFoundError:  # run from its folder
        return "press-archive, not installed"


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
        "corrections": "applied" if corrections else "left out",
        "gazetteer": "GeoNames (https://www.geonames.org/), CC-BY 4.0, and the project's own tables",
        "loader": _version(),
        "numbering": READING_ORDER,
        "rights_articles": "Each article belongs to its publisher, named on every row.",
        "schema_version": str(VERSION),
    }
