"""Makes archives of any size in the shape of the seed archive: round-ups of articles, a file each.

Each file follows from its number and the seed alone, so the first 10 MB of an archive of 100 MB are the
archive of 10 MB, byte for byte, and nothing but the file at hand is in memory. The bytes stay the same as
long as the loader's tables of names and places do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.archives.making import printed_date
from benchmarks.speed.names import Names, names
from benchmarks.speed.templates import Templates, seed_templates

# Shares of files by size: least and most bytes. Most are like the seed archive, 38 KB of seven articles.
_SIZES = ((0.85, 20_000, 60_000), (0.10, 3_000, 20_000), (0.05, 60_000, 400_000))
_FILES_A_FOLDER = 1000
_FIRST_DAY = date(2005, 1, 1)
_DAYS = 7300
# How often an article has what the seed's seven have once or twice; one paragraph in four has marks there.
_SHARES = {"credit": 0.15, "caption": 0.2, "standfirst": 0.1, "bio": 0.15, "footnotes": 0.05}
_QUOTING = 0.27
# Of a paragraph; the templates count some pairs of sentences as one.
_SENTENCES = (1, 1, 2)
_FEWEST_PARAGRAPHS, _MOST_PARAGRAPHS = 6, 32
_DATE_FORMS = ("{ap} {day}, {year}", "{ap} {day}, {year}", "{month} {day}, {year}")
_SEPARATORS = ("***\n\n", "Also see:\n\n", "***\n\nAlso see:\n\n", "")


class MadeArticle(NamedTuple):
    """An article as it was made.

    Attributes:
        text: how it stands in the file, with the blank line after it.
        headline: its headline.
        outlet: its publication.
        authors: who signs it.
        published: its date, ISO 8601.
        quotes: how many quotations the templates of its paragraphs hold.
    """

    text: str
    headline: str
    outlet: str
    authors: tuple[str, ...]
    published: str
    quotes: int


class Made(NamedTuple):
    """How much was made."""

    bytes: int
    files: int
    articles: int
    quotes: int


def make_archive(folder: Path, size: int, seed: int = 1) -> Made:
    """Writes an archive of many files.

    Args:
        folder: an empty folder, or one to be made.
        size: bytes; the archive ends with the article with which it reaches them.
        seed: another one gives other texts.

    Returns:
        How much was written.
    """
    total = files = articles = quotes = 0
    while total < size:
        content = bytearray()
        for article in file_articles(files, seed):
            content += article.text.encode()
            articles += 1
            quotes += article.quotes
            if total + len(content) >= size:
                break
        file = folder / f"{files // _FILES_A_FOLDER:03d}" / f"{files:06d}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        total += len(content)
        files += 1
    return Made(total, files, articles, quotes)


def file_articles(number: int, seed: int = 1) -> Iterator[MadeArticle]:
    """Yields the articles of one file, as many as its size asks for."""
    random = Random(f"{seed} {number}")
    sizes, size = random.choices(_SIZES, [share for share, *_ in _SIZES])[0][1:], 0
    wanted = random.randint(*sizes)
    while size < wanted:
        article = _article(random, names(), seed_templates(), first=size == 0)
        size += len(article.text)
        yield article


def _article(random: Random, vocabulary: Names, templates: Templates, *, first: bool) -> MadeArticle:
    fillings = vocabulary.fillings(random)
    outlet = vocabulary.outlet(random)
    day = _FIRST_DAY + timedelta(days=random.randrange(_DAYS))
    number = random.choices((0, 1, 2), (15, 75, 10))[0]
    authors = tuple(vocabulary.author(random) for _ in range(number))
    fillings["author"] = " and ".join(authors)
    drawn = {role: random.random() < share for role, share in _SHARES.items()}
    headline = random.choice(templates.headlines) % fillings
    blocks = [headline]
    if drawn["credit"]:
        blocks.append(f"{fillings['person9'].upper()}/AFP")
    if drawn["caption"]:
        blocks.append(random.choice(templates.captions) % fillings)
    if drawn["standfirst"]:
        blocks.append(random.choice(templates.standfirsts) % fillings)
    printed = printed_date(random.choice(_DATE_FORMS), day)
    blocks.append(_source_line(outlet, fillings["author"], printed, signed=random.random() < 0.05))
    quotes = _add_body(blocks, random, templates, fillings)
    if drawn["footnotes"]:
        blocks += [note % fillings for note in templates.footnotes]
    if drawn["bio"] and number == 1:
        blocks.append(random.choice(templates.bios) % fillings)
    separator = "" if first else random.choice(_SEPARATORS)
    text = separator + "\n\n".join(blocks) + "\n\n"
    return MadeArticle(text, headline, outlet, authors, day.isoformat(), quotes)


def _source_line(outlet: str, author: str, printed: str, *, signed: bool) -> str:
    if author and signed:
        return f"by {author}\nSpecial to {outlet}\n{printed}"
    return f"{outlet}, by {author}, {printed}:" if author else f"{outlet}, {printed}:"


def _add_body(blocks: list[str], random: Random, templates: Templates, fillings: dict[str, str]) -> int:
    """Adds an article's paragraphs; none of its sentences stands there twice.

    Returns:
        How many quotations the paragraphs hold.
    """
    number = random.randint(_FEWEST_PARAGRAPHS, _MOST_PARAGRAPHS)
    quoting = sum(random.random() < _QUOTING for _ in range(number))
    paragraphs = random.sample(templates.paragraphs, min(quoting, len(templates.paragraphs)))
    lengths = [random.choice(_SENTENCES) for _ in range(number - len(paragraphs))]
    sentences = iter(random.sample(templates.sentences, sum(lengths)))
    body = [paragraph.text for paragraph in paragraphs]
    body += [" ".join(islice(sentences, length)) for length in lengths]
    random.shuffle(body)
    blocks += [text % fillings for text in body]
    return sum(paragraph.quotes for paragraph in paragraphs)
