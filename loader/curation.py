"""Corrections made by hand: read, checked against the archive, applied last, and recorded.

A row of corrections.csv names an archive, an offset, the exact text there, a field, the corrected value
and the reason. A row whose text is no longer at its offset stops the build: nothing is corrected blindly.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from loader.content import Content
from loader.errors import InputError
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.records import (
    PARAGRAPH_ROLES,
    QUOTE_KINDS,
    SENSES,
    SPEAKER_KINDS,
    Archive,
    Author,
    Block,
    Mention,
    Note,
    Place,
    Quote,
)
from loader.text import fold, one_line

FILE_NAME = "corrections.csv"
COLUMNS = ("archive", "start", "text", "field", "corrected", "reason")
RULE = "corrected"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of corrections.csv, with where it stands for the error message."""

    where: str
    archive: str
    start: int
    text: str
    field: str
    corrected: str
    reason: str

    @property
    def end(self) -> int:
        """Offset after the text."""
        return self.start + len(self.text)

    def error(self, what: str) -> InputError:
        """An error that names this row."""
        return InputError(f"{self.where}: {what}")


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that was applied.

    Attributes:
        article: position of the article.
        field: what was corrected.
        found: the value before, "" where there was none.
        corrected: the value after, "" where there is none.
        reason: why.
        start: offset of the text it is anchored to.
        end: offset after it.
    """

    article: int
    field: str
    found: str
    corrected: str
    reason: str
    start: int
    end: int


class Basis(NamedTuple):
    """What corrections are checked against: the archive, and the gazetteer its places were found in."""

    archive: Archive
    gazetteer: Gazetteer


def read_corrections(file: Path) -> list[Row]:
    """Reads a corrections.csv.

    Args:
        file: the table, UTF-8, with the columns of COLUMNS.

    Returns:
        Its rows in order.

    Raises:
        InputError: where a row cannot be used; with file, line and cure.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise InputError(f"{file}, line 1: the columns must be {','.join(COLUMNS)}")
            return [_row(record, f"{file}, line {reader.line_num}") for record in reader]
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except csv.Error as error:
        raise InputError(
            f"{file}: is no CSV ({error}); put values that hold commas in quotation marks"
        ) from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); check its rights") from error


def _row(record: dict[str, str], where: str) -> Row:
    if None in record or None in record.values():
        raise InputError(
            f"{where}: has not {len(COLUMNS)} values; put values that hold commas in quotation marks"
        )
    if not record["start"].isascii() or not record["start"].isdigit():
        raise InputError(f"{where}: start is “{record['start']}”; give the offset as a whole number")
    row = Row(where, record["archive"], int(record["start"]), *(record[name] for name in COLUMNS[2:]))
    if row.field not in _FIELDS:
        raise row.error(f"there is no field “{row.field}”; use one of {', '.join(sorted(_FIELDS))}")
    if not row.text or not row.reason.strip():
        raise row.error("text and reason must not be empty")
    return row


def apply_corrections(
    archive: Archive, contents: Sequence[Content], rows: Iterable[Row], gazetteer: Gazetteer | None = None
) -> tuple[tuple[Content, ...], list[Correction], list[Row]]:
    """Applies the corrections of one archive.

    Args:
        archive: the archive.
        contents: its articles' contents.
        rows: the rows that name it.
        gazetteer: where its places were looked up; None for the package's own.

    Returns:
        The corrected contents; what was corrected; the rows that changed nothing because the loader now
        finds what they say.

    Raises:
        InputError: where a row does not fit the archive.
    """
    corrected = list(contents)
    applied: list[Correction] = []
    idle: list[Row] = []
    basis = Basis(archive, gazetteer or default_gazetteer())
    for row in rows:
        there = fold(archive.text[row.start : row.end])
        if there != fold(row.text):
            raise row.error(
                f"{archive.path} has “{one_line(there)}” at {row.start}, not “{one_line(row.text)}”; "
                "correct the row or take it out"
            )
        index = _article_at(corrected, row)
        found, content = _FIELDS[row.field](row, corrected[index], basis)
        if content == corrected[index]:
            idle.append(row)
            continue
        corrected[index] = content
        applied.append(
            Correction(
                content.article.position, row.field, found, row.corrected, row.reason, row.start, row.end
            )
        )
    return tuple(corrected), applied, idle


def _article_at(contents: Sequence[Content], row: Row) -> int:
    for index, content in enumerate(contents):
        if content.article.start <= row.start < content.article.end:
            return index
    raise row.error("stands in no article; correct start")


