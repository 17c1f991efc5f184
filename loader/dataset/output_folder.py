"""Where a finished folder of databases goes: made beside its place, whole, then exchanged for the old one."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from loader.dataset.atomic_output import (
    check_parent,
    is_same,
    real_target,
    told_in_a_line,
    unfinished,
)
from loader.dataset.system_calls import exchange, sync
from loader.errors import InputError

# What the new folder is called in the unfinished one.
FINISHED_FOLDER = "finished"
# The database over the shards: what a folder of ours is known by.
CATALOGUE = "catalogue.db"


def check_folder(output: Path, inputs: Iterable[str]) -> None:
    """Makes sure, before the work begins, that a folder of databases may be put there.

    Args:
        output: where it is to go.
        inputs: files that must stay as they are.

    Raises:
        InputError: where something else stands there than an empty folder, or shards and their catalogue.
    """
    target = real_target(output)
    for folder in {Path(file).parent for file in inputs}:
        if is_same(folder, target):
            raise InputError(f"{output}: is the folder of an archive; name another with -o")
    with told_in_a_line(output):
        check_parent(output, target)
        refuse_other_than_shards(output, target)


def refuse_other_than_shards(output: Path, target: Path) -> None:
    """Raises InputError where what is there is not what a build with shards left."""
    if not is_folder(output, target):
        return
    shards = shard_files(target)
    ours = shards | {CATALOGUE} if shards else set()
    with os.scandir(target) as entries:
        plain = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
    found = sorted(name for name, is_file in plain.items() if name not in ours or not is_file)
    if found:
        raise InputError(
            f"{output}: holds {found[0]}, which is no shard of an earlier build, and nothing else is "
            "replaced; take it away or name another folder with -o"
        )


def is_folder(output: Path, target: Path) -> bool:
    """False where nothing is there; raises InputError where something else than a folder is."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(mode):
        raise InputError(f"{output}: is no folder; name another place")
    return True


def shard_files(folder: Path) -> set[str]:
    """The names of the shards that a folder's catalogue lists; none where it has no such catalogue."""
    file = folder / CATALOGUE
    if not file.is_file() or file.is_symlink():
        return set()
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return {f"{row[0]}.db" for row in connection.execute("select name from shards")}
    except (sqlite3.Error, UnicodeError):
        return set()


@contextmanager
def writing_folder(
    output: Path, refuse_other: Callable[[Path, Path], None] = refuse_other_than_shards
) -> Iterator[Path]:
    """Lets a new folder be made and puts it in the place of the old one.

    Until it is whole the old folder stays as it is. Where an error leaves the block, nothing is replaced and
    nothing is left over.

    Args:
        output: where the finished folder goes; of a link, the folder that it leads to is replaced.
        refuse_other: raises InputError where what is there may not be replaced.

    Yields:
        A folder of its own on the same disk. FINISHED_FOLDER in it, empty, is the new folder.

    Raises:
        InputError: where it cannot be written to or the disk is full.
    """
    target = real_target(output)
    with told_in_a_line(output), unfinished(target) as folder:
        (folder / FINISHED_FOLDER).mkdir()
        yield folder
        refuse_other(output, target)
        _swap_in(folder / FINISHED_FOLDER, target)


def _swap_in(folder: Path, target: Path) -> None:
    """Puts the finished folder in the target's place, with the rights of the old one, which goes away."""
    with suppress(FileNotFoundError):
        folder.chmod(stat.S_IMODE(target.stat().st_mode))
    for file in sorted(folder.rglob("*")):
        sync(file)  # the bytes before the name: else a power cut may leave the new name and no bytes
    sync(folder)
    if not target.exists():
        folder.rename(target)
    elif not exchange(folder, target):  # a moment without a folder: none can be renamed over a full one
        old = target.rename(folder.with_name("old"))
        try:
            folder.rename(target)
        except OSError:
            old.rename(target)
            raise
    with suppress(OSError):
        sync(target.parent)
