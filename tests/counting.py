"""A copy of a database whose tables of counts are made anew, for tests of what is frequent."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from sqlite_utils import Database

from loader.dataset import summaries
from loader.dataset.columns import DATASET


def counted_anew(database: Path, copy: Path, changes: Iterable[str], *, frequent: int) -> Path:
    """Copies a database, changes it, and counts for all that occurs more often than `frequent`."""
    shutil.copyfile(database, copy)
    opened = Database(copy)
    for change in changes:
        opened.execute(change)
    for name in DATASET.summaries:
        opened.execute(f"drop table {name}")
    summaries.create(opened, frequent=frequent)
    opened.close()
    return copy
