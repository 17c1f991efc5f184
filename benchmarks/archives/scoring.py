"""Compares what the reader found with how an archive was made."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from benchmarks.archives.making import Expected, ExpectedArticle, MadeArchive
from loader.records import Archive, Article, Block
from loader.text import one_line

FIELDS = ("headline", "outlet", "authors", "date")


@dataclass(slots=True)
class Difference:
    """One error: its class, where, and the words concerned."""

    kind: str
    doc_id: str
    paragraph: int | None
    wanted: str
    found: str


@dataclass(slots=True)
class Tally:
    """Counts over archives.

    Attributes:
        articles: how many were put in.
        right: articles by field that came out right; "exact" where all fields did.
        paragraphs: (all, right) by role: same span, role and article.
        false_starts: articles found where none begins.
        by_form: (all, exact) by the form that was drawn, such as ("separator", "stars").
        differences: every error.
    """

    articles: int = 0
    right: Counter[str] = field(default_factory=Counter)
    paragraphs: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    false_starts: int = 0
    by_form: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    differences: list[Difference] = field(default_factory=list)

    def add(self, made: MadeArchive, archive: Archive) -> None:
        """Counts one archive."""
        matched, false = _matched(made, archive)
        self.false_starts += len(false)
        for article in false:
            self._differ("false start", "", None, "", f"{article.headline!r} / {article.byline!r}")
        for number, expected in enumerate(made.articles):
            self._add_article(made, expected, archive, matched.get(number))

    def _add_article(
        self, made: MadeArchive, expected: ExpectedArticle, archive: Archive, found: Article | None
    ) -> None:
        self.articles += 1
        wanted = _wanted_fields(made, expected)
        got = _found_fields(found)
        right = [name for name in FIELDS if found and wanted[name] == got[name]]
        self.right.update(right)
        exact = len(right) == len(FIELDS)
        self.right["exact"] += exact
        for form in expected.forms.items():
            self.by_form[form][0] += 1
            self.by_form[form][1] += exact
        if found is None:
            kind = f"article missed, {expected.forms['source line']}"
            self._differ(kind, expected.doc_id, None, expected.headline, "")
        for name in FIELDS if found else ():
            if wanted[name] != got[name]:
                kind = f"{name}, {expected.forms['source line']}"
                self._differ(kind, expected.doc_id, None, str(wanted[name]), str(got[name]))
        blocks = {block.start: block for block in (found.blocks if found else ())}
        self._add_blocks(made, expected, blocks, archive)

    def _add_blocks(
        self, made: MadeArchive, expected: ExpectedArticle, blocks: dict[int, Block], archive: Archive
    ) -> None:
        for block in expected.blocks:
            if block.role in ("headline", "source_line"):
                continue
            counts = self.paragraphs[block.role]
            counts[0] += 1
            found = blocks.get(block.start)
            if found and (found.role, found.end) == (block.role, block.end):
                counts[1] += 1
            else:
                kind = f"{block.role} -> {_what(block, found, archive)}"
                text = one_line(made.text[block.start : block.end])
                self._differ(kind, expected.doc_id, block.paragraph, text, "")

    def _differ(self, kind: str, doc_id: str, paragraph: int | None, wanted: str, found: str) -> None:
        self.differences.append(Difference(kind, doc_id, paragraph, wanted, found))


def _what(block: Expected, found: Block | None, archive: Archive) -> str:
    """What became of a block that is not as expected."""
    if found:
        return found.role if found.role != block.role else "other span"
    at = bisect_right(archive.blocks, block.start, key=lambda other: other.start) - 1
    holder = archive.blocks[at] if at >= 0 else None
    if holder is None or holder.end <= block.start:
        return "nothing"
    return f"{holder.role} elsewhere" if holder.start == block.start else f"inside {holder.role}"


def _matched(made: MadeArchive, archive: Archive) -> tuple[dict[int, Article], list[Article]]:
    """Each expected article's number to the found one whose source line (or start) lies in it; the rest."""
    starts = [article.blocks[0].start for article in made.articles]
    matched: dict[int, Article] = {}
    false = []
    for article in archive.articles:
        anchor = next((block.start for block in article.blocks if block.role == "source_line"), article.start)
        number = bisect_right(starts, anchor) - 1
        inside = number >= 0 and anchor < made.articles[number].blocks[-1].end
        if inside and number not in matched:
            matched[number] = article
        elif inside and article.byline and _holds_source(made.articles[number], anchor):
            false.append(matched[number])
            matched[number] = article
        else:
            false.append(article)
    return matched, false


def _holds_source(expected: ExpectedArticle, at: int) -> bool:
    return any(block.role == "source_line" and block.start <= at < block.end for block in expected.blocks)


def _wanted_fields(made: MadeArchive, expected: ExpectedArticle) -> dict[str, object]:
    headline = next(block for block in expected.blocks if block.role == "headline")
    return {
        "headline": one_line(made.text[headline.start : headline.end]),
        "outlet": expected.outlet,
        "authors": expected.authors,
        "date": expected.published,
    }


def _found_fields(found: Article | None) -> dict[str, object]:
    if found is None:
        return dict.fromkeys(FIELDS)
    return {
        "headline": found.headline,
        "outlet": found.publication,
        "authors": tuple(author.name for author in found.authors),
        "date": found.published,
    }
