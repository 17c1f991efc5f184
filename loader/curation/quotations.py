"""Fields of a quotation: its span and kind, speaker, cue, utterance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from loader.curation.row import RULE, Basis, Row
from loader.records import QUOTE_KINDS, SPEAKER_KINDS, Content, Quote
from loader.text import fold


def correct_quote(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
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
        start=row.start,
        end=row.end,
        text=fold(row.text),
        kind=row.corrected,
        utterance=utterance,
        speaker_text=None,
        speaker_start=None,
        speaker_end=None,
        speaker_name=None,
        speaker_kind=None,
        speaker_description=None,
        cue=None,
        cue_start=None,
        cue_end=None,
        nested_in=None,
        rule=RULE,
    )
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


def correct_speaker(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Sets the full name of a speaker, or with an empty value takes it away."""
    index = _known_quote(row, content)
    quote = content.quotes[index]
    name = row.corrected or None
    # What introduced somebody else does not introduce this speaker.
    description = quote.speaker_description if name == quote.speaker_name else None
    changed = _changed_quote(content, index, speaker_name=name, speaker_description=description)
    return quote.speaker_name or "", changed


def correct_description(row: Row, content: Content, basis: Basis) -> tuple[str, Content]:
    """Sets how the article introduces a speaker."""
    index = _known_quote(row, content)
    article = content.article
    if row.corrected and fold(row.corrected) not in fold(basis.archive.text[article.start : article.end]):
        raise row.error(f"“{row.corrected}” does not stand in the article; give the words as printed")
    found = content.quotes[index].speaker_description or ""
    return found, _changed_quote(content, index, speaker_description=fold(row.corrected) or None)


def correct_speaker_kind(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Sets the kind of a speaker."""
    index = _known_quote(row, content)
    if row.corrected and row.corrected not in SPEAKER_KINDS:
        raise row.error(
            f"there is no kind “{row.corrected}”; use one of {', '.join(SPEAKER_KINDS)}, or nothing"
        )
    found = content.quotes[index].speaker_kind or ""
    return found, _changed_quote(content, index, speaker_kind=row.corrected or None)


def join_utterance(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Joins a quotation to the utterance of the one whose offset is given."""
    index = _known_quote(row, content)
    others = [quote for quote in content.quotes if str(quote.start) == row.corrected]
    if not others:
        raise row.error("utterance takes the start of the quotation whose utterance this one continues")
    found = str(content.quotes[index].utterance)
    return found, _changed_quote(content, index, utterance=others[0].utterance)


def correct_printed(part: str) -> Callable[[Row, Content, Basis], tuple[str, Content]]:
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
        if words == found:  # also if the same words stand nearer: the ones that were found are the right ones
            return found, content
        start = _nearest(basis.archive.text, words, quote, content)
        if start is None:
            raise row.error(f"“{row.corrected}” does not stand in the article; give the words as printed")
        changes = {text_field: words, f"{part}_start": start, f"{part}_end": start + len(words)}
        return found, _changed_quote(content, index, **changes)

    return apply


def _nearest(text: str, words: str, quote: Quote, content: Content) -> int | None:
    best: int | None = None
    article = content.article
    folded = fold(text[article.start : article.end])
    found = folded.find(words)
    while found >= 0:
        at = article.start + found
        outside = at + len(words) <= quote.start or at >= quote.end
        if outside and (best is None or _gap(at, quote) < _gap(best, quote)):
            best = at
        found = folded.find(words, found + 1)
    return best


def _gap(at: int, quote: Quote) -> int:
    return quote.start - at if at < quote.start else at - quote.end
