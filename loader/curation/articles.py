"""Fields of an article: date, authors, outlet, headline, address, a block's role, a note."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from loader.curation.row import Basis, Row
from loader.records import PARAGRAPH_ROLES, Author, Block, Content, Note
from loader.text import one_line

# An address that a browser can open: https://example.org/2017/04/a-headline?id=7. Nothing in it ends an
# attribute of HTML or is read differently by different programs, as a backslash is.
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\{}|^]+")


# The first newspaper was printed in 1605; a year with a digit too many or too few is a mistake.
_YEARS = range(1600, 2101)
_NOTE_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


def correct_published(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Sets the date; the printed words stay."""
    article = content.article
    if article.published_start != row.start:
        raise row.error("published must be anchored to the words of the date in the source line")
    try:
        day = date.fromisoformat(row.corrected)
    except ValueError as error:
        raise row.error(f"“{row.corrected}” is no date; write it as 2017-09-07") from error
    if day.isoformat() != row.corrected:  # ISO 8601 has other forms, which do not sort with this one
        raise row.error(f"“{row.corrected}” is written otherwise than 2017-09-07; write it so")
    if day.year not in _YEARS:
        raise row.error(f"“{row.corrected}” is not a year of a newspaper; correct the date")
    return article.published or "", replace(content, article=replace(article, published=row.corrected))


def correct_author(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Replace an author's name, or with an empty value remove the author; the byline stays as printed."""
    article = content.article
    found = next((author for author in article.authors if author.start == row.start), None)
    if found is None:
        raise row.error("author must be anchored to a name in the source line; add_author adds another one")
    index = article.authors.index(found)
    name = one_line(row.corrected)
    new = (Author(name, found.start, found.end),) if name else ()
    authors = (*article.authors[:index], *new, *article.authors[index + 1 :])
    return found.name, replace(content, article=replace(article, authors=authors))


def add_author(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Add an author after the ones that the source line names."""
    name = one_line(row.corrected)
    if not name:
        raise row.error("add_author needs a name in corrected; author with an empty value removes one")
    article = content.article
    if name in (author.name for author in article.authors):
        return name, content
    # Behind the anchor: an author who is printed begins at a name, so the two are never mistaken.
    added = Author(name, row.end, row.end)
    return "", replace(content, article=replace(article, authors=(*article.authors, added)))


def correct_headline(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Set the headline, or with an empty value remove it; the block with the printed one stays."""
    article = content.article
    headline = one_line(row.corrected) or None
    return article.headline or "", replace(content, article=replace(article, headline=headline))


def correct_url(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Set the original address of the article, or with an empty value remove it."""
    if row.corrected and not is_web_address(row.corrected):
        raise row.error(
            f"“{row.corrected}” is not a web address; write it in full, as in https://example.org/a-headline"
        )
    article = content.article
    return article.url or "", replace(content, article=replace(article, url=row.corrected or None))


def is_web_address(text: str) -> bool:
    """Return whether a text is a complete address of the schemes http or https."""
    if not _WEB_ADDRESS.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is not a number, a bracket that is not closed
        return False


def correct_publication(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Set the outlet, or with an empty value remove it; the source line stays as printed."""
    article = content.article
    publication = one_line(row.corrected) or None
    return article.publication or "", replace(content, article=replace(article, publication=publication))


def correct_role(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Sets the role of a paragraph."""
    if row.corrected not in PARAGRAPH_ROLES:
        raise row.error(f"there is no role “{row.corrected}”; use one of {', '.join(PARAGRAPH_ROLES)}")
    article = content.article
    old = [block for block in article.blocks if block.start == row.start and block.role in PARAGRAPH_ROLES]
    if not old:
        raise row.error("role must be anchored to the beginning of a paragraph")
    blocks = tuple(
        Block(row.corrected, block.start, block.end) if block is old[0] else block for block in article.blocks
    )
    return old[0].role, replace(content, article=replace(article, blocks=blocks))


def add_note(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Add a data note: the corrected value is its code, the reason its message."""
    if not _NOTE_CODE.fullmatch(row.corrected):
        raise row.error(
            f"“{row.corrected}” is no code of a note; write a word in small letters, as in misprint"
        )
    note = Note(
        code=row.corrected, message=row.reason, start=row.start, end=row.end, article=content.article.position
    )
    return row.text, replace(content, notes=(*content.notes, note))