def _published(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    article = content.article
    if article.published_start != row.start:
        raise row.error("published must be anchored to the words of the date in the source line")
    try:
        date.fromisoformat(row.corrected)
    except ValueError as error:
        raise row.error(f"“{row.corrected}” is no date; write it as 2017-09-07") from error
    return article.published or "", replace(content, article=replace(article, published=row.corrected))


def _author(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    article = content.article
    authors = tuple(
        Author(row.corrected, author.start, author.end) if author.start == row.start else author
        for author in article.authors
    )
    found = [author.name for author in article.authors if author.start == row.start]
    if not found:
        raise row.error("author must be anchored to a name in the source line")
    return found[0], replace(content, article=replace(article, authors=authors))


def _publication(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    article = content.article
    return article.publication or "", replace(content, article=replace(article, publication=row.corrected))


def _role(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
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


def _note(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    note = Note(row.corrected, row.reason, row.start, row.end, content.article.position)
    return row.text, replace(content, notes=(*content.notes, note))


def _quote(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Adds a quotation, sets its kind, or with an empty value takes it out."""
    index = _quote_index(row, content)
    if not row.corrected:
        if index is None:
            return "", content
        return content.quotes[index].text, _with_quotes(content, _without(content.quotes, index))
    if row.corrected not in QUOTE_KINDS:
        raise row.error(
            f"there is no kind “{row.corrected}”; use one of {', '.join(QUOTE_KINDS)}, or nothing"
        )
    if index is not None:
        return content.quotes[index].kind, _changed_quote(content, index, kind=row.corrected)
    utterance = max((quote.utterance for quote in content.quotes), default=0) + 1
    empty = Quote(
        row.start, row.end, fold(row.text), row.corrected, utterance,
        None, None, None, None, None, None, None, None, None, None, RULE,
    )  # fmt: skip
    return "", _with_quotes(content, _inserted(content.quotes, empty))


def _quote_index(row: Row, content: Content) -> int | None:
    for index, quote in enumerate(content.quotes):
        if (quote.start, quote.end) == (row.start, row.end):
            return index
    return None


def _known_quote(row: Row, content: Content) -> int:
    index = _quote_index(row, content)
    if index is None:
        raise row.error(f"{row.field} must be anchored to the whole text of a quotation that is there")
    return index


def _with_quotes(content: Content, quotes: tuple[Quote, ...]) -> Content:
    return replace(content, quotes=quotes)


def _changed_quote(content: Content, index: int, **changes: object) -> Content:
    old = content.quotes[index]
    new = replace(old, **changes)  # type: ignore[arg-type]
    if new != old and not new.rule.endswith(RULE):
        new = replace(new, rule=f"{new.rule}+{RULE}")
    return _with_quotes(content, (*content.quotes[:index], new, *content.quotes[index + 1 :]))


def _without(quotes: tuple[Quote, ...], gone: int) -> tuple[Quote, ...]:
    def moved(number: int | None) -> int | None:
        if number is None or number == gone:
            return None
        return number - (number > gone)

    return tuple(
        replace(quote, nested_in=moved(quote.nested_in))
        for index, quote in enumerate(quotes)
        if index != gone
    )


def _inserted(quotes: tuple[Quote, ...], new: Quote) -> tuple[Quote, ...]:
    place = sum(quote.start < new.start for quote in quotes)

    def moved(quote: Quote) -> Quote:
        inner = quote.nested_in
        return replace(quote, nested_in=inner + (inner >= place)) if inner is not None else quote

    return (*map(moved, quotes[:place]), new, *map(moved, quotes[place:]))


def _speaker(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    index = _known_quote(row, content)
    quote = content.quotes[index]
    name = row.corrected or None
    # What introduced somebody else does not introduce this speaker.
    description = quote.speaker_description if name == quote.speaker_name else None
    changed = _changed_quote(content, index, speaker_name=name, speaker_description=description)
    return quote.speaker_name or "", changed


def _speaker_description(row: Row, content: Content, basis: Basis) -> tuple[str, Content]:
    index = _known_quote(row, content)
    article = content.article
    if row.corrected and fold(row.corrected) not in fold(basis.archive.text[article.start : article.end]):
        raise row.error(f"“{row.corrected}” does not stand in the article; give the words as printed")
    found = content.quotes[index].speaker_description or ""
    return found, _changed_quote(content, index, speaker_description=fold(row.corrected) or None)


def _speaker_kind(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    index = _known_quote(row, content)
    if row.corrected and row.corrected not in SPEAKER_KINDS:
        raise row.error(
            f"there is no kind “{row.corrected}”; use one of {', '.join(SPEAKER_KINDS)}, or nothing"
        )
    found = content.quotes[index].speaker_kind or ""
    return found, _changed_quote(content, index, speaker_kind=row.corrected or None)


def _utterance(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Joins a quotation to the utterance of the one whose offset is given."""
    index = _known_quote(row, content)
    others = [quote for quote in content.quotes if str(quote.start) == row.corrected]
    if not others:
        raise row.error("utterance takes the start of the quotation whose utterance this one continues")
    found = str(content.quotes[index].utterance)
    return found, _changed_quote(content, index, utterance=others[0].utterance)


def _printed(part: str) -> Callable[[Row, Content, Basis], tuple[str, Content]]:
    """A field for words printed near a quotation: the occurrence nearest to it is taken."""

    def apply(row: Row, content: Content, basis: Basis) -> tuple[str, Content]:
        index = _known_quote(row, content)
        quote = content.quotes[index]
        text_field = "cue" if part == "cue" else "speaker_text"
        found = getattr(quote, text_field) or ""
        if not row.corrected:
            changes: dict[str, object] = {text_field: None, f"{part}_start": None, f"{part}_end": None}
            if part == "speaker":
                changes |= {"speaker_name": None, "speaker_kind": None, "speaker_description": None}
            return found, _changed_quote(content, index, **changes)
        words = fold(row.corrected)
        start = _nearest(fold(basis.archive.text), words, quote, content)
        if start is None:
            raise row.error(f"“{row.corrected}” does not stand in the article; give the words as printed")
        changes = {text_field: words, f"{part}_start": start, f"{part}_end": start + len(words)}
        return found, _changed_quote(content, index, **changes)

    return apply


def _nearest(text: str, words: str, quote: Quote, content: Content) -> int | None:
    best: int | None = None
    at = text.find(words, content.article.start, content.article.end)
    while at >= 0:
        outside = at + len(words) <= quote.start or at >= quote.end
        if outside and (best is None or _gap(at, quote) < _gap(best, quote)):
            best = at
        at = text.find(words, at + 1, content.article.end)
    return best


def _gap(at: int, quote: Quote) -> int:
    return quote.start - at if at < quote.start else at - quote.end


def _place(row: Row, content: Content, basis: Basis) -> tuple[str, Content]:
    """Adds a mention, resolves it anew ("Name; kind; country code"), or with an empty value takes it out."""
    old = [mention for mention in content.mentions if (mention.start, mention.end) == (row.start, row.end)]
    found = place_key(old[0].place) if old else ""
    others = tuple(mention for mention in content.mentions if mention not in old)
    if not row.corrected:
        return found, replace(content, mentions=others)
    place = _gazetteer_entry(row, basis.gazetteer)
    if old and old[0].place == place:
        return found, content
    sense = old[0].sense if old else "location"
    new = Mention(row.start, row.end, fold(row.text), sense, RULE, place)
    mentions = tuple(sorted((*others, new), key=lambda mention: mention.start))
    return found, replace(content, mentions=mentions)


def place_key(place: Place) -> str:
    """How corrections.csv names a place: "Hama; region; SY"."""
    return "; ".join(part for part in (place.name, place.kind, place.country_code) if part)


def _gazetteer_entry(row: Row, gazetteer: Gazetteer) -> Place:
    name, *rest = (part.strip() for part in row.corrected.split(";"))
    kind = rest[0] if rest else None
    country = rest[1] if len(rest) > 1 else None
    found = gazetteer.find(name, kind, country)
    if not found:
        raise row.error(f"the gazetteer has no “{row.corrected}”; write “Name; kind; country code”")
    return found[0]


def _sense(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    if row.corrected not in SENSES:
        raise row.error(f"there is no sense “{row.corrected}”; use one of {', '.join(SENSES)}")
    for index, mention in enumerate(content.mentions):
        if (mention.start, mention.end) == (row.start, row.end):
            if mention.sense == row.corrected:
                return mention.sense, content
            new = replace(mention, sense=row.corrected, rule=f"{mention.rule}+{RULE}")
            mentions = (*content.mentions[:index], new, *content.mentions[index + 1 :])
            return mention.sense, replace(content, mentions=mentions)
    raise row.error("sense must be anchored to a place mention that is there")


_FIELDS: dict[str, Callable[[Row, Content, Basis], tuple[str, Content]]] = {
    "published": _published,
    "author": _author,
    "publication": _publication,
    "role": _role,
    "note": _note,
    "quote": _quote,
    "speaker": _speaker,
    "speaker_text": _printed("speaker"),
    "speaker_kind": _speaker_kind,
    "speaker_description": _speaker_description,
    "cue": _printed("cue"),
    "utterance": _utterance,
    "place": _place,
    "sense": _sense,
}
