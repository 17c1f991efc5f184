"""Text with marked spans as HTML: escaped, well nested even where spans cross."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

NOTHING = Markup()


@dataclass(frozen=True, slots=True)
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
    position = offset
    waiting = 0
    while waiting < len(inside) or opened:
        next_end = min((span.end for span in opened), default=limit + 1)
        next_start = max(inside[waiting].start, offset) if waiting < len(inside) else limit + 1
        boundary = min(next_end, next_start, limit)
        pieces.append(escape(text[position - offset : boundary - offset]))
        position = boundary
        if next_end <= next_start or boundary == limit:
            _close(pieces, opened, boundary, limit)
        else:
            span = inside[waiting]
            waiting += 1
            pieces.append(span.opening(first=span.start >= offset))
            opened.append(span)
        if boundary == limit and not opened:
            break
    pieces.append(escape(text[position - offset :]))
    return Markup().join(pieces)


def _close(pieces: list[Markup], opened: list[Span], boundary: int, limit: int) -> None:
    """Closes what ends at the boundary, and reopens what was opened inside it and goes on."""
    reopened: list[Span] = []
    while opened and (boundary == limit or any(span.end <= boundary for span in opened)):
        span = opened.pop()
        ends = span.end <= boundary
        pieces.append(span.closing(last=ends))
        if not ends and boundary < limit:
            reopened.append(span)
    for span in reversed(reopened):
        pieces.append(span.opening(first=False))
        opened.append(span)
