"""Texts in one shape of any length, each meant to make one step of the loader work too hard.

A step whose work grows with the square of the length shows itself on one of them: many of a thing that
might be compared with all others, one thing that is very long, things opened and never closed.
"""

from __future__ import annotations

from collections.abc import Callable

Shape = Callable[[int], str]

# Repeated to the length asked for.
_PIECES: dict[str, str] = {
    # lines
    "blank lines": "\n",
    "blanks": " ",
    "blanks at line ends": "a          \n",
    "lines of one letter": "a\n",
    "lines that go on": "and so\n",
    "wrapped lines": "The city council of Graz met on the first of May to talk of bees and limes,\nand ",
    "carriage returns": "a\r",
    "line separators": "a\u2028b\u2029",
    "characters without a width": "\u200b",
    "characters without a width on lines": "\u200b\n",
    "characters without a width between words": "a \u200b\u2060 b ",
    "marks from right to left": "\u202e\u2067שלום\u202c ",
    "combining marks": "e\u0301\u0302\u0303",
    "emoji": "👩\u200d👩\u200d👧🏽 ",
    "unassigned code points": "\u0378\U000e0fff ",
    # blocks
    "separators": "***\n\n",
    "dashes": "-",
    "stars": "*",
    "open brackets": "[",
    "open brackets on lines": "[See\n",
    "closed brackets": "[See our reports] and ",
    "footnotes": "[1] http://example.org/a?b=c\n\n",
    "bullets": "- milk\n",
    "numbers": "1. eggs\n",
    "digits": "1",
    "also see": "Also see:\n\nBees return to Graz\n\n",
    "headlines": "Bees Return To The Roofs Of Graz\n\n",
    "credits": "ANN LEE/AFP\n\n",
    "captions": "Bees on a roof in Graz, May 3, 2018. (Photo: Ann Lee/AFP)\n\n",
    "image files": "map-of-river.jpg\n\n",
    "image names glued together": "map-of-river.jpg",
    "legends": "Map legend:\n\nRed areas: held\n\n",
    "dates": "May 3, 2018, ",
    "dates with weekdays": "Thursday, May 3, 2018, ",
    "weekdays": "Thursday, ",
    "ordinals": "3rd of May ",
    "source lines": "The Courier, by Eva Lang, May 3, 2018:\n\n",
    "source lines without an end": "The Courier, by Eva Lang and ",
    "names after by": "by Eva Lang, ",
    "names joined": "Eva Lang and ",
    "by": "by ",
    "commas": ", ",
    "colons": "a: ",
    "headers": "Bees return to Graz\n\nThe Courier, by Eva Lang, May 3, 2018:\n\n",
    "articles": "Bees return to Graz\n\nThe Courier, by Eva Lang, May 3, 2018:\n\n“No,” said Huber.\n\n",
    "datelines": "GRAZ, Austria – Bees.\n\n",
    "author notes": "Eva Lang is a writer in Vienna.\n\n",
    "links": "http://example.org/a?b=c ",
    "one link": "/a.b-c?d=",
    "stops": ".",
    "abbreviations": "U.S. ",
    "apostrophes": "'",
    # quotations and places
    "opening marks": "“",
    "straight marks": '"',
    "quotations": "“We won,” Lena Brandt said. ",
    "quotations of paragraphs": "“We won,” said Lena Brandt.\n\n",
    "quotations that stay open": "“We won, she said.\n\n",
    "places": "Aleppo, Syria; Graz, Austria; ",
    "places quoted": "“In Aleppo and Homs,” he said. ",
    "capitals": "Brandt ",
    "capitals joined": "Brandt-",
    "of": "University of ",
    "long word": "a",
    "long capital": "A",
    "titles": "Mr. ",
}  # fmt: skip


