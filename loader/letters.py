r"""Letters of every alphabet with capitals, as the inside of a class of a regular expression.

`\w` does not tell capitals from small letters, and `[A-Z]` misses the É of Étienne. Letters outside the Basic
Multilingual Plane are left out: few living alphabets have capitals there (Adlam, Osage).
"""

from __future__ import annotations

import unicodedata
from itertools import groupby

_LAST = 0xFFFF


def _class(*categories: str) -> str:
    """Return the characters of some general categories of Unicode, runs of them as ranges."""
    codes = [code for code in range(_LAST + 1) if unicodedata.category(chr(code)) in categories]
    ranges = []
    for _, group in groupby(enumerate(codes), lambda pair: pair[1] - pair[0]):
        run = [code for _, code in group]
        ranges.append(f"{chr(run[0])}-{chr(run[-1])}" if len(run) > 1 else chr(run[0]))
    return "".join(ranges)


CAPITALS = _class("Lu", "Lt")
SMALL = _class("Ll")
