"""The one error that is the input's fault: a line for a person, and no traceback."""

from __future__ import annotations


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


class InputError(ValueError):
    """Input that cannot be used. The message is one line that names file, line and cure."""

    def __init__(self, message: str) -> None:
        """Keeps the message on one line."""
        super().__init__(printable(message))
