"""Compares found quotations with annotated ones: spans, speakers, and both together.

The unit is one marked segment in one paragraph; what runs over a line break is cut there. Two spans agree
where they share at least eight tenths of their characters, after blanks, marks and closing punctuation
are taken off both ends. Matching is one to one, best agreement first. A speaker agrees where its offsets
overlap the annotated mention, or its words name the same source.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from loader.records import Quote

_EDGE = frozenset("\"“”„‟«»'‘’`‚‹›,.;:\u200b\u200e\u200f\u202a\u202c\ufeff")
_AGREEMENT = 0.8
_NOT_CLAIMED = ("scare", "title")
_PRONOUNS = frozenset(
    "he she they it i we you him her them his their who one its our my your".split()  # noqa: SIM905
)
_LIGHT = frozenset(
    "the a an mr mrs ms dr sen rep gov president senator former s of and to in for on at by with from that"  # noqa: SIM905
    " this his her their its jr sr".split()
)
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_GENITIVE = re.compile(r"['’]s$")
_MODIFIER = re.compile(r"\s(?:for|at|from|with|to|by|who|whose|which|that)\s[^,—]*")

Span = tuple[int, int]


class Article(NamedTuple):
    """An annotated article.

    Attributes:
        name: its identifier.
        text: the text; all offsets count in it.
        quotes: annotated quotations, as in the corpus file.
        ignored: regions in which nothing counts.
    """

    name: str
    text: str
    quotes: list[dict[str, Any]]
    ignored: list[Span]


class Claim(NamedTuple):
    """A found quotation, or its part in one paragraph."""

    start: int
    end: int
    quote: Quote


class Pair(NamedTuple):
    """An annotated quotation with the claim that matched it, if any."""

    gold: dict[str, Any]
    claim: Claim | None
    speaker_agrees: bool
    mark: str


class Result(NamedTuple):
    """What one article's comparison gave."""

    pairs: list[Pair]
    false_alarms: list[Claim]


class Figures(NamedTuple):
    """Precision, recall and F1 in per cent."""

    precision: float
    recall: float
    f1: float


def read_articles(path: Path) -> list[Article]:
    """Reads a corpus file, one JSON object a line."""
    articles = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            ignored = [(region["start"], region["end"]) for region in row.get("ignore", ())]
            articles.append(Article(row["doc_id"], row["text"], row["quotes"], ignored))
    return articles


def stripped(text: str, start: int, end: int) -> Span:
    """A span without blanks, marks and light punctuation at its ends."""
    while start < end and (text[start].isspace() or text[start] in _EDGE):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _EDGE):
        end -= 1
    return start, end


def compare(article: Article, quotes: Iterable[Quote]) -> Result:
    """Matches one article's found quotations with its annotated ones."""
    text = article.text
    claims = _claims(text, quotes)
    gold = [(stripped(text, row["start"], row["end"]), row) for row in article.quotes]
    gold = [(span, row) for span, row in gold if span[0] < span[1]]
    matched = _match([(claim.start, claim.end) for claim in claims], [span for span, _ in gold])
    claim_of = {gold_index: claims[claim_index] for claim_index, gold_index in matched}
    pairs = []
    for index, (span, row) in enumerate(gold):
        claim = claim_of.get(index)
        agrees = claim is not None and speaker_agrees(row, claim.quote)
        pairs.append(Pair(row, claim, agrees, mark_of(text, span)))
    used = {claim_index for claim_index, _ in matched}
    alarms = [
        claim
        for index, claim in enumerate(claims)
        if index not in used and not any(start <= claim.start < end for start, end in article.ignored)
    ]
    return Result(pairs, alarms)


def mark_of(text: str, span: Span) -> str:
    """The style of the mark before a stripped span: "curly", "straight", "single" or "none"."""
    before = text[max(0, span[0] - 2) : span[0]]
    for mark in reversed(before):
        if mark in "“”„‟":
            return "curly"
        if mark == '"':
            return "straight"
        if mark in "'‘’":
            return "single"
    return "none"


def _claims(text: str, quotes: Iterable[Quote]) -> list[Claim]:
    claims, seen = [], set()
    for quote in quotes:
        if quote.nested_in is not None or quote.kind in _NOT_CLAIMED:
            continue
        start = quote.start
        while start < quote.end:
            line_end = text.find("\n", start, quote.end)
            line_end = quote.end if line_end < 0 else line_end
            span = stripped(text, start, line_end)
            if span[0] < span[1] and span not in seen:
                seen.add(span)
                claims.append(Claim(*span, quote))
            start = line_end + 1
    return claims