def _numbered(piece: str) -> Shape:
    """Pieces that differ in a number, so that nothing is found in a table of what was seen."""

    def made(size: int) -> str:
        count = max(1, size // len(piece.format(n=1000, letter="abc")))
        return "".join(piece.format(n=number, letter=_letters(number)) for number in range(count))

    return made


def _letters(number: int) -> str:
    """A number in letters: 0 a, 25 z, 26 ba."""
    digits = ""
    while True:
        number, digit = divmod(number, 26)
        digits = chr(97 + digit) + digits
        if not number:
            return digits


_NUMBERED: dict[str, str] = {
    "news": (
        "Bees return to {letter}\n\nThe Courier, by Eva Lang, May 3, 2018:\n\n"
        "GRAZ, Austria – The bees of the city are back on its roofs, the council said on Thursday.\n\n"
        "“They never left,” said Karl Huber, who keeps twelve hives on the old brewery. “They went to the "
        "limes by the river, and the limes were felled last year.”\n\n"
        "The council has planted three hundred trees since, most of them in streets east of the river.\n\n"
        "“We count them in May and again in July,” Lena Brandt, a biologist in Vienna, told the council.\n\n"
    ),
    "many outlets": "Bees return to Graz\n\nThe {letter} Courier, by Eva Lang, May 3, 2018:\n\nSo it is.\n\n",
    "many authors": "Bees return to Graz\n\nThe Courier, by Eva{letter} Lang, May 3, 2018:\n\nSo it is.\n\n",
    "many headlines": "Bees return to {letter}\n\nThe Courier, by Eva Lang, May 3, 2018:\n\nSo it is.\n\n",
    "many speakers": "“We won,” said Lena{letter} Brandt{letter}. ",
    "many speakers of one surname": "“We won,” said Lena{letter} Brandt. ",
    "many speakers of one name and another": "“We won,” said Carlos Ruiz Brandt{letter}. ",
    "many organisations of the same initials": "“We won,” the Party of Bavaria{letter} said. ",
    "many speakers of one office": "“We won,” said the mayor, Lena{letter} Brandt{letter}.\n\n",
    "many links": "https://example.org/{letter} ",
    "many footnotes": "[{n}] http://example.org/{n}\n\n",
    "many dates": "May 3, {n}, ",
}


def _around(opening: str, piece: str, closing: str) -> Shape:
    """One thing that is as long as the text: a piece repeated between a beginning and an end."""

    def made(size: int) -> str:
        return opening + piece * (max(0, size - len(opening) - len(closing)) // len(piece)) + closing

    return made


SHAPES: dict[str, Shape] = {
    **{name: _around("", piece, "") for name, piece in _PIECES.items()},
    **{name: _numbered(piece) for name, piece in _NUMBERED.items()},
    "nested quotations": lambda size: "“‘" * (size // 4) + "a" + "’”" * (size // 4),
    "one quotation": _around("“", "We won and lost. ", "” Lena Brandt said."),
    "one headline": _around("", "Bees Return ", "\n\nThe Courier, by Eva Lang, May 3, 2018:\n\nSo it is."),
    "one source line": _around("Bees return\n\nThe Courier, by ", "Eva Lang, ", "May 3, 2018:\n\nSo it is."),
    "one outlet": _around("Bees return\n\nThe ", "Morning ", "Courier, by Eva Lang, May 3, 2018:\n\nSo."),
    "one bracket": _around("Bees return. [See ", "our reports and ", "more]"),
    "one caption": _around(
        "Bees return\n\n(Photo: ", "Ann Lee, ", "AFP)\n\nThe Courier, May 3, 2018:\n\nNo."
    ),
    "one link in all": _around("See http://example.org/", "a/b", " for it."),
    "one paragraph of an article": _around(
        "Bees return\n\nThe Courier, by Eva Lang, May 3, 2018:\n\n", "“We won,” said Huber of Graz. ", ""
    ),
    "an article of paragraphs": _around(
        "Bees return\n\nThe Courier, by Eva Lang, May 3, 2018:\n\n", "“We won,” said Huber of Graz.\n\n", ""
    ),
    "a dated article of captions": _around(
        "Bees return\n\nThe Courier, by Eva Lang, May 3, 2018:\n\n", "On Friday, May 3, all was well.\n\n", ""
    ),
}
