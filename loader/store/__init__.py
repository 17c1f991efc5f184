"""The only room that writes SQLite: beside its place first, whole, then swapped in."""

from loader.store.changed import ChangedDatabase, counts_of
from loader.store.database import NewDatabase
from loader.store.finishing import PAGE_SIZE
from loader.store.numbers import joined_key
from loader.store.output import changing, check_output, settle_header, writing

__all__ = [
    "PAGE_SIZE",
    "ChangedDatabase",
    "NewDatabase",
    "changing",
    "check_output",
    "counts_of",
    "joined_key",
    "settle_header",
    "writing",
]