def _match(claims: list[Span], gold: list[Span]) -> list[tuple[int, int]]:
    order = sorted(range(len(gold)), key=lambda index: gold[index])
    ends = [gold[index][1] for index in order]
    candidates = []
    for claim_index, claim in enumerate(claims):
        position = bisect_left(sorted(ends), claim[0] + 1) if ends else 0
        for gold_index in order[max(0, position - 2) :]:
            if gold[gold_index][0] >= claim[1]:
                break
            agreement = _agreement(claim, gold[gold_index])
            if agreement >= _AGREEMENT:
                candidates.append((-agreement, claim_index, gold_index))
    used_claims: set[int] = set()
    used_gold: set[int] = set()
    matched = []
    for _, claim_index, gold_index in sorted(candidates):
        if claim_index not in used_claims and gold_index not in used_gold:
            used_claims.add(claim_index)
            used_gold.add(gold_index)
            matched.append((claim_index, gold_index))
    return matched


def _agreement(one: Span, other: Span) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared / (max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def speaker_agrees(gold: dict[str, Any], quote: Quote) -> bool:
    """Whether a found speaker is the annotated mention (or both are missing)."""
    name = gold.get("speaker")
    if not name:
        return not quote.speaker_text
    if quote.speaker_text is None or quote.speaker_start is None or quote.speaker_end is None:
        return False
    spans = gold.get("speaker_spans") or []
    same = _same_source(quote.speaker_text, name)
    if spans:
        length = sum(end - start for start, end in spans)
        overlaps = any(quote.speaker_start < end and start < quote.speaker_end for start, end in spans)
        overlaps = overlaps and quote.speaker_end - quote.speaker_start <= 3 * length + 40
        same = overlaps or (same and gold.get("speaker_type") != "pronoun")
    return same and _shares_head(quote.speaker_text, name)


def _words(text: str) -> list[str]:
    return [word for word in (_GENITIVE.sub("", word) for word in _WORD.findall(text)) if word]


def _same_source(found: str, gold: str) -> bool:
    one, other = _words(found), _words(gold)
    if not one or not other:
        return False
    low, other_low = [word.lower() for word in one], [word.lower() for word in other]
    if low == other_low:
        return True
    if (len(low) == 1 and low[0] in _PRONOUNS) or (len(other_low) == 1 and other_low[0] in _PRONOUNS):
        return False
    heavy = {word for word in low if word not in _LIGHT} or set(low)
    other_heavy = {word for word in other_low if word not in _LIGHT} or set(other_low)
    if heavy <= other_heavy or other_heavy <= heavy:
        return True
    names = [word.lower() for word in one if word[0].isupper() and word.lower() not in _LIGHT]
    other_names = [word.lower() for word in other if word[0].isupper() and word.lower() not in _LIGHT]
    return bool(names and other_names and (names[-1] in other_names or other_names[-1] in names))


def _shares_head(found: str, gold: str) -> bool:
    head = {word.lower() for word in _words(_MODIFIER.sub(" ", " " + gold))}
    head = {word for word in head if word not in _LIGHT} or head
    return not head or bool(head & {word.lower() for word in _words(found)})


def figures(hits: int, claimed: int, annotated: int) -> Figures:
    """Precision, recall and F1 in per cent from counts."""
    precision = 100 * hits / claimed if claimed else 0.0
    recall = 100 * hits / annotated if annotated else 0.0
    return Figures(precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0)


def soft_and_joint(results: Iterable[Result]) -> tuple[Figures, Figures]:
    """Figures for spans, and for spans with the right speaker."""
    hits = joint = annotated = alarms = 0
    for result in results:
        hits += sum(pair.claim is not None for pair in result.pairs)
        joint += sum(pair.speaker_agrees for pair in result.pairs)
        annotated += len(result.pairs)
        alarms += len(result.false_alarms)
    return figures(hits, hits + alarms, annotated), figures(joint, hits + alarms, annotated)


def by_class(results: Iterable[Result]) -> dict[str, tuple[int, int, int]]:
    """For each class of annotated quotations: how many, found, found with the right speaker."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for result in results:
        for pair in result.pairs:
            gold = pair.gold
            where = "other paragraph" if "para" in gold["speaker_pos"] else gold["speaker_pos"]
            kind = "partial" if gold["kind"] == "mixed" else gold["kind"]
            for name in (
                f"speaker {where}",
                f"speaker is {gold['speaker_type']}",
                kind,
                f"{pair.mark} marks",
            ):
                counts[name][0] += 1
                counts[name][1] += pair.claim is not None
                counts[name][2] += pair.speaker_agrees
    return {name: (count[0], count[1], count[2]) for name, count in sorted(counts.items())}


def by_rule(results: Iterable[Result]) -> dict[str, tuple[int, int, int]]:
    """For each attribution rule: claims, those that are annotated, those with the right speaker."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for result in results:
        for pair in result.pairs:
            if pair.claim is not None:
                count = counts[pair.claim.quote.rule.split("+")[1]]
                count[0] += 1
                count[1] += 1
                count[2] += pair.speaker_agrees
        for claim in result.false_alarms:
            counts[claim.quote.rule.split("+")[1]][0] += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1][0], item[0]))
    return {name: (count[0], count[1], count[2]) for name, count in ordered}
