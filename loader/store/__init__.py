"""The only room that writes SQLite: beside its place first, whole, then swapped in."""

from loader.store.database import PAGE_SIZE, NewDatabase
from loader.store.output import check_output, settle_header, writing

__all__ = ["PAGE_SIZE", "NewDatabase", "check_output", "settle_header", "writing"]
