"""The gazetteer: which places there are, how they are called, where they lie.

`python -m loader.gazetteer compile` makes data/gazetteer.bin from GeoNames' cities and the tables in
data/, and writes what went into it to data/gazetteer.txt. `Gazetteer` opens it without reading it.
"""

from loader.gazetteer.lookup import Entry, Gazetteer, Hit, default_gazetteer
from loader.gazetteer.rows import GazetteerError

__all__ = ["Entry", "Gazetteer", "GazetteerError", "Hit", "default_gazetteer"]
