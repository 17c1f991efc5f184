"""Look-ups made once from the tables of phrases in data/."""

from __future__ import annotations

from loader.vocabulary import read_table


def _by_kind() -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = {}
    for row in read_table("archive_phrases"):
        kinds.setdefault(row["kind"], set()).add(row["phrase"].casefold())
    return {kind: frozenset(phrases) for kind, phrases in kinds.items()}


_PHRASES = _by_kind()

AUTHOR_ROLES = _PHRASES["author_role"]
AUTHOR_SUFFIXES = _PHRASES["author_suffix"]
BIO_LEADS = tuple(sorted(_PHRASES["bio_lead"]))
BIO_VERBS = _PHRASES["bio"]
CAPTION_WORDS = tuple(sorted(_PHRASES["caption"]))
HEADER_CAPTION_WORDS = tuple(sorted(_PHRASES["header_caption"]))
CAPTION_LEADS = tuple(sorted(_PHRASES["caption_lead"]))
COLOURS = _PHRASES["colour"]
CREDIT_LEADS = tuple(sorted(_PHRASES["credit"], key=len, reverse=True))
DATE_LEADS = _PHRASES["date_lead"]
EDITOR_NOTE_LEADS = tuple(sorted(_PHRASES["editor_note"], key=len, reverse=True))
LEGEND_HEADINGS = _PHRASES["legend"]
NAME_PARTICLES = _PHRASES["name_particle"]
NAME_TITLES = frozenset(phrase.rstrip(".") for phrase in _PHRASES["name_title"])
NO_OUTLETS = _PHRASES["not_outlet"]
OUTLET_LEADS = tuple(sorted(_PHRASES["outlet_lead"], key=len, reverse=True))
OUTLET_WORDS = _PHRASES["outlet_word"]
PAGE_WORDS = _PHRASES["page_word"]
SEE_ALSO = _PHRASES["see_also"]
SOCIAL_NETWORKS = _PHRASES["social_network"]
TITLE_WORDS = _PHRASES["title_word"]

PHOTO_AGENCIES = frozenset(row["name"].casefold() for row in read_table("photo_agencies"))
MONTHS = {row["name"].casefold(): int(row["number"]) for row in read_table("months")}
WEEKDAYS = {row["name"].casefold(): int(row["number"]) for row in read_table("weekdays")}
