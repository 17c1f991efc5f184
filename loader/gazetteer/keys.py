"""Keys under which a name is filed and looked up: one exact, one that forgives transliteration.

A key never leaves this package's tables; offsets are always those of the printed name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart into a plain letter and an accent.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th",
        "ħ": "h", "ə": "a", "ŋ": "n", "-": " ", "–": " ", "—": " ", "‐": " ", "‑": " ", "/": " ",
        "'": None, "’": None, "‘": None, "ʻ": None, "ʼ": None, "ʿ": None, "ʾ": None, "`": None,
        "´": None, ".": None, ",": None, "\u00ad": None,
    }
)  # fmt: skip
# A saint, a mountain or a fort is filed under the long word: "St. Louis" and "Saint Louis" are one key.
_SHORT_FORMS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
# Arabic articles, with the sun letters' assimilated forms and the Persian and Turkish spellings.
_ARTICLE = re.compile(r"[ae](?:l|d|r|s|sh|t|n|z|dh)|u[lsz]")
# Spellings that transliterations of one sound differ in, longest first so that "aou" is not cut short.
_SOUND = re.compile(r"kh|gh|dh|th|sh|ch|dj|ou|oo|aw|au|ow|ei|ey|ai|ay|ee|ie|ij$|[qcjeoywvz]")
_SOUNDS = {
    "kh": "h", "gh": "g", "dh": "d", "th": "t", "sh": "s", "ch": "s", "dj": "j", "ou": "u", "oo": "u",
    "aw": "u", "au": "u", "ow": "u", "ei": "i", "ey": "i", "ai": "i", "ay": "i", "ee": "i", "ie": "i",
    "q": "k", "c": "k", "e": "a", "o": "u", "y": "i", "w": "u", "v": "u",
}  # fmt: skip
_REPEATED = re.compile(r"(.)\1+")
# Shorter skeletons than this would file strangers together.
SHORTEST_SOUND_KEY = 4


def plain_key(name: str) -> str:
    """Files names together that differ in case, accents, hyphens, apostrophes and full stops.

    Args:
        name: a name as printed.

    Returns:
        Lower-case words parted by single spaces; "" where nothing is left.
    """
    if name.isalpha() and name.isascii():
        # The usual case: one plain word.
        return name.lower()
    lowered = name.casefold()
    if lowered.isascii():
        if not lowered.replace(" ", "").isalpha():
            lowered = lowered.translate(_LETTERS)
    else:
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(character for character in decomposed if not unicodedata.combining(character))
        lowered = lowered.translate(_LETTERS)
    words = lowered.split()
    if words and words[0] in _SHORT_FORMS and len(words) > 1:
        words[0] = _SHORT_FORMS[words[0]]
    return " ".join(words)


def head_key(plain: str) -> str:
    """Gives the first word of the plain keys of names that start with a word.

    Args:
        plain: the word's plain key.

    Returns:
        It, of "al bab" only "al", the long word for a short form.
    """
    head = plain.partition(" ")[0]
    return _SHORT_FORMS.get(head, head)


def sound_key(name: str) -> str:
    """Files spellings of one Arabic, Persian, Kurdish, Hebrew or Slavic name together.

    Articles, doubled letters, a last -a or -ah and the choice between q and k, kh and h, ou and u, ei
    and ay make no difference: "al-Hasakah", "Hassakeh" and "Hasaka" are one key.

    Args:
        name: a name as printed.

    Returns:
        The key, which starts with "~", or "" where too little is left to tell names apart.
    """
    if name.isalpha() and name.isascii():
        # The usual case: one plain word. Letters only, as its key has to be.
        sounds = _skeleton(name.lower())
        return f"~{sounds}" if len(sounds) >= SHORTEST_SOUND_KEY else ""
    words = plain_key(name).split()
    bare = [word for word in words if not _ARTICLE.fullmatch(word)] or words
    key = "".join(map(_skeleton, bare))
    return f"~{key}" if len(key) >= SHORTEST_SOUND_KEY and key.isalpha() else ""


@lru_cache(maxsize=20_000)
def _skeleton(word: str) -> str:
    """Reduces one word of a plain key to its sounds; words recur in pairs, so that they are kept."""
    sounds = _SOUND.sub(_sound, word)
    sounds = _REPEATED.sub(r"\1", sounds)
    if len(sounds) > 3:
        sounds = sounds.removesuffix("h")
    if len(sounds) > 4:
        sounds = sounds.removesuffix("a")
    return sounds


def _sound(match: re.Match[str]) -> str:
    return _SOUNDS.get(match.group(), match.group())


def exact_key(name: str) -> str:
    """Files an abbreviation under its own letters, so that "US" is never the pronoun "us".

    Args:
        name: an abbreviation as printed: "US", "U.S.", "UAE", "Calif.".

    Returns:
        The key, which starts with "="; "L.A." and "LA" are two keys.
    """
    return "=" + name.replace(" ", "")


def is_abbreviation(name: str) -> bool:
    """Tells whether a name is filed under `exact_key` rather than under `plain_key`.

    Args:
        name: a name of the tables.

    Returns:
        True for up to four capitals ("US", "D.C.", "UAE") and for a clipped word ("Calif.").
    """
    letters = name.replace(".", "").replace(" ", "")
    if letters.isupper() and len(letters) <= 4 and letters.isalpha():
        return True
    return name.endswith(".") and " " not in name
