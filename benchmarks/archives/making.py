"""Makes round-up archives of real articles: what stands between and around them is drawn at random."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from benchmarks.archives.corpus import RealArticle
from benchmarks.archives.tables import Row, choose, table

_NEWLINES = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
_FIRST_DAY = date(2005, 1, 1)
_DAYS = 5800
# How often a piece of furniture stands in an article; a standfirst of the corpus's own always does.
_SHARES = {"standfirst": 0.2, "credit": 0.15, "caption": 0.2, "editor_note": 0.05, "subheading": 0.15}
_SHARES |= {"list_item": 0.05, "author_bio": 0.2, "body_caption": 0.08}
# An article with fewer paragraphs has no room for furniture among them.
_FEWEST_PARAGRAPHS = 4


@dataclass(frozen=True, slots=True)
class Expected:
    """A block as it was put into the archive; offsets in code points of the decoded file.

    Attributes:
        role: its role.
        start: offset of its first character.
        end: offset after its last one.
        paragraph: its number among the real article's paragraphs, or None where it was drawn.
    """

    role: str
    start: int
    end: int
    paragraph: int | None = None


@dataclass(slots=True)
class ExpectedArticle:
    """An article as it was put into the archive, with the forms that were drawn for it."""

    doc_id: str
    headline: str
    outlet: str
    authors: tuple[str, ...]
    published: str | None
    forms: dict[str, str]
    blocks: list[Expected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MadeArchive:
    """An archive's bytes and what a reader should find in it."""

    data: bytes
    text: str
    articles: list[ExpectedArticle]


def make_archive(articles: Sequence[RealArticle], random: Random) -> MadeArchive:
    """Puts articles into one archive file.

    Args:
        articles: what it holds, in order.
        random: the source of every choice.

    Returns:
        The archive with its expected articles and blocks.
    """
    layout, file = choose(random, "layouts")["layout"], choose(random, "files")
    separator = choose(random, "separators")
    form, dates = choose(random, "source_lines"), choose(random, "dates")
    writer = _Writer(layout, file, random.randint(64, 78))
    expected = []
    for number, article in enumerate(articles):
        if random.random() < 0.3:  # most archives keep to one habit, not all
            form, dates = choose(random, "source_lines"), choose(random, "dates")
        if number:
            writer.between(_filled_list(separator["template"], articles, random))
        made = _draw_article(article, form, dates, file["encoding"], random)
        made.forms |= {"separator": separator["kind"] if number else "first", "layout": layout}
        _write_article(writer, made, article, form, random)
        expected.append(made)
    text = writer.text()
    return MadeArchive(text.encode(file["encoding"]), text, expected)


def _filled_list(template: str, articles: Sequence[RealArticle], random: Random) -> str:
    while "{headline}" in template:
        template = template.replace("{headline}", random.choice(articles).headline, 1)
    return template


def encodable(text: str, encoding: str) -> str:
    """The text with a question mark for every character that an encoding lacks."""
    codec = encoding.removesuffix("-sig")
    return text.encode(codec, "replace").decode(codec)


def _draw_article(
    article: RealArticle, form: Row, dates: Row, encoding: str, random: Random
) -> ExpectedArticle:
    template = form["template"]
    day = _FIRST_DAY + timedelta(days=random.randrange(_DAYS))
    if dates["form"] == "dotted" and day.day <= 12:
        day = day.replace(day=13 + random.randrange(15))
    names = _draw_authors(article, encoding, random)
    return ExpectedArticle(
        article.doc_id,
        article.headline,
        encodable(choose(random, "outlets")["outlet"], encoding),
        names if "{authors}" in template else (),
        day.isoformat() if "{date}" in template else None,
        {"source line": form["form"], "date": dates["form"] if "{date}" in template else "none"},
    )


def _draw_authors(article: RealArticle, encoding: str, random: Random) -> tuple[str, ...]:
    if article.author:
        return (encodable(article.author, encoding),)
    number = random.choices((1, 2, 3), (8, 3, 1))[0]
    names: dict[str, None] = {}
    while len(names) < number:
        names[encodable(choose(random, "authors")["author"], encoding)] = None
    return tuple(names)


def printed_date(template: str, day: date) -> str:
    """A day in words, by a template of data/dates.csv."""
    suffix = "th" if 10 < day.day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    month = f"{day:%B}"
    return template.format(
        day=day.day, dd=f"{day:%d}", mm=f"{day:%m}", year=day.year, month=month, MONTH=month.upper(),
        short=month[:3], ap=_ap_month(month), ordinal=f"{day.day}{suffix}", weekday=f"{day:%A}",
    )  # fmt: skip


