"""The reader of plain text: round-ups of articles, and prose without any header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from loader.readers.base import Limits, SourceText
from loader.readers.file_types import file_type
from loader.readers.files import is_text_name
from loader.readers.roundup.parse import read_text


class RoundupReader:
    """Reads plain text; see `loader.readers.base.Reader`."""

    name = "roundup"
    version = "1"
    is_container = False

    def sniff(self, head: bytes, name: str) -> bool:
        """Tell whether a file is plain text without a mark of another format."""
        return is_text_name(name) and (not head or file_type(head, "") is None)

    def read(self, file: BinaryIO, name: str, limits: Limits) -> Iterator[SourceText]:
        """Yield one source text, the decoded file.

        Raises:
            InputError: the bytes are no plain text.
        """
        yield read_text(file.read(), name, limits.decoding)
