"""Where a finished file goes: made beside its place, whole, then swapped in."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from loader.dataset.system_calls import locked, sync
from loader.errors import InputError, remedy_of

# What the new file is called in its folder.
FINISHED = "archive.db"
# How every SQLite file begins; https://www.sqlite.org/fileformat.html
_MAGIC = b"SQLite format 3\0"
# Numbers of its header that say how the file came about, not what is in it: where each is, and what we put.
_HEADER = (
    (24, 1),  # how often the file was changed; how often depends on how SQLite was compiled
    (40, 1),  # how often the schema was changed, likewise
    (92, 1),  # the change at which the header was last right: the same as the first
    (96, 0),  # the version of SQLite that wrote the file
)
# What SQLite leaves beside a database that a program has open or was stopped in the middle of changing.
_COMPANIONS = ("-journal", "-wal")
# What tells the unfinished folders of builds at the same time apart.
_TOKEN_BYTES = 4
# Characters of the output's name in the unfinished folder's: a name may have 255 bytes, four a character.
_NAME_KEPT = 50


def check_output(output: Path, inputs: Iterable[str]) -> None:
    """Makes sure, before the work begins, that a file may be replaced.

    Args:
        output: where the finished file is to go.
        inputs: files that must stay as they are.

    Raises:
        InputError: where it may not be: a folder, a device, an input under another name, a file that is
            no SQLite database, one that another program is changing, or in a folder that is not there.
    """
    target = real_target(output)
    for file in inputs:
        if is_same(Path(file), target):
            raise InputError(f"{output}: is one of the archives or tables ({file}); name another with -o")
    with told_in_a_line(output):
        _check_target(output, target)


@contextmanager
def writing(output: Path) -> Iterator[Path]:
    """Lets a new file be made and puts it in the place of the old one.

    Until it is whole the old file stays as it is; who has that open goes on reading it. Where an error
    leaves the block, nothing is replaced and nothing is left over.

    Args:
        output: where the finished file goes; of a link, the file that it leads to is replaced.

    Yields:
        A folder of its own on the same disk. What is FINISHED in it at the end is the new file.

    Raises:
        InputError: where the folder cannot be written to or the disk is full.
    """
    target = real_target(output)
    with told_in_a_line(output), unfinished(target) as folder:
        yield folder
        _check_target(output, target)
        _swap_in(folder / FINISHED, target)


@contextmanager
def changing(output: Path) -> Iterator[Path]:
    """Lets a file be changed where it is, by SQLite's own transaction.

    Args:
        output: the database; of a link, the file that it leads to.

    Yields:
        A folder of its own on the same disk for what is not to stay.

    Raises:
        InputError: where the file has another name, as that of a site that serves it: a site reads its
            file without looking whether somebody changes it. Where it cannot be written to.
    """
    target = real_target(output)
    with told_in_a_line(output), unfinished(target) as folder:
        if target.stat().st_nlink > 1:
            raise InputError(
                f"{output}: has another name, as a file that a site serves; leave out --in-place, then the "
                "site goes on with the old file until it is started again"
            )
        yield folder


@contextmanager
def told_in_a_line(output: Path) -> Iterator[None]:
    """Turns what SQLite and the system say into one line that names the output and a cure."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        remedy = remedy_of(error)
        if remedy is None:  # an error of the program, whose traceback tells more than any advice
            raise
        what = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{output}: cannot be written ({what}); {remedy}") from error


def real_target(output: Path) -> Path:
    """The file behind links: who links a site's archive.db to a disk wants the file there replaced."""
    return Path(os.path.realpath(output))


def is_same(file: Path, target: Path) -> bool:
    """True where two names lead to one thing."""
    try:
        return file.samefile(target)
    except OSError:
        return False


def check_parent(output: Path, target: Path) -> None:
    """Raises InputError where nothing can be put beside the target."""
    if not target.parent.is_dir():
        raise InputError(f"{output}: cannot be written (no folder {target.parent}); make it first")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise InputError(f"{output}: cannot be written (its folder is read-only); choose another with -o")


