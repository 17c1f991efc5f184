"""Pull quotes whose marks hold the speaker's name as well: "We will rebuild.⏎Lena Brandt, engineer."."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loader.extract.discourse.lexicon import Lexicon
from loader.extract.discourse.marked_text import Segment
from loader.extract.discourse.tagged_paragraph import Clauses
from loader.extract.quotes.attribution.cues_after import signature
from loader.extract.quotes.marks import mark_patterns

_LONGEST = 120  # characters of a line that names a speaker
_CLOSED = frozenset(".!?…")


def part_signatures(
    text: str,
    blocks: Sequence[tuple[int, int, str]],
    segments: list[list[Segment]],
    lexicon: Lexicon,
) -> list[list[Segment]]:
    """Ends quotations before a signature that stands inside their marks.

    Where the lines are paragraphs of their own, the pairing of marks has made two segments of the quotation
    and its signature; the second one goes.

    Args:
        text: folded text.
        blocks: the paragraphs.
        segments: the segments of each paragraph, as `marks.find_segments` returns them.
        lexicon: word classes.

    Returns:
        The segments without their signatures.
    """
    parted = []
    for number, block in enumerate(segments):
        if not block:
            parted.append(block)
            continue
        kept = [
            _without_signature(text, segment, lexicon) if segment.depth == 0 else segment for segment in block
        ]
        below = number and kept and segments[number - 1]
        if below and _signs(text, blocks[number], kept[0], segments[number - 1][-1], lexicon):
            del kept[0]
        parted.append(kept)
    return parted


def _without_signature(text: str, segment: Segment, lexicon: Lexicon) -> Segment:
    """A segment without its last line, where that line is a name."""
    line = text.rfind("\n", max(segment.start, segment.end - _LONGEST), segment.end)
    if line < 0:
        return segment
    end = line
    while end > segment.start and text[end - 1].isspace():
        end -= 1
    if text[end - 1] not in _CLOSED or not _is_signature(text, line + 1, segment.end, lexicon):
        return segment
    return replace(segment, end=end, outer_end=end, flaw="missing_closing_mark")


def _signs(
    text: str, block: tuple[int, int, str], segment: Segment, above: Segment, lexicon: Lexicon
) -> bool:
    """Whether a paragraph is the second half of a pull quote: a name and the closing mark."""
    return (
        segment.flaw == "missing_opening_mark"
        and above.flaw == "missing_closing_mark"
        and text[above.end : segment.start].strip() == ""
        and segment.outer_end == block[1]
        and segment.end - segment.start <= _LONGEST
        and _is_signature(text, segment.start, segment.end, lexicon)
    )


def _is_signature(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    if mark_patterns.MARK.search(text, start, end):
        return False
    return signature(Clauses(text, start, end, (), lexicon), 0) is not None
