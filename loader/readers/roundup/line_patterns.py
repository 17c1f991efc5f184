"""The shapes of lines in an archive. Every expression is anchored or bounded, so none can backtrack far."""

from __future__ import annotations

import re

from loader.text import INVISIBLE

# What stands between articles: marks and nothing else. "***", "* * *", "-----", "###"; one or two of those
# that begin no sentence ("*", "#", "* *"); an o among dashes ("-o-", "o0o").
SEPARATOR = re.compile(
    r"(?:[*#~+=_•·◊§\-–—]\s{0,3}){3,}|[*#~+•◊§](?:\s[*#~+•◊§])?"
    r"|[-–—~*]{1,9}\s?[oO0]{1,3}\s?[-–—~*]{1,9}|[oO]0[oO]"
)

# An item of a list: "- milk", "• milk", "* milk", "1. milk", "(2) milk", "b) milk".
LIST_ITEM = re.compile(r"(?:(?:--|[-–—•*‣◦▪●■►▶✓·])\s+|\(?\d{1,3}[.)]\s+|\(?[a-zA-Z]\)\s+)\S")
# The same, only with a glyph that opens nothing but list items.
BULLET = re.compile(r"[•‣◦▪●■►▶✓]\s*\S")

# An image's file name: "map_2016.jpg", "flood-risk-map.png", "photo 3.jpeg" is none (a space).
IMAGE_FILE = re.compile(r"[^\s/]{1,120}\.(?:jpe?g|png|gif|webp|bmp|tiff?|svg)", re.IGNORECASE)

# The same without its ending: lower-case words joined by two hyphens or an underscore, or a camera's number.
# "flood-risk-map", "harbor_crane", "IMG_2034"; "anti-war" and "COVID-19" are words.
IMAGE_SLUG = re.compile(
    r"[a-z0-9]{1,40}(?:-[a-z0-9]{1,40}){2,20}"
    r"|[A-Za-z0-9-]{1,60}(?:_[A-Za-z0-9-]{1,60}){1,20}"
    r"|(?:IMG|DSC|DSCN|image|photo|pic|map|screenshot)[-_]?\d{2,}"
)
# What may be glued to the front of a name: one hyphen is enough there. "levee-mapDaily Herald".
GLUED_SLUG = re.compile(r"(?=[^-_\d]{0,60}[-_\d])[A-Za-z0-9]{1,60}(?:[-_][A-Za-z0-9]{1,60}){0,20}")

# An image's file name glued to the words after it: "flood-risk-mapDaily Herald", "a.jpgReuters".
# The ending, or else an inner hyphen, underscore or digit, tells it from a name such as "openDemocracy".
GLUED_FILE = re.compile(
    r"(?P<ended>[^\s/]{1,120}?\.(?i:jpe?g|png|gif|webp|bmp|tiff?|svg))\s*(?=[A-Z0-9\"“])"
    r"|(?P<slug>(?=[a-zA-Z0-9]{0,40}[-_0-9])[a-zA-Z0-9]+(?:[-_][a-zA-Z0-9]*?){0,20}?[a-z0-9])"
    r"(?=(?:[A-Z][a-z]|[A-Z]{2,}\b))"
)

# Where a report was filed: "LIMÓN, Costa Rica –", "OSLO (Reuters) —", "PUNE, India, Sept 8 (AP) -".
# Group 1 is the place.
DATELINE = re.compile(
    r"(?P<place>[A-Z][A-Z.'’ -]{1,30}[A-Z.](?:(?:/|, | and )[A-Z](?:[^\W\d_]|[.'’ -]){1,30}?){0,2})"
    r"(?:,\s(?P<date>(?:\d{1,2}\s)?[A-Z][a-z]{2,8}\.?(?:\s\d{1,2})?(?:,?\s\d{4})?))?"
    r"(?:\s\((?P<agency>[^()\n]{1,40})\))?\s?[–—-]{1,2}\s?(?=[A-Z\d\"“‘'])"
)
# The same in upper and lower case ("Pune, India —"): the reader takes it only with a country or an agency.
DATELINE_MIXED = re.compile(
    r"(?P<place>[A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{1,20}){0,2}"
    r"(?:(?:, |/)[A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{1,20}){0,2})?)"
    r"(?:,\s(?P<date>(?:\d{1,2}\s)?[A-Z][a-z]{2,8}\.?\s?\d{1,2}(?:,\s\d{4})?))?"
    r"(?:\s\((?P<agency>[^()\n]{1,40})\))?\s[–—-]{1,2}\s(?=[A-Z\d\"“‘'])"
)
# A caption that begins as agencies' captions do: "OSLO, NORWAY – MAY 12:".
CAPTION_DATELINE = re.compile(r"[A-Z][A-Z.,'’ -]{2,60}\s[–—-]\s[A-Z]{3,9}\.?\s\d{1,2}(?:,\s\d{4})?\s?:")

# An entry of a legend: "Blue areas:   flooded since May". Group 1 is what stands before the colon.
LEGEND_ENTRY = re.compile(r"(?P<term>[A-Z][\w' /-]{1,38}?)\s?:\s+\S")

# A bracketed note that fills a paragraph or follows a sentence. Group 1 is its first words.
BRACKETED = re.compile(r"\[(?P<words>[^\[\]]{3,2000})\]\.?")
# Where such a note may begin inside a paragraph: after the end of a sentence.
BRACKET_AFTER_SENTENCE = re.compile(r"(?<=[.!?”\"’)\]])\s+(?=\[)")

# Marks and brackets that may stand behind the full stop of a sentence.
CLOSERS = "\"”’'»)] " + INVISIBLE


# A dateline closed by a colon: "NEW DELHI: The court ...", "TRIPOLI, Lebanon: For ...". Only in capitals.
DATELINE_COLON = re.compile(
    r"(?P<place>[A-Z][A-Z.'’-]{2,20}(?: [A-Z][A-Z.'’-]{1,20}){0,2}"
    r"(?:, [A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20})?)?)"
    r":\s(?=[A-Z\"“‘])"
)

# The place in brackets, as human rights organisations print it, and an agency between slashes or before a
# colon: "(Nairobi) –", "MOSCOW, March 4. /TASS/.", "Bhopal, Nov 5 (PTI): ".
DATELINE_BRACKETED = re.compile(r"\((?P<place>[A-Z][\w.'’, /-]{2,40})\)\s?[–—-]{1,2}\s")
DATELINE_AGENCY = re.compile(
    r"(?P<place>[A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{1,20}){0,2}),\s[A-Z][a-z]{2,8}\.?\s\d{1,2}"
    r"(?:\s\([A-Z][^()\n]{1,20}\):|\.?\s/[A-Z][^/\n]{1,20}/\.?)\s"
)

# A time stamp or a section's number alone on its line: "9.05am:", "11:40", "II.", "3.".
SECTION_MARK = re.compile(
    r"(?:\d{1,2}[.:]\d\d(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?)\s?:?|[IVX]{1,5}\.|[IVX]{2,5}|\d{1,2}\.",
    re.IGNORECASE,
)
# What opens a question of an interview or closes a letter with its writer's town: "Q: ...", "Woodside, N.Y."
NO_HEADING = re.compile(r"[QA]:\s|.{1,60},\s(?:[A-Z][\w.]{0,12}\s?){1,2}\.$")
# What ends a result or a figure, and no heading: "Bury 2, Rochdale 1", "Sales: +5.9%".
ENDS_IN_FIGURE = re.compile(r"[\d%$£€]$")
