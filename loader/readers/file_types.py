"""Recognises by content what a file is that no reader takes, to tell the user why it was not read."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Bytes of a file's beginning, and of its end, that are looked at: a ZIP archive lists its members at its end.
HEAD_BYTES = 65_536
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_JSON = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
_MAIL = re.compile(
    rb"(?:From|Received|Return-Path|Delivered-To|MIME-Version|Message-ID|X-[\w-]+): ?\S", re.ASCII
)
_IMAGE_BRANDS = (b"avif", b"heic", b"heix", b"mif1", b"msf1")


@dataclass(frozen=True, slots=True)
class FileType:
    """What a file is.

    Attributes:
        name: with its article, as in "a web page (HTML)".
        may_hold_articles: whether a reader could find press articles in it.
    """

    name: str
    may_hold_articles: bool


# Beginnings of files, the longer before the shorter.
_MAGIC = (
    (b"SQLite format 3\0", FileType("a SQLite database", False)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType("an old Office file (.doc, .xls, .msg)", True)),
    (b"\x89PNG\r\n\x1a\n", FileType("an image (PNG)", False)),
    (b"GIF87a", FileType("an image (GIF)", False)),
    (b"GIF89a", FileType("an image (GIF)", False)),
    (b"\xff\xd8\xff", FileType("an image (JPEG)", False)),
    (b"II*\0", FileType("an image (TIFF)", False)),
    (b"MM\0*", FileType("an image (TIFF)", False)),
    (b"\xfd7zXZ\0", FileType("a compressed file (xz)", True)),
    (b"7z\xbc\xaf\x27\x1c", FileType("a compressed archive (7z)", True)),
    (b"Rar!\x1a\x07", FileType("a compressed archive (RAR)", True)),
    (b"BZh", FileType("a compressed file (bzip2)", True)),
    (b"\x1f\x8b", FileType("a compressed file (gzip)", True)),
    (b"\x28\xb5\x2f\xfd", FileType("a compressed file (Zstandard)", True)),
    (b"WARC/", FileType("a web archive (WARC)", True)),
    (b"bplist00", FileType("a web archive or property list (binary)", True)),
    (b"{\\rtf", FileType("a rich text file (RTF)", True)),
    (b"ID3", FileType("an audio file", False)),
    (b"OggS", FileType("an audio file", False)),
    (b"\x7fELF", FileType("a program", False)),
    (b"PAR1", FileType("a table (Parquet)", True)),
)
_PDF = FileType("a PDF file", True)
# Names inside a ZIP archive that tell what it is.
_ZIP_MEMBERS = (
    (b"word/document", FileType("Word (.docx)", True)),
    (b"word/_rels", FileType("Word (.docx)", True)),
    (b"xl/work", FileType("Excel (.xlsx)", True)),
    (b"ppt/presentation", FileType("PowerPoint (.pptx)", True)),
    (b"opendocument.text", FileType("OpenDocument text (.odt)", True)),
    (b"opendocument.spreadsheet", FileType("OpenDocument table (.ods)", True)),
    (b"application/epub+zip", FileType("an EPUB book", True)),
)
ZIP = FileType("a ZIP archive", True)
_HTML = FileType("a web page (HTML)", True)
# What tells one kind of XML from another, near its beginning.
_XML_ELEMENTS = (
    (b"wordpress.org/export", FileType("a WordPress export (WXR)", True)),
    (b"<svg", FileType("an image (SVG)", False)),
    (b"<rss", FileType("a feed (RSS)", True)),
    (b"<feed", FileType("a feed (Atom)", True)),
    (b"<rdf:rdf", FileType("a feed (RDF)", True)),
    (b"<html", _HTML),
)
_XML = FileType("an XML file", True)
_TEXT = FileType("plain text", True)
# A README and the like: it describes the folder and holds no articles.
DESCRIPTION = "a text that describes the folder, by its name"
_DESCRIPTION = FileType(DESCRIPTION, False)
_EMPTY = FileType("an empty file", False)
_UNKNOWN = FileType("a binary file of unknown format", False)
_WEBP = FileType("an image (WebP)", False)
_HEIF = FileType("an image (HEIF)", False)
_RECORDING = FileType("an audio or video file", False)
# Names of the types in which no reader could find articles.
WITHOUT_ARTICLES = frozenset(
    known.name
    for known in (
        *(known for _, known in (*_MAGIC, *_XML_ELEMENTS)),
        _WEBP,
        _HEIF,
        _RECORDING,
        _DESCRIPTION,
        _EMPTY,
        _UNKNOWN,
    )
    if not known.may_hold_articles
)
# Suffixes that say what the content of plain text cannot.
_SUFFIXES = {
    ".csv": FileType("a table (CSV)", True),
    ".tsv": FileType("a table (TSV)", True),
    ".html": _HTML,
    ".htm": _HTML,
    ".md": FileType("a Markdown file", True),
    ".markdown": FileType("a Markdown file", True),
}
# Names of text files that describe a folder.
_DESCRIBING = ("readme", "licence", "license", "copying", "notice", "changelog", "changes", "contributing")


def file_type(head: bytes, name: str, tail: bytes = b"") -> FileType | None:
    """Return the type that the content of a file has, None if it is text without a mark of its format.

    Args:
        head: its first bytes, HEAD_BYTES at most.
        name: its name: it decides only between kinds of plain text.
        tail: its last bytes, if these are not in `head`.
    """
    if not head:
        return _EMPTY
    for start, known in _MAGIC:
        if head.startswith(start):
            return known
    if head.startswith(b"PK\x03\x04"):
        return next((known for member, known in _ZIP_MEMBERS if member in head or member in tail), ZIP)
    if b"%PDF-" in head[:1024]:
        return _PDF
    if head[:4] == b"RIFF":
        return _WEBP if head[8:12] == b"WEBP" else _RECORDING
    if head[4:8] == b"ftyp":
        return _HEIF if head[8:12] in _IMAGE_BRANDS else _RECORDING
    return _marked_text(head.removeprefix(b"\xef\xbb\xbf").lstrip(), name)


def describe(head: bytes, name: str, tail: bytes = b"") -> FileType:
    """Return what a file is in any case: as `file_type`, else plain text or a binary file."""
    stem = name.rpartition("/")[2].partition(".")[0].casefold()
    known = file_type(head, name, tail)
    if known is None and not head.startswith((b"\xff\xfe", b"\xfe\xff")) and _CONTROL.search(head):
        return _UNKNOWN
    if stem in _DESCRIBING and known in (None, *_SUFFIXES.values()):
        return _DESCRIPTION
    return known or _TEXT


def _marked_text(text: bytes, name: str) -> FileType | None:
    start = text[:4096].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return _HTML
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<svg", b"<rdf:rdf")):
        return next((known for element, known in _XML_ELEMENTS if element in start), _XML)
    if _JSON.match(start):
        return FileType("JSON", True)
    if start.startswith(b"from ") and b"\nfrom:" in start:
        return FileType("a mailbox (mbox)", True)
    if _MAIL.match(text) and b"\nsubject:" in start:
        return FileType("an e-mail or a saved web page (.eml, .mhtml)", True)
    dot = name.rfind(".")
    return _SUFFIXES.get(name[dot:].lower()) if dot >= 0 else None
