"""Names of the files that describe an archive from beside it, and are not sources."""

from __future__ import annotations

CORRECTIONS_FILE = "corrections.csv"
# An archive's own places: columns as in data/places.csv.
PLACES_FILE = "places.csv"
METADATA_FILE = "metadata.yml"
SYNONYMS_FILE = "synonyms.csv"
ARCHIVE_TABLES = (CORRECTIONS_FILE, PLACES_FILE, METADATA_FILE, SYNONYMS_FILE)
