"""A corpus as other archives would print it: other marks, or marks that got lost."""

from __future__ import annotations

import re
from collections.abc import Callable

from benchmarks.quotes.scoring import Article

_CURLY = str.maketrans("“”„‟", '""""')
_DOUBLE = re.compile(r'["“”„‟]')
_LOST = 10  # every tenth closing mark


def straight(article: Article) -> Article:
    """All curly double marks made straight; lengths stay, so do the annotations."""
    return article._replace(text=article.text.translate(_CURLY))


def single(article: Article) -> Article:
    """All double marks made single ones of the same direction."""
    table = str.maketrans('“”„‟"', "‘’‘‘'")
    return article._replace(text=article.text.translate(table))


def missing(article: Article) -> Article:
    """Every tenth closing mark blanked out; annotations stay, since a careful editor would put it back."""
    text = list(article.text)
    count = 0
    for row in article.quotes:
        last = row["end"] - 1
        if row.get("closed", True) and _DOUBLE.match(text[last]):
            count += 1
            if count % _LOST == 0:
                text[last] = "\u200b"
    return article._replace(text="".join(text))


VARIANTS: dict[str, Callable[[Article], Article]] = {
    "straight": straight,
    "single": single,
    "missing": missing,
}
# How far soft F1 may fall below the plain text's, in points.
ALLOWED = {"straight": 2.0, "single": 5.0, "missing": 5.0}
