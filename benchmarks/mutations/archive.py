"""A small archive in which every table has rows, built as one file, updated, and cut into shards."""

from __future__ import annotations

import csv
import zipfile
from enum import StrEnum
from pathlib import Path

from loader.pipeline.build import build
from loader.sharding.build_shards import By, build_shards

FIRST = """Floods cut off Ptuj

GETTY

The river took two bridges and a school.

Drava Times, by Eva Lang and Ivo Novak, May 3, 2018:

PTUJ, Slovenia – The Drava rose again. “We have ‘no boats’ left,” said Karl Huber, who leads the rescuers.[1]

“Help will come from Austria,” he added.

Nobody slept.

The mayor of Celje, Ann Lee, said that “nobody was told.” Nobody in Vienna answered. The river fell at noon.

[1] https://example.org/boats

***

Also see:

Floods cut off Ptuj

Drava Times, by Eva Lang, May 3, 2018:

CELJE, Slovenia – “The bridge will hold,” said Karl Huber. Volunteers from Ljubljana came to Celje.
"""
SECOND = """“Bees return” to Mala Vas, says keeper

The Courier, by Mia Berg, June 7, 2019:

“They never left,” said Jan Kos in Graz. A “so-called” expert from Maribor disagreed.

***
"""
ITEM = """Fog closes the harbour

Drava Times, by Eva Lang, May 4, 2018:

PTUJ, Slovenia – Fog lay over the Drava.
"""
PLACES = (
    "name,kind,country_code,latitude,longitude,geonames_id,wikidata_id,admin1,population,aliases,source,note\n"
    "Mala Vas,city,SI,46.08,14.53,,,,,,by hand,\n"
)
METADATA = "title: Two rivers\nlicense: CC0\n"
CORRECTIONS = (
    ("a.txt", FIRST, "two bridges", "note", "figures_differ", "The inset map shows three."),
    ("a.txt", FIRST, "Vienna", "sense", "government", "The city’s government is meant."),
    ("b.txt", SECOND, "June 7, 2019", "published", "2019-06-08", "The paper appeared a day later."),
)


class Kind(StrEnum):
    """How a database came about."""

    FULL = "full build"
    UPDATED = "updated file"
    SHARDS = "folder of shards"
    SHARD = "one shard"


# The shard that is changed.
SHARD = "2018.db"


def write_sources(folder: Path) -> None:
    """Write the archive, with the tables beside it, into a folder that is there."""
    (folder / "a.txt").write_text(FIRST, encoding="utf-8")
    (folder / "b.txt").write_text(SECOND, encoding="utf-8")
    with zipfile.ZipFile(folder / "z.zip", "w") as container:
        for name, data in (("fog.txt", ITEM.encode()), ("fog.png", b"\x89PNG\r\n\x1a\n")):
            container.writestr(zipfile.ZipInfo(name, (2018, 5, 4, 0, 0, 0)), data)
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    (folder / "metadata.yml").write_text(METADATA, encoding="utf-8")
    with (folder / "corrections.csv").open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(("archive", "start", "text", "field", "corrected", "reason"))
        for archive, text, words, field, corrected, reason in CORRECTIONS:
            table.writerow((archive, text.index(words), words, field, corrected, reason))


def build_kinds(sources: Path, output: Path) -> dict[Kind, Path]:
    """Build the archive in every way.

    Args:
        sources: where `write_sources` wrote it.
        output: a folder for the databases.

    Returns:
        For each kind the file or the folder that is verified.
    """
    build([sources], output / "full.db")
    # What is updated saw its files in another order, and one that is gone.
    texts = {name: (sources / name).read_text(encoding="utf-8") for name in ("a.txt", "corrections.csv")}
    (sources / "a.txt").unlink()
    (sources / "0.txt").write_text(FIRST, encoding="utf-8")
    (sources / "corrections.csv").unlink()
    build([sources], output / "updated.db")
    (sources / "0.txt").unlink()
    for name, text in texts.items():
        (sources / name).write_text(text, encoding="utf-8", newline="")
    build([sources], output / "updated.db", update=True)
    build_shards([sources], output / "shards", By("year"))
    return {
        Kind.FULL: output / "full.db",
        Kind.UPDATED: output / "updated.db",
        Kind.SHARDS: output / "shards",
        Kind.SHARD: output / "shards" / SHARD,
    }
