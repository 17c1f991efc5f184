"""What an update has to read: the files that are new or changed since a database was built."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from loader.dataset.columns import DATASET
from loader.dataset.relink_speakers import PART_OF_TEXT
from loader.metadata_file import PREFIX
from loader.pipeline.file_report import FileReport
from loader.pipeline.parse_file import part_digests, sha256_of
from loader.pipeline.tasks import Task
from loader.readers.file_types import WITHOUT_ARTICLES

# What build_info says that an update leaves as it is. Everything else must be the same in the old file.
_MAY_DIFFER = ("numbering",)
_TEXTS = f"select path, member, id, curation_sha256, {PART_OF_TEXT}, part_sha256 from archives"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be done to an old database.

    Attributes:
        tasks: the files to read.
        kept: how many need not be read.
        unread: of those, reports on the ones that cannot be read or hold no articles.
        gone: ids of the files whose rows go: of files that changed, and of files that are not there.
        kept_texts: ids of source texts of these files whose rows stay: items of a container that changed.
        removed: how many are not there.
        is_update: whether the old database is kept at all.
        why_all: why it cannot be, or None.
        redescribed: whether the metadata says something else of the data set than the old database does.
    """

    tasks: Sequence[Task]
    kept: int
    unread: Sequence[FileReport] = ()
    gone: Sequence[int]
    kept_texts: Sequence[int] = ()
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


class _StoredText(NamedTuple):
    """A source text as the old database has it.

    Attributes:
        id: of its row.
        curation: the digest of its curation, None if it has none.
        part: path of the unpacked part of a container that holds it, None if that is the file itself.
        sha256: of the bytes of that part, or None.
    """

    id: int
    curation: str | None
    part: str | None
    sha256: str | None


@dataclass(slots=True, kw_only=True)
class _Stored:
    """A file as the old database has it.

    Attributes:
        id: of its row.
        sha256: of its bytes, None if it was not opened.
        report: what it was and why it was not read, as far as a build tells it.
        texts: its source texts by member.
    """

    id: int
    sha256: str | None
    report: FileReport
    texts: dict[str, _StoredText]


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
        hashes = [digest for digest, _ in threads.map(sha256_of, tasks)]
        changed = [
            task
            for task, sha256 in zip(tasks, hashes, strict=True)
            if not _is_same(task, sha256, stored.get(task.source.name))
        ]
    names = {task.source.name for task in tasks}
    changed = [
        replace(task, kept=_same_items(task, stored.get(task.source.name)))
        if task.source.name in stored
        else task
        for task in changed
    ]
    read_again = {task.source.name for task in changed}
    removed = [file.id for name, file in stored.items() if name not in names]
    replaced = [stored[name].id for name in read_again if name in stored]
    return Changes(
        tasks=changed,
        kept=len(tasks) - len(changed),
        unread=[
            file.report
            for name, file in stored.items()
            if name in names - read_again and file.report.reason is not None
        ],
        gone=sorted(removed + replaced),
        kept_texts=sorted(
            stored[task.source.name].texts[member].id for task in changed for member in task.kept
        ),
        removed=len(removed),
        is_update=True,
        why_all=None,
        redescribed=_facts(old) != _facts(info),
    )


def _is_same(task: Task, sha256: str | None, stored: _Stored | None) -> bool:
    """Whether a file and what is said of it by hand are those of the old database."""
    if stored is None or stored.sha256 != sha256:
        return False
    known = task.refused or task.passed_over
    if known is not None or sha256 is None:
        return stored.report.reason == known
    if any(row.member not in stored.texts for row in task.wanted):
        return False
    return all(task.curation_sha256(member) == text.curation for member, text in stored.texts.items())


def _same_items(task: Task, stored: _Stored | None) -> frozenset[str]:
    """The items of a container whose bytes, and what is said of them by hand, are as in the old database."""
    if stored is None or not any(text.sha256 for text in stored.texts.values()):
        return frozenset()
    digests = part_digests(task)
    return frozenset(
        member
        for member, text in stored.texts.items()
        if text.part is not None
        and text.sha256 == digests.get(text.part)
        and text.curation == task.curation_sha256(member)
    )


def _stored(output: Path, info: Mapping[str, str]) -> tuple[dict[str, _Stored], dict[str, str]] | str:
    """The files of the old database by name and its build_info, or why it cannot be updated."""
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
            return _files(connection), told
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return f"{output}: cannot be read ({error})"


def _files(connection: sqlite3.Connection) -> dict[str, _Stored]:
    """The files of a database by path."""
    files = {
        path: _Stored(
            id=number,
            sha256=sha256,
            report=FileReport(
                path=path,
                format=kind or "",
                reader=reader,
                status=_status(status, kind),
                is_partly=status == "partly",
                reason=reason,
            ),
            texts={},
        )
        for path, number, sha256, kind, reader, status, reason in connection.execute(
            "select path, id, sha256, format, reader, status, reason from files"
        )
    }
    for path, member, *text in connection.execute(_TEXTS):
        files[path].texts[member] = _StoredText(*text)
    return files


def _status(stored: str, kind: str | None) -> str:
    """The status of a report on a file, from what is stored of it."""
    if stored != "refused":
        return "read"
    return "not read" if kind in WITHOUT_ARTICLES else "refused"


def _must_be_the_same(key: str) -> bool:
    return key not in _MAY_DIFFER and not key.startswith(PREFIX)


def _facts(info: Mapping[str, str]) -> dict[str, str]:
    """What build_info says of the data set, as metadata.yml gives it."""
    return {key: value for key, value in info.items() if key.startswith(PREFIX)}
