"""Splits an article's text into its paragraphs, each with a role."""

from __future__ import annotations

from collections.abc import Sequence

from loader.extract.discourse import text_patterns


def split_blocks(text: str, roles: Sequence[str] | None) -> list[tuple[int, int, str]]:
    """Splits a text at blank lines (and, where lines are paragraphs, at line ends).

    Args:
        text: folded text.
        roles: a role for each block, or None.

    Returns:
        Start, end and role of each paragraph.

    Raises:
        ValueError: where `roles` does not fit.
    """
    spans: list[tuple[int, int]] = []
    position = 0
    for match in text_patterns.BLOCK_BREAK.finditer(text):
        if text[position : match.start()].strip():
            spans.append((position, match.start()))
        position = match.end()
    if text[position:].strip():
        spans.append((position, len(text)))
    if roles is not None and len(roles) != len(spans):
        raise ValueError(f"{len(roles)} roles for {len(spans)} blocks; give one role for each block")
    blocks: list[tuple[int, int, str]] = []
    for number, (start, end) in enumerate(spans):
        role = roles[number] if roles is not None else _infer_role(text, start, end, number)
        if text.find("\n", start, end) < 0:
            blocks.append((start, end, role))
        else:
            blocks.extend((first, last, role) for first, last in _lines(text, start, end))
    return blocks


def _infer_role(text: str, start: int, end: int, number: int) -> str:
    closed = text[start:end].rstrip().endswith((".", "!", "?", "”", '"', ":", "…"))
    return "headline" if number == 0 and not closed else "body"


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A block's paragraphs: its lines, unless it is hard-wrapped."""
    if max(map(len, text[start:end].split("\n"))) <= 120:
        return [(start, end)]
    lines = []
    for match in text_patterns.LINE_BREAK.finditer(text, start, end):
        lines.append((start, match.start()))
        start = match.end()
    lines.append((start, end))
    return lines
