"""The one error that is the input's fault: a line for a person, and no traceback."""

from __future__ import annotations


class InputError(ValueError):
    """Input that cannot be used. The message is one line that names file, line and cure."""

    def __init__(self, message: str) -> None:
        """Keeps the message on one line: a file's name may hold line ends and bytes that are no text."""
        super().__init__(
            "".join(
                character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
                for character in message
            )
        )
