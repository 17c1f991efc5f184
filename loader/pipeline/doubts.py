"""What is doubtful about a source file that was read: one small function a kind of doubt.

A doubt is a question to the person who keeps the archive, not an error: each rule has a threshold that keeps
ordinary files free of doubts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from loader.readers.file_types import file_type
from loader.readers.roundup.phrases import MONTHS, WEEKDAYS
from loader.records import Archive, Article, Content
from loader.vocabulary import read_table

GUESSED_ENCODING = "guessed_encoding"
# Codes of doubts, worst first: first what loses text or whole articles, last what only may be wrong.
CODES = (
    "unusable_corrections",
    "no_article",
    "no_reader",
    "article_far_longer",
    "partly_read",
    "untitled_article",
    "text_after_separator",
    "outlet_looks_like_label",
    "undated_article",
    "text_before_first_headline",
    GUESSED_ENCODING,
    "bytes_not_utf8",
    "damaged_text",
    "outlet_occurs_once",
)
RANKS = {code: rank for rank, code in enumerate(CODES)}

# Articles that a file needs before an outlet that occurs once is doubtful: in a shorter file every outlet
# may well occur once.
MANY_ARTICLES = 20
# The largest share of articles whose outlet occurs once, for these to be exceptions: a collection from many
# outlets has more, and nothing is wrong with it.
MAX_SHARE_OF_SINGLE_OUTLETS = 0.2
# Articles that a file needs before one of them can be far longer than the rest.
MIN_ARTICLES_TO_COMPARE = 4
# How many times the median length of the other articles is far longer. A long report among short news has
# five to eight times their length; an article that swallowed ten others has more.
FAR_LONGER = 10
# Characters of an article that is no longer far too long in itself: some 1,700 words, a newspaper's page.
LONG_ARTICLE = 10_000

_CLASSES: dict[str, set[str]] = {}
for _row in read_table("label_words"):
    _CLASSES.setdefault(_row["class"], set()).add(_row["word"].casefold())
# Words that make a label by themselves, and words that make one beside a number.
_STAMPS = _CLASSES["stamp"] | WEEKDAYS.keys()
_COUNTED = _CLASSES["unit"] | _CLASSES["zone"] | MONTHS.keys()
_OUTLETS = frozenset(row["name"].casefold() for row in read_table("speakers_outlets"))
# What separates the numbers of a time or a date.
_IN_NUMBERS = ":./-,"
_WITHOUT_MARKS = dict.fromkeys(map(ord, _IN_NUMBERS))
_TIME_SUFFIXES = frozenset({"am", "pm", "gmt", "utc", "h"})
_ORDINAL_SUFFIXES = frozenset({"", "st", "nd", "rd", "th"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something about a file that a person should look at.

    Attributes:
        code: one of CODES.
        message: what is doubtful, as the end of a sentence that begins with the article or the file.
        article: position of the article in the file (from 1), or None for the file itself.
    """

    code: str
    message: str
    article: int | None = None

    @property
    def sentence(self) -> str:
        """The doubt as a sentence without a full stop."""
        return f"article {self.article:,} {self.message}" if self.article else f"the file {self.message}"


def find_doubts(archive: Archive, contents: Sequence[Content]) -> tuple[Doubt, ...]:
    """Return the doubts about a file, worst first.

    Args:
        archive: the file, read.
        contents: its articles, corrected: a correction removes the doubt that it answers.
    """
    articles = [content.article for content in contents]
    codes = {note.code for note in archive.notes}
    if "no_article" in codes:
        doubts = [_no_article(archive)]
    else:
        lead = _text_before_first_headline(archive, articles)
        doubts = [
            *([] if lead is None else [lead]),
            *_untitled(articles[0 if lead is None else 1 :]),
            *_undated(articles[0 if lead is None else 1 :]),
            *_text_after_separator(archive, articles),
            *_far_longer(articles),
            *_label_outlets(articles),
            *_single_outlets(articles),
        ]
    if "decoded_as_guess" in codes:
        doubts.append(_guessed_encoding(archive))
    doubts.extend(_bytes_not_utf8(archive))
    doubts.extend(_damaged_text(archive))
    doubts.sort(key=_severity)
    return tuple(doubts)


