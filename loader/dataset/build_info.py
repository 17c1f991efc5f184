"""What a database records about its own build."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from loader.dataset.schema import READING_ORDER, VERSION


def _version() -> str:
    try:
        return f"press-archive {version('press-archive')}"
    except PackageNotFoundError:  # run from its folder
        return "press-archive, not installed"


def about(*, corrections: bool) -> dict[str, str]:
    """What the file says of itself: what made it, and whose data is in it."""
    return {
        "corrections": "applied" if corrections else "left out",
        "gazetteer": "GeoNames (https://www.geonames.org/), CC-BY 4.0, and the project's own tables",
        "loader": _version(),
        "numbering": READING_ORDER,
        "rights_articles": "Each article belongs to its publisher, named on every row.",
        "rights_compilation": "CC-BY 4.0",
        "schema_version": str(VERSION),
    }
