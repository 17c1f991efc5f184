"""`python -m benchmarks.quotes.speaker_names [TRAIN.jsonl]`: is the speaker's full name the right one?

The gold beside this file names the speakers of 240 quotations, drawn at random from the articles of
PolNeAR's training part whose SHA-256 of `doc_id` begins with 0 to 3. Two readers named them independently,
from the text alone, and agreed on 239 (names are compared without case, accents and a leading "the"); these
are in the file, with all forms that either reader accepts.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from benchmarks import floors
from benchmarks.quotes.scoring import Article, Claim, compare, read_articles
from loader.extract.quotes import find_quotes

GOLD = Path(__file__).with_suffix(".csv")
FLOORS = Path(__file__).with_name("speaker_names_floors.csv")
TOLERANCE = 0.3  # points that a figure may fall below its floor
_SOURCES = {
    "person": "named",
    "organisation": "named",
    "joint": "named",
    "unnamed": "unnamed",
    "none": "unnamed",
}


class Gold(NamedTuple):
    """A quotation whose speaker two readers named.

    Attributes:
        start: offset of its first character in the article.
        end: offset behind its last character.
        kind: what its source is: a person, an organisation, an unnamed source or none.
        names: the accepted full names; empty if the text names none.
    """

    start: int
    end: int
    kind: str
    names: tuple[str, ...]


def read_gold(path: Path) -> dict[str, list[Gold]]:
    """Read the gold: the quotations of each article by its `doc_id`."""
    quotations = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = tuple(name for name in row["names"].split("|") if name)
            quotations[row["doc_id"]].append(Gold(int(row["start"]), int(row["end"]), row["kind"], names))
    return dict(quotations)


def same_name(name: str, other: str) -> bool:
    """Tell whether two names are the same but for case, accents, punctuation and a leading "the"."""
    return _folded(name) == _folded(other)


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "".join(filter(str.isalnum, re.sub(r"^the\s", "", letters)))


def is_right(gold: Gold, claim: Claim | None) -> bool:
    """Tell whether a found quotation has an accepted full name, or none if the text names nobody."""
    name = claim.quote.speaker_name if claim else None
    if not gold.names:
        return name is None
    return name is not None and any(same_name(name, accepted) for accepted in gold.names)


def judge(articles: list[Article], gold: dict[str, list[Gold]]) -> dict[str, list[bool]]:
    """Find the quotations of the gold's articles and judge their speakers' names.

    Returns:
        Whether each quotation's name is right, under "all" and under "named" or "unnamed".
    """
    right: dict[str, list[bool]] = {"all": [], "named": [], "unnamed": []}
    for article in articles:
        claims = {
            (pair.gold["start"], pair.gold["end"]): pair.claim
            for pair in compare(article, find_quotes(article.text)).pairs
        }
        for quotation in gold.get(article.name, ()):
            verdict = is_right(quotation, claims.get((quotation.start, quotation.end)))
            right["all"].append(verdict)
            right[_SOURCES[quotation.kind]].append(verdict)
    return right


def main() -> int:
    """Run the benchmark and print it; return 1 if a figure fell below its floor."""
    corpora = Path(os.environ.get("CORPORA", "../shared/corpora"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quotes.speaker_names", description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", default=corpora / "quotes" / "train.jsonl")
    parser.add_argument("--pin", action="store_true", help="write the figures as the new floors")
    arguments = parser.parse_args()
    gold = read_gold(GOLD)
    articles = [article for article in read_articles(arguments.corpus) if article.name in gold]
    right = judge(articles, gold)
    print(f"{'full name right':20}{'quotations':>11}{'%':>8}")
    for name, verdicts in right.items():
        print(f"{name:20}{len(verdicts):11}{100 * sum(verdicts) / len(verdicts):8.1f}")
    figures = {name: 100 * sum(verdicts) / len(verdicts) for name, verdicts in right.items()}
    if arguments.pin:
        floors.pin(FLOORS, figures, decimals=1)
        return 0
    return floors.check(FLOORS, figures, tolerance=TOLERANCE, decimals=1)


if __name__ == "__main__":
    sys.exit(main())