def one_of_each(doubts: Sequence[Doubt]) -> list[tuple[Doubt, int]]:
    """Return the first doubt of each kind, with the number of that kind."""
    counts = Counter(doubt.code for doubt in doubts)
    first: dict[str, Doubt] = {}
    for doubt in doubts:
        first.setdefault(doubt.code, doubt)
    return [(doubt, counts[code]) for code, doubt in first.items()]


def _severity(doubt: Doubt) -> tuple[int, int]:
    return RANKS[doubt.code], doubt.article or 0


def _no_article(archive: Archive) -> Doubt:
    """Return the doubt about a file without any headline and source line: all of it is one article, or none.

    One such file is a letter or an essay. More often it is in a format that is not read yet, which the
    message names if the text begins like one.
    """
    if not archive.articles:
        return Doubt(code="no_article", message="holds no text")
    known = file_type(archive.text[:1024].encode("utf-8", "replace"), archive.path)
    what = f"; it looks like {known.name}" if known and known.may_hold_articles else ""
    return Doubt(
        code="no_article", message=f"has no headline with a source line; all of it is one article{what}"
    )


def _text_before_first_headline(archive: Archive, articles: Sequence[Article]) -> Doubt | None:
    """Return the doubt about words above the first headline: they are kept as an article that nobody wrote.

    There is no threshold: a single line there is a cover page, a title of the collection, or the first
    headline of an article whose source line was not recognised.
    """
    if not any(note.code == "unrecognised" and note.article == 1 for note in archive.notes):
        return None
    first = articles[0]
    if first.byline is not None or first.headline is not None:
        return None
    return Doubt(
        code="text_before_first_headline",
        message=f"is text before the first headline ({first.end - first.start:,} characters)",
        article=first.position,
    )


def _text_after_separator(archive: Archive, articles: Sequence[Article]) -> Iterator[Doubt]:
    """Yield a doubt for paragraphs behind a separator: an article may begin there without a source line."""
    described = {article.position for article in articles if article.headline or article.byline}
    for note in archive.notes:
        if note.code == "unrecognised" and note.article in described:
            yield Doubt(
                code="text_after_separator",
                message="goes on after a separator without a headline; another article may begin there",
                article=note.article,
            )


def _untitled(articles: Sequence[Article]) -> Iterator[Doubt]:
    """Yield a doubt for each article without a headline: its first line may be the headline."""
    for article in articles:
        if article.headline is None:
            yield Doubt(code="untitled_article", message="has no headline", article=article.position)


def _undated(articles: Sequence[Article]) -> Iterator[Doubt]:
    """Yield a doubt for each article without a date: it is missing from every search by date.

    A month without a day counts as a date.
    """
    for article in articles:
        if article.published is not None:
            continue
        if article.published_as_printed is not None:
            message = f"has no usable date (printed: {article.published_as_printed})"
        elif article.byline is None:
            message = "has no source line, so neither outlet nor date"
        else:
            message = "has no date"
        yield Doubt(code="undated_article", message=message, article=article.position)


def _guessed_encoding(archive: Archive) -> Doubt:
    """Return the doubt about an encoding that nothing proves: letters with accents may be wrong."""
    return Doubt(
        code=GUESSED_ENCODING,
        message=f"does not say its encoding; it was read as {encoding_of(archive.format)}",
    )


def encoding_of(archive_format: str) -> str:
    """Return the encodings of a format as records name it: "utf-8 and cp1252" of "utf-8 and cp1252, LF"."""
    return archive_format.rpartition(", ")[0]


def _bytes_not_utf8(archive: Archive) -> Iterator[Doubt]:
    """Yield a doubt if single bytes of a UTF-8 file are not UTF-8: a character there is lost or a guess."""
    places = [note for note in archive.notes if note.code in ("stray_byte", "undecodable_byte")]
    if places:
        line = archive.text.count("\n", 0, places[0].start) + 1
        count = f"in {len(places):,} places" if len(places) > 1 else "in one place"
        yield Doubt(code="bytes_not_utf8", message=f"is UTF-8, but not {count} (first in line {line:,})")


