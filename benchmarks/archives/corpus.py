"""Real articles to make archives of: headline and paragraphs, read from the corpora's files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.archives.tables import Row, table

# The places corpora whose documents carry a title.
_TITLED = ("lgl", "gwn")


@dataclass(frozen=True, slots=True)
class RealParagraph:
    """A paragraph of a real article.

    Attributes:
        number: its place in the corpus's article, from 0.
        role: body unless data/judged.csv says otherwise.
        text: on one line.
    """

    number: int
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class RealArticle:
    """An article of a corpus.

    Attributes:
        doc_id: its name in the corpus.
        headline: its title.
        standfirst: the second part of a title in two parts, or None.
        author: who signs, where the article itself says so, or None.
        paragraphs: in order.
    """

    doc_id: str
    headline: str
    standfirst: str | None
    author: str | None
    paragraphs: tuple[RealParagraph, ...]


def read_articles(corpora: Path) -> list[RealArticle]:
    """Reads every article with a title and a body.

    Args:
        corpora: the folder that holds quotes/ and places/.

    Returns:
        The articles in the files' order.
    """
    judged = {(row["doc_id"], int(row["paragraph"])): row for row in table("judged")}
    authors = {row["doc_id"]: row["author"] for row in table("judged") if row["author"]}
    articles = []
    for doc_id, title, texts in _documents(corpora):
        headline, _, standfirst = title.partition(";\n")
        paragraphs = tuple(
            paragraph
            for number, text in enumerate(texts)
            if (paragraph := _judged(number, text, judged.get((doc_id, number)))).role != "drop"
        )
        if paragraphs and _one_line(headline):
            standfirst = _one_line(standfirst)
            articles.append(
                RealArticle(doc_id, _one_line(headline), standfirst or None, authors.get(doc_id), paragraphs)
            )
    return articles


def _judged(number: int, text: str, judgement: Row | None) -> RealParagraph:
    """A paragraph with the role that a reader gave it, without a full stop that the corpus added."""
    if judgement is None:
        return RealParagraph(number, "body", text)
    text = text.removesuffix(".") if judgement["strip"] == "1" else text
    return RealParagraph(number, judgement["role"], text)


def _documents(corpora: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Every document as its name, its title (both parts) and its paragraphs."""
    for document in _lines(corpora / "quotes" / "train.jsonl"):
        title, *texts = document["text"].split("\n\n")
        # The corpus closes each title with a full stop, which no newspaper printed.
        title = "\n".join(part.strip() for part in title.split("\n")).removesuffix(".")
        yield document["doc_id"], title, _paragraphs(texts)
    for name in _TITLED:
        for document in _lines(corpora / "places" / f"{name}.jsonl"):
            title = document["title"].strip()
            text = document["text"].removeprefix(title).lstrip(". ")
            yield document["doc_id"], title, _paragraphs(text.split("\n"))


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _paragraphs(texts: list[str]) -> list[str]:
    return [text for text in map(_one_line, texts) if text]


def _one_line(text: str) -> str:
    return " ".join(text.split())
