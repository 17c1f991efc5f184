"""What an update has to read: the files that are new or changed since a database was built."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from loader.dataset.columns import DATASET
from loader.errors import InputChangedError, InputError
from loader.input_files import read_file
from loader.metadata_file import PREFIX
from loader.pipeline.tasks import Task

# What build_info says that an update leaves as it is. Everything else must be the same in the old file.
_MAY_DIFFER = ("numbering",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be done to an old database.

    Attributes:
        tasks: the files to read.
        kept: how many need not be read.
        gone: ids of the archives whose rows go: of files that changed, and of files that are not there.
        removed: how many are not there.
        is_update: whether the old database is kept at all.
        why_all: why it cannot be, or None.
        redescribed: whether the metadata says something else of the data set than the old database does.
    """

    tasks: Sequence[Task]
    kept: int
    gone: Sequence[int]
    removed: int
    is_update: bool
    why_all: str | None
    redescribed: bool

    @classmethod
    def everything(cls, tasks: Sequence[Task], why: str | None = None) -> Changes:
        """Every file is read and the old database replaced."""
        return cls(tasks=tasks, kept=0, gone=(), removed=0, is_update=False, why_all=why, redescribed=False)

    @property
    def is_none(self) -> bool:
        """Whether the old database is what a build would give."""
        return self.is_update and not (self.tasks or self.gone or self.redescribed)


class _Stored(NamedTuple):
    """An archive as the old database has it."""

    id: int
    sha256: str
    curation_sha256: str | None


def find_changes(output: Path, tasks: Sequence[Task], info: Mapping[str, str]) -> Changes:
    """Compares the files with a database that was built from their folder.

    Args:
        output: the database.
        tasks: the files, all of them.
        info: what this loader writes of itself.

    Returns:
        What is to be done. Where the database is none of this loader's, or was made in another way, that is
        everything, with the reason.

    Raises:
        InputError: where a file cannot be read.
    """
    found = _stored(output, info)
    if isinstance(found, str):
        return Changes.everything(tasks, found)
    stored, old = found
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # hashing lets other threads run
        hashes = threads.map(_sha256, tasks)
        changed = [
            task
            for task, sha256 in zip(tasks, hashes, strict=True)
            if stored.get(task.source.name, (0, "", None))[1:] != (sha256, task.curation_sha256)
        ]
    names = {task.source.name for task in tasks}
    removed = [archive.id for name, archive in stored.items() if name not in names]
    replaced = [stored[task.source.name].id for task in changed if task.source.name in stored]
    return Changes(
        tasks=changed,
        kept=len(tasks) - len(changed),
        gone=sorted(removed + replaced),
        removed=len(removed),
        is_update=True,
        why_all=None,
        redescribed=_facts(old) != _facts(info),
    )


def _sha256(task: Task) -> str:
    """A file's hash; "" for one in a folder that cannot be read, which the build then refuses."""
    if task.refused is not None:
        return ""
    try:
        return _hash(task)
    except InputChangedError:
        raise
    except InputError:
        if not task.source.from_folder:
            raise
        return ""


def _hash(task: Task) -> str:
    return hashlib.sha256(read_file(task.source.file, task.max_bytes)).hexdigest()


def _stored(output: Path, info: Mapping[str, str]) -> tuple[dict[str, _Stored], dict[str, str]] | str:
    """The archives of the old database by name and its build_info, or why it cannot be updated."""
    if not output.exists():
        return f"{output}: is not there yet"
    try:
        with closing(sqlite3.connect(f"{output.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("select name from sqlite_master")}
            if not tables >= DATASET.all_tables.keys():
                return f"{output}: lacks tables of this loader"
            columns = set(connection.execute("select table_name, column_name from data_dictionary"))
            if columns != {(one.table_name, one.column_name) for one in DATASET.dictionary()}:
                return f"{output}: has other columns"
            told = dict(connection.execute("select key, value from build_info"))
            for key in sorted(info.keys() | told.keys()):
                if _must_be_the_same(key) and told.get(key) != info.get(key):
                    return f"{output}: was built with another {key.replace('_', ' ')}"
            rows = connection.execute("select path, id, sha256, curation_sha256 from archives").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return f"{output}: cannot be read ({error})"
    return {path: _Stored(*rest) for path, *rest in rows}, told


def _must_be_the_same(key: str) -> bool:
    return key not in _MAY_DIFFER and not key.startswith(PREFIX)


def _facts(info: Mapping[str, str]) -> dict[str, str]:
    """What build_info says of the data set, as metadata.yml gives it."""
    return {key: value for key, value in info.items() if key.startswith(PREFIX)}