def _damaged_text(archive: Archive) -> Iterator[Doubt]:
    """Yield a doubt if text was encoded twice or holds HTML entities."""
    if any(note.code in ("double_encoded", "html_entities") for note in archive.notes):
        message = "holds text that was encoded twice, or HTML entities; --repair reads it as it was meant"
        yield Doubt(code="damaged_text", message=message)


def _far_longer(articles: Sequence[Article]) -> Iterator[Doubt]:
    """Yield a doubt for an article far longer than the rest: it may hold others, not recognised."""
    if len(articles) < MIN_ARTICLES_TO_COMPARE:
        return
    lengths = [article.end - article.start for article in articles]
    if max(lengths) <= LONG_ARTICLE:  # the usual case, without a sort
        return
    usual = median(sorted(lengths)[:-1])
    for article, length in zip(articles, lengths, strict=True):
        if length > LONG_ARTICLE and length > FAR_LONGER * usual:
            yield Doubt(
                code="article_far_longer",
                message=f"has {length:,} characters, half of the other articles less than {usual:,.0f}",
                article=article.position,
            )


def _label_outlets(articles: Sequence[Article]) -> Iterator[Doubt]:
    """Yield a doubt for each article whose outlet looks like a label or a time stamp."""
    answers: dict[str, bool] = {}
    for article in articles:
        outlet = article.publication
        if outlet is None:
            continue
        if outlet not in answers:
            answers[outlet] = looks_like_label(outlet)
        if answers[outlet]:
            yield Doubt(
                code="outlet_looks_like_label",
                message=f"has the outlet “{outlet}”, which looks like a label",
                article=article.position,
            )


def _single_outlets(articles: Sequence[Article]) -> Iterator[Doubt]:
    """Yield a doubt for an outlet that occurs once among many: it may be a misspelling or no outlet."""
    if len(articles) < MANY_ARTICLES:
        return
    counts = Counter(article.publication for article in articles)
    single = [article for article in articles if article.publication and counts[article.publication] == 1]
    if len(single) > MAX_SHARE_OF_SINGLE_OUTLETS * len(articles):
        return
    for article in single:
        yield Doubt(
            code="outlet_occurs_once",
            message=f"is the only one of {len(articles):,} from “{article.publication}”",
            article=article.position,
        )


def looks_like_label(outlet: str) -> bool:
    """Return whether an outlet's name looks like a label, a weekday, a time or a number.

    Examples:
        "LOAD-DATE", "Byline:", "Friday", "Updated 1358 GMT", "543 words", "13:58" do; "AL-MONITOR",
        "The Sunday Times", "20 Minutes", "Haaretz" do not.
    """
    if outlet.endswith((":", "：")) or not any(map(str.isalnum, outlet)):
        return True
    if outlet.isupper() and "-" in outlet and " " not in outlet:
        return not _is_name_with_hyphen(outlet)
    words = [word.strip(".,;()[]|•·–—-") for word in outlet.casefold().split()]
    classes = {_class_of(word) for word in words if word}
    if "other" in classes:
        return False
    has_counted_number = {"number", "counted"} <= classes
    return has_counted_number or not classes.isdisjoint({"stamp", "time"}) or classes == {"number"}


def _is_name_with_hyphen(outlet: str) -> bool:
    """Return whether capitals with a hyphen are a name: a number ("T-24"), an Arabic article, an outlet."""
    parts = [part.casefold() for part in outlet.split("-") if part]
    return (
        not all(part.isalpha() for part in parts)
        or parts[0] in _CLASSES["article"]
        or not _OUTLETS.isdisjoint(parts)
    )


def _class_of(word: str) -> str:
    if word in _STAMPS:
        return "stamp"
    if word in _COUNTED:
        return "counted"
    return "filler" if word in _CLASSES["filler"] else _class_of_number(word)


def _class_of_number(word: str) -> str:
    """Return "number" (also 9th), "time" (a colon, or a suffix as in 1:58pm, 1358gmt) or "other"."""
    end = 0
    while end < len(word) and (word[end].isdecimal() or word[end] in _IN_NUMBERS):
        end += 1
    number, suffix = word[:end], word[end:]
    if not number.translate(_WITHOUT_MARKS).isdecimal():
        return "other"
    if suffix in _TIME_SUFFIXES or (not suffix and ":" in number):
        return "time"
    return "number" if suffix in _ORDINAL_SUFFIXES else "other"
