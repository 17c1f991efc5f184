"""Fields of a place mention: which place, in which sense."""

from __future__ import annotations

from dataclasses import replace

from loader.curation.row import RULE, Basis, Row
from loader.gazetteer import Gazetteer
from loader.records import SENSES, Content, Mention, Place
from loader.text import fold


def correct_place(row: Row, content: Content, basis: Basis) -> tuple[str, Content]:
    """Adds a mention, resolves it anew ("Name; kind; country code"), or with an empty value takes it out."""
    old = [mention for mention in content.mentions if (mention.start, mention.end) == (row.start, row.end)]
    found = place_key(old[0].place) if old else ""
    others = tuple(mention for mention in content.mentions if mention not in old)
    if not row.corrected:
        return found, replace(content, mentions=others)
    place = _gazetteer_entry(row, basis.gazetteer)
    if old and old[0].place == place:
        return found, content
    sense = old[0].sense if old else "location"
    new = Mention(start=row.start, end=row.end, text=fold(row.text), sense=sense, rule=RULE, place=place)
    mentions = tuple(sorted((*others, new), key=lambda mention: mention.start))
    return found, replace(content, mentions=mentions)


def place_key(place: Place) -> str:
    """How corrections.csv names a place: "Hama; region; SY"."""
    return "; ".join(part for part in (place.name, place.kind, place.country_code) if part)


def _gazetteer_entry(row: Row, gazetteer: Gazetteer) -> Place:
    name, *rest = (part.strip() for part in row.corrected.split(";"))
    kind = rest[0] if rest else None
    country = rest[1] if len(rest) > 1 else None
    found = gazetteer.find(name, kind, country)
    if not found:
        raise row.error(f"the gazetteer has no “{row.corrected}”; write “Name; kind; country code”")
    return found[0]


def correct_sense(row: Row, content: Content, _: Basis) -> tuple[str, Content]:
    """Sets the sense of a mention."""
    if row.corrected not in SENSES:
        raise row.error(f"there is no sense “{row.corrected}”; use one of {', '.join(SENSES)}")
    for index, mention in enumerate(content.mentions):
        if (mention.start, mention.end) == (row.start, row.end):
            if mention.sense == row.corrected:
                return mention.sense, content
            new = replace(mention, sense=row.corrected, rule=f"{mention.rule}+{RULE}")
            mentions = (*content.mentions[:index], new, *content.mentions[index + 1 :])
            return mention.sense, replace(content, mentions=mentions)
    raise row.error("sense must be anchored to a place mention that is there")
