"""Which characters can stand where: a wrong encoding puts symbols inside words, capitals behind others."""

from __future__ import annotations

import unicodedata

_QUOTES = frozenset("“‘«‹»”’›")
_LOW_QUOTES = frozenset("„‚")
_APOSTROPHES = frozenset("’‘´ʼ")
_ANYWHERE = frozenset("–—…\xa0\u2009\u202f\u3000")
_INVERTED = frozenset("¿¡")
# Symbols that newspapers print, and the side on which no letter stands beside them.
_NO_LETTER_BESIDE = frozenset("£€¥¢§¶±×÷‰†‡½¼¾µ")
_NO_LETTER_BEFORE = frozenset("©№•●■▪")
_NO_LETTER_AFTER = frozenset("®™")
_AFTER_DIGIT = frozenset("ºª²³¹")
_CJK = ((0x3000, 0x303F), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF))


def fits(before: str, character: str, after: str) -> bool:
    """Return whether a character is plausible between its neighbours in a text of articles.

    Args:
        before: the character before it, "" at the beginning.
        character: a character outside ASCII.
        after: the character behind it, "" at the end.
    """
    if character.isalpha() and character not in "ªºµ":
        return _letter_fits(before, character, after)
    if character in _ANYWHERE:
        return True
    if character in _QUOTES or character in _APOSTROPHES:
        is_inside_word = before.isalnum() and after.isalnum()
        return not is_inside_word or (character in _APOSTROPHES and before.isalpha() and after.isalpha())
    return _mark_fits(before, character, after)


def _mark_fits(before: str, character: str, after: str) -> bool:
    if character in _LOW_QUOTES:
        return not before.isalnum() and not _is_blank(after)
    if character in _INVERTED:
        return not before.isalnum() and not _is_blank(after) and not after.islower()
    if character in _NO_LETTER_BESIDE:
        return not before.isalpha() and not after.isalpha()
    if character in _NO_LETTER_BEFORE:
        return not before.isalpha()
    if character in _NO_LETTER_AFTER:
        return not after.isalpha() and not _is_blank(before)
    if character in _AFTER_DIGIT:  # "1ª", "n.º", "km²"
        return not after.isalpha() and (before.isdigit() or before in "mnN.")
    if character == "°":  # "20°C", "n° 4"
        return not before.isalpha() or before in "nN"
    if character == "·":  # Catalan, or a bullet
        return (before + after).lower() == "ll" or _is_blank(before)
    return _other_fits(before, character, before.isalpha() and after.isalpha())


def _letter_fits(before: str, letter: str, after: str) -> bool:
    if letter.isupper() and before.islower():
        return False
    if _is_of_other_alphabet(letter) and (_is_latin(before) or _is_latin(after)):
        return False
    if before.isalpha() or after.isalpha():
        return True
    # A word of one letter, as in French "à" or "d'à".
    return not (before and before in ",.;:!?" and _is_blank(after))


def _is_latin(character: str) -> bool:
    return character.isalpha() and (character < "\u0250" or "\u1e00" <= character < "\u1f00")


def _is_of_other_alphabet(letter: str) -> bool:
    """Return whether it is a letter of Greek, Cyrillic, Hebrew, Arabic and the like; not of Chinese."""
    return "\u0370" <= letter < "\u1100" or "\u1f00" <= letter < "\u2000"


def _other_fits(before: str, character: str, between_letters: bool) -> bool:
    point = ord(character)
    if any(first <= point <= last for first, last in _CJK):
        return True
    category = unicodedata.category(character)
    if category == "Mn":
        return before.isalpha() or unicodedata.category(before or " ") == "Mn"
    return category[0] == "P" and not between_letters


def _is_blank(character: str) -> bool:
    return not character or character.isspace()
