"""The one error that is the input's fault: lines for a person, and no traceback."""

from __future__ import annotations

import errno
import sqlite3


def printable(text: str) -> str:
    r"""Makes text safe for a terminal and for one line of it.

    Names of files and words of archives are anybody's: they may hold line ends, terminal escape codes,
    marks that turn the reading direction, and bytes that are no text.

    Args:
        text: any text; bytes of a file's name that are no text as Python's surrogates.

    Returns:
        The text with everything but letters, marks and plain spaces escaped: "\n", "\x1b", "\u202e", and
        "\xff" for a byte that is no text.
    """
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    if "\udc80" <= character <= "\udcff":  # a byte that the file system's encoding has no character for
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


# What to do about an error of the disk or of who may use it, by its number; other errors are not the user's.
_NO_ROOM = "make room or choose another place with -o"
_NO_RIGHT = "check the rights of the folder or choose another place with -o"
_OF_SYSTEM = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.EIO: "check the disk or choose another place with -o",
    errno.EROFS: _NO_RIGHT,
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.ENAMETOOLONG: "choose a shorter name with -o",
    errno.ELOOP: "choose another place with -o",
    errno.ENOTDIR: "choose another place with -o",
    errno.EMFILE: "close other programs, or use fewer processes with --jobs",
    errno.ENFILE: "close other programs, or use fewer processes with --jobs",
}
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _NO_ROOM,
    sqlite3.SQLITE_IOERR: _NO_ROOM,
    sqlite3.SQLITE_READONLY: _NO_RIGHT,
    sqlite3.SQLITE_CANTOPEN: _NO_RIGHT,
    sqlite3.SQLITE_PERM: _NO_RIGHT,
    sqlite3.SQLITE_BUSY: "end the program that uses it, then build again",
    sqlite3.SQLITE_LOCKED: "end the program that uses it, then build again",
    sqlite3.SQLITE_CORRUPT: "build it again without --update",
    sqlite3.SQLITE_NOTADB: "build it again without --update",
}
_PRIMARY_CODE = 0xFF  # the rest of an SQLite error code tells the kind of a kind


def remedy_of(error: OSError | sqlite3.Error) -> str | None:
    """Return what to do about an error of the disk or of rights; None if it is an error of the program."""
    if isinstance(error, OSError):
        return _OF_SYSTEM.get(error.errno or 0)
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _OF_SQLITE.get(code & _PRIMARY_CODE)


class InputError(ValueError):
    """Input that cannot be used.

    Each message is one line that names file, line and remedy. Almost every error has one message; a table
    with several faulty rows gives one for each row.
    """

    def __init__(self, *messages: str) -> None:
        """Keep each message on one line."""
        super().__init__(*map(printable, messages))

    @property
    def lines(self) -> tuple[str, ...]:
        """The messages, each printable and on one line."""
        return self.args

    def __str__(self) -> str:
        """Return the messages, separated by line feeds."""
        return "\n".join(self.lines)


class InputChangedError(InputError):
    """Input that was changed while it was read: it can be used, but not now."""
