"""A small data set in which every table has rows and every column something to prove."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

from loader import build

FIRST = """Floods cut off Ptuj

GETTY

The river took two bridges and a school.

Drava Times, by Eva Lang, May 3, 2018:

PTUJ, Slovenia – The Drava rose again. “We have ‘no boats’ left,” said Karl Huber, who leads the rescuers.[1]

“Help will come from Austria,” he added.

[1] https://example.org/boats

***

Also see:

Floods cut off Ptuj

Drava Times, by Eva Lang and Ivo Novak, May 3, 2018:

The mayor of Graz, Ann Lee, said that “nobody was told.” Nobody in Vienna answered.
"""
SECOND = """“Bees return” to Mala Vas, says keeper

The Courier, by Ivo Novak, June 7, 2019:

“They never left,” said Karl Huber in Graz. A “so-called” expert from Maribor disagreed.

***
"""
PLACES = (
    "name,kind,country_code,latitude,longitude,geonames_id,wikidata_id,admin1,population,aliases,source,note\n"
    "Mala Vas,city,SI,46.08,14.53,,,,,,by hand,\n"
)
CORRECTIONS = (
    ("a.txt", FIRST, "two bridges", "note", "figures_differ", "The inset map shows three."),
    ("a.txt", FIRST, "Vienna", "sense", "government", "The city’s government is meant."),
    ("b.txt", SECOND, "June 7, 2019", "published", "2019-06-08", "The paper appeared a day later."),
)


ITEM = """Fog closes the harbour

Drava Times, by Eva Lang, May 4, 2018:

PTUJ, Slovenia – “We wait,” said Karl Huber.
"""


def pack(file: Path, members: dict[str, bytes]) -> None:
    """Write a ZIP archive whose bytes depend on its members alone."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2018, 5, 4, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def build_archive(folder: Path, *, items: bool = False) -> Path:
    """Writes the archives into a folder, builds `archive.db` beside them and returns the folder.

    Args:
        folder: where to.
        items: whether there is a container too, so that every table has rows.
    """
    folder.mkdir(exist_ok=True)
    if items:
        members = {"fog.txt": ITEM.encode(), "fog.png": b"\x89PNG\r\n\x1a\n"}
        pack(folder / "items.zip", members)
    (folder / "a.txt").write_text(FIRST, encoding="utf-8")
    (folder / "b.txt").write_text(SECOND, encoding="utf-8")
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    with (folder / "corrections.csv").open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(("archive", "start", "text", "field", "corrected", "reason"))
        for archive, text, words, field, corrected, reason in CORRECTIONS:
            table.writerow((archive, text.index(words), words, field, corrected, reason))
    build([folder], folder / "archive.db")
    return folder
