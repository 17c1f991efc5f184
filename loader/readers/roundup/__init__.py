"""A file to text, blocks with roles, articles and data notes."""

from __future__ import annotations

from loader.readers.roundup.parse import read_archive, read_bytes

__all__ = ["read_archive", "read_bytes"]
