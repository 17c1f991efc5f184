"""Text with marked spans as HTML: escaped, well nested even where spans cross."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from markupsafe import Markup, escape

NOTHING = Markup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of characters to put between tags.

    Attributes:
        start: offset of its first character (code points).
        end: offset after its last one.
        tag: the element's name.
        attributes: its attributes, escaped, with a leading space.
        identifier: its id; only its first piece gets it, since an id stands once on a page.
        after: what follows the element, once, at the span's end.
    """

    start: int
    end: int
    tag: str
    attributes: Markup = NOTHING
    identifier: str = ""
    after: Markup = NOTHING

    def opening(self, first: bool) -> Markup:
        """The opening tag."""
        identifier = Markup(' id="{}"').format(self.identifier) if first and self.identifier else Markup()
        return Markup("<{}{}{}>").format(self.tag, identifier, self.attributes)

    def closing(self, last: bool) -> Markup:
        """The closing tag and what follows it."""
        return Markup("</{}>{}").format(self.tag, self.after if last else Markup())


def apart(spans: Iterable[Span]) -> list[Span]:
    """Leaves out each span that overlaps an earlier one: links must not stand inside links."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def mark(text: str, offset: int, spans: Iterable[Span]) -> Markup:
    """Puts spans between tags.

    Args:
        text: the text of one block.
        offset: where it starts, in the unit of the spans (code points of the file).
        spans: what to mark; they may lie partly outside the text, nest and cross.

    Returns:
        The text, escaped, with its marks.
    """
    limit = offset + len(text)
    inside = [span for span in spans if span.start < limit and span.end > offset and span.start < span.end]
    inside.sort(key=lambda span: (span.start, -span.end))
    pieces: list[Markup] = []
    opened: list[Span] = []
    ends: list[int] = []  # of what is open, the next one first
    position = offset
    for span in inside:
        start = max(span.start, offset)
        while ends and ends[0] <= start:
            position = _text_to(pieces, text, offset, position, ends[0])
            _close(pieces, opened, ends, position)
        position = _text_to(pieces, text, offset, position, start)
        pieces.append(span.opening(first=span.start >= offset))
        opened.append(span)
        heappush(ends, span.end)
    while ends and ends[0] <= limit:
        position = _text_to(pieces, text, offset, position, ends[0])
        _close(pieces, opened, ends, position)
    _text_to(pieces, text, offset, position, limit)
    pieces.extend(span.closing(last=False) for span in reversed(opened))
    return Markup().join(pieces)


def _text_to(pieces: list[Markup], text: str, offset: int, position: int, end: int) -> int:
    """Adds the text from a position to another, escaped, and returns the latter."""
    pieces.append(escape(text[position - offset : end - offset]))
    return end


def _close(pieces: list[Markup], opened: list[Span], ends: list[int], boundary: int) -> None:
    """Closes what ends at the boundary, and reopens what was opened inside it and goes on."""
    ending = 0
    while ends and ends[0] <= boundary:
        heappop(ends)
        ending += 1
    reopened: list[Span] = []
    while ending:
        span = opened.pop()
        last = span.end <= boundary
        pieces.append(span.closing(last))
        if last:
            ending -= 1
        else:
            reopened.append(span)
    for span in reversed(reopened):
        pieces.append(span.opening(first=False))
        opened.append(span)
