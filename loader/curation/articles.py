"""Fields of an article: date, author, outlet, a block's role, a note."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from loader.curation.row import Basis, Row
from loader.records import PARAGRAPH_ROLES, Author, Block, Content, Note


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
    return article.published or "", replace(content, article=replace(article, published=row.corrected))


def correct_author(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Sets the name of who signs; the byline stays as printed."""
    article = content.article
    authors = tuple(
        Author(row.corrected, author.start, author.end) if author.start == row.start else author
        for author in article.authors
    )
    found = [author.name for author in article.authors if author.start == row.start]
    if not found:
        raise row.error("author must be anchored to a name in the source line")
    return found[0], replace(content, article=replace(article, authors=authors))


def correct_publication(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Sets the outlet."""
    article = content.article
    return article.publication or "", replace(content, article=replace(article, publication=row.corrected))


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
    """Adds a data note: the corrected value is its code, the reason its message."""
    note = Note(
        code=row.corrected, message=row.reason, start=row.start, end=row.end, article=content.article.position
    )
    return row.text, replace(content, notes=(*content.notes, note))