def _ap_month(month: str) -> str:
    """A month as the Associated Press prints it: short ones whole, the rest cut to three letters, "Sept."."""
    if len(month) <= 5:
        return month
    return "Sept." if month == "September" else f"{month[:3]}."


def _write_article(
    writer: _Writer, made: ExpectedArticle, article: RealArticle, form: Row, random: Random
) -> None:
    drawn = {role: random.random() < share for role, share in _SHARES.items()}
    writer.article = made
    writer.unit("headline", made.headline)
    if article.standfirst or drawn["standfirst"]:
        writer.unit("standfirst", article.standfirst or _frame("standfirst", random)["text"])
    for role in ("credit", "caption"):
        if drawn[role]:
            writer.unit(role, _frame(role, random)["text"])
    writer.source_line(form["template"], _fields(made, random))
    among = len(article.paragraphs) >= _FEWEST_PARAGRAPHS
    at = {
        role: random.randrange(1, len(article.paragraphs) - 1)
        for role in ("subheading", "list_item", "body_caption", "editor_note")
        if among and drawn[role]
    }
    for number, paragraph in enumerate(article.paragraphs):
        for inserted in (key for key, place in at.items() if place == number):
            role_here = inserted.removeprefix("body_")
            writer.unit(role_here, _frame(role_here, random)["text"])
        writer.unit(paragraph.role, paragraph.text, paragraph.number)
    if drawn["author_bio"] and made.authors and not article.author:
        author = made.authors[0]
        writer.unit("author_bio", _frame("author_bio", random)["text"].replace("{author}", author))
    writer.article = None


def _frame(role: str, random: Random) -> Row:
    return random.choice([row for row in table("frames") if row["role"] == role])


def _fields(made: ExpectedArticle, random: Random) -> dict[str, str]:
    """What the placeholders of a source line's template stand for."""
    *first, last = made.authors or ("",)
    link = random.choice((" and ", ", and ", " & ")) if len(first) > 1 else " and "
    day = ""
    if made.published:
        template = next(row["template"] for row in table("dates") if row["form"] == made.forms["date"])
        day = printed_date(template, date.fromisoformat(made.published))
    return {
        "outlet": made.outlet,
        "authors": ", ".join(first) + link + last if first else last,
        "date": day,
        "file": random.choice(("city-map-2.png", "photo_17.jpg", "election-guide-map")),
    }


class _Writer:
    """Collects an archive's text, and where each block of it came to stand."""

    def __init__(self, layout: str, file: Row, width: int) -> None:
        self._newline = _NEWLINES[file["newline"]]
        self._encoding = file["encoding"]
        self._layout = layout
        self._width = width
        self._pieces: list[str] = []
        self._length = 0
        self.article: ExpectedArticle | None = None

    def text(self) -> str:
        return "".join(self._pieces)

    def unit(self, role: str, text: str, paragraph: int | None = None) -> None:
        """Writes one block of an article after a break."""
        self._break(single=self._layout == "tight" and role != "headline")
        self._block(role, self._wrapped(text), paragraph)

    def source_line(self, template: str, fields: dict[str, str]) -> None:
        """Writes a source line; a file name glued to its front is a caption."""
        self._break(single=self._layout == "tight")
        if template.startswith("{file}"):
            self._block("caption", fields["file"])
            template = template.removeprefix("{file}")
        for number, unit in enumerate(template.format(**fields).split("\n\n")):
            if number:
                self._break(single=False)
            self._block("source_line", unit)

    def between(self, text: str) -> None:
        """Writes what stands between two articles."""
        if text:
            self._break(single=False)
            self._put(text)

    def _wrapped(self, text: str) -> str:
        if self._layout != "wrapped":
            return text
        return textwrap.fill(text, self._width, break_long_words=False, break_on_hyphens=False)

    def _break(self, *, single: bool) -> None:
        if self._pieces:
            self._put("\n" if single else "\n\n")

    def _block(self, role: str, text: str, paragraph: int | None = None) -> None:
        start = self._length
        self._put(text)
        if self.article:
            self.article.blocks.append(Expected(role, start, self._length, paragraph))

    def _put(self, text: str) -> None:
        text = encodable(text, self._encoding).replace("\n", self._newline)
        self._pieces.append(text)
        self._length += len(text)
