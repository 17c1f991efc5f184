"""What only some systems have: locks on folders, files that share blocks, two names exchanged at once.

Every call has a fallback, so that no module of one system is needed to import the package:

| call | Linux | macOS | Windows | without any of them |
|---|---|---|---|---|
| lock | flock on the folder | the same | msvcrt.locking on a file in it | nothing is locked; leftovers stay |
| share_blocks | FICLONE | the file is copied | the file is copied | the file is copied |
| exchange | renameat2 | rename aside, rename in | the same | the same |
| sync | fsync | the same | fsync of files, folders are skipped | the same |
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO


def _module(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


fcntl = _module("fcntl")
msvcrt = _module("msvcrt")

# The file in a folder that is locked if the folder itself cannot be.
_LOCK_FILE = ".lock"
_FICLONE = 0x40049409  # lets two files share their blocks until one is changed; linux/fs.h
# https://man7.org/linux/man-pages/man2/rename.2.html
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_IS_WINDOWS = os.name == "nt"


@contextmanager
def locked(folder: Path) -> Iterator[bool | None]:
    """Lock a folder for as long as the block runs, or until the process ends in whatever way.

    Args:
        folder: the folder; not a link to one.

    Yields:
        True if it is locked, False if another process has locked it or it is gone, None if this system or
        file system locks nothing.
    """
    try:
        descriptor = _opened_to_lock(folder)
    except OSError:
        yield False
        return
    try:
        yield _lock(descriptor) and folder.exists()
    finally:
        os.close(descriptor)


def _opened_to_lock(folder: Path) -> int:
    if fcntl is not None:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    if folder.is_symlink():
        raise NotADirectoryError(str(folder))
    return os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)


def _lock(descriptor: int) -> bool | None:
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        elif msvcrt is not None:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            return None
    except BlockingIOError:
        return False
    except OSError:  # some file systems over a network; msvcrt gives one error whatever the reason
        return False if fcntl is None else None
    return True


def share_blocks(source: IO[bytes], target: IO[bytes]) -> bool:
    """Let an empty file share the blocks of another one; False if the file system or system cannot."""
    if fcntl is None:
        return False
    try:
        fcntl.ioctl(target.fileno(), _FICLONE, source.fileno())
    except OSError:
        return False
    return True


def exchange(one: Path, other: Path) -> bool:
    """Give each of two folders the other's name at one moment; False if the system cannot."""
    try:
        import ctypes  # noqa: PLC0415 - an optional part of Python

        rename = getattr(ctypes.CDLL(None), "renameat2", None)
    except (ImportError, OSError, TypeError):  # Windows has no library of its own process
        return False
    names = os.fsencode(one), os.fsencode(other)
    return rename is not None and rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk; Windows opens no folders, so there it is skipped."""
    if _IS_WINDOWS and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if _IS_WINDOWS else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