def _check_target(output: Path, target: Path) -> None:
    check_parent(output, target)
    with suppress(FileNotFoundError):
        _check_old(output, target)
    _clear_empty_journal(target)
    for ending in _COMPANIONS:
        companion = target.with_name(target.name + ending)
        if os.path.lexists(companion):
            # SQLite would take it for the new file's own and read the old one's pages out of it.
            raise InputError(
                f"{companion}: a program has the old database open, or was stopped while it changed it; "
                "close the program, or open the database with sqlite3 once, or take both files away"
            )


def _clear_empty_journal(target: Path) -> None:
    """Takes away a journal in which nothing waits, as a killed program leaves it before it changed anything.

    Nothing is done while another program has the database open.
    """
    journal = target.with_name(target.name + _COMPANIONS[0])
    if not (target.is_file() and journal.is_file()):
        return
    with journal.open("rb") as stream:
        if stream.read(1) not in {b"", b"\0"}:  # https://www.sqlite.org/fileformat2.html#the_rollback_journal
            return
    opened = sqlite3.connect(os.fsencode(target), isolation_level=None, timeout=0)
    with closing(opened), suppress(sqlite3.Error):  # it is locked
        opened.execute("begin exclusive")
        journal.unlink()


def _check_old(output: Path, target: Path) -> None:
    """Raises InputError where what is there is no SQLite database, FileNotFoundError where nothing is."""
    found = target.stat()
    if stat.S_ISDIR(found.st_mode):
        raise InputError(f"{output}: is a folder; name a file in it with -o")
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{output}: is no plain file; choose another place with -o")
    if found.st_size:
        with target.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                raise InputError(
                    f"{output}: is no SQLite database, and nothing else is replaced; take it away or name "
                    "another with -o"
                )
        _require_ours(output, target)


def _require_ours(output: Path, target: Path) -> None:
    """Raises InputError for a database with tables of which none is ours; a broken one may be replaced."""
    try:
        address = target.absolute().as_uri() + "?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as opened:
            tables = {
                name for (name,) in opened.execute("select name from sqlite_master where type = 'table'")
            }
    except (sqlite3.Error, ValueError):
        return
    if tables and "build_info" not in tables:
        raise InputError(
            f"{output}: is another program's database (it lacks the table build_info); "
            "name another file with -o"
        )


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A folder of its own beside the target that goes away with all that is in it.

    The folder is locked for as long as its build runs. The system gives up a lock when a process ends in
    whatever way, so the next build knows what is left over and what belongs to a build at work.
    """
    clear_leftovers(target)
    for _ in range(100):
        folder = target.with_name(f"{_prefix(target)}{secrets.token_hex(_TOKEN_BYTES)}.unfinished")
        try:
            folder.mkdir(mode=0o700)
            with locked(folder) as is_ours:
                if is_ours is False:  # another build saw it before it was locked, and cleared it away
                    continue
                yield folder
                return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise OSError(None, "its folder is not kept")


def _prefix(target: Path) -> str:
    return f".{target.name[:_NAME_KEPT]}."


def clear_leftovers(target: Path) -> None:
    """Remove what builds that were killed left beside the target, a file and no link."""
    token = "[0-9a-f]" * (2 * _TOKEN_BYTES)
    for leftover in target.parent.glob(f"{glob.escape(_prefix(target))}{token}.unfinished"):
        with locked(leftover) as is_ours:
            if is_ours:
                shutil.rmtree(leftover, ignore_errors=True)
        if is_ours and leftover.exists():  # Windows deletes no file that is open, as the lock's was
            shutil.rmtree(leftover, ignore_errors=True)


def _swap_in(file: Path, target: Path) -> None:
    """Puts the finished file in the target's place, with the rights that the old one had."""
    with suppress(FileNotFoundError):
        file.chmod(stat.S_IMODE(target.stat().st_mode))
    sync(file)  # the bytes before the name: else a power cut may leave the new name and no bytes
    file.replace(target)
    with suppress(OSError):  # the file is in its place; not every file system can be asked to keep a name
        sync(target.parent)


def settle_header(file: Path) -> None:
    """Takes out of the header what differs from one version of SQLite to another.

    Nothing depends on these numbers while nobody changes the file; who does writes them anew.
    """
    with file.open("r+b") as stream:
        for at, number in _HEADER:
            stream.seek(at)
            stream.write(number.to_bytes(4, "big"))
