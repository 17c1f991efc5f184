"""Citations of an article, a paragraph or a quotation: plain text, BibTeX, CSL-JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
# What BibTeX would take for a command. The backslash stands first: the others' escapes hold one.
_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{character: "\\" + character for character in "{}%&$#_"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def long_date(iso: str | None) -> str:
    """Writes an ISO date out: "7 September 2017", "March 2016", or "no date"."""
    parts = (iso or "").split("-")
    if len(parts) < 2 or not all(part.isdigit() for part in parts) or not 1 <= int(parts[1]) <= 12:
        return iso or "no date"
    day = f"{int(parts[2])} " if len(parts) > 2 else ""
    return f"{day}{_MONTHS[int(parts[1]) - 1]} {parts[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is cited.

    Attributes:
        key: the article's readable name.
        headline: its title.
        authors: who signs.
        publication: the outlet, or None.
        published: ISO date, or None.
        file: the archive's path.
        sha256: the archive's checksum.
        start: offset of the cited passage in the file (code points).
        end: offset after it.
        url: the address of the passage on this site.
        passage: the cited words, or None for the whole article.
        speaker: who says them, or None.
    """

    key: str
    headline: str
    authors: tuple[str, ...]
    publication: str | None
    published: str | None
    file: str
    sha256: str
    start: int
    end: int
    url: str
    passage: str | None = None
    speaker: str | None = None

    def where(self) -> str:
        """Names the characters of the file."""
        return f"{self.file}, characters {self.start}–{self.end} (SHA-256 {self.sha256})"

    def plain(self) -> str:
        """The citation as one line of text."""
        quoted = f"“{self.passage}”" if self.passage else None
        if quoted and self.speaker:
            quoted = f"{self.speaker}: {quoted}"
        parts = [
            ", ".join(self.authors) or None,
            f"“{self.headline}”",
            self.publication,
            long_date(self.published),
        ]
        text = ", ".join(part for part in parts if part) + "."
        return " ".join(part for part in (quoted, text, self.where() + ".", self.url) if part)

    def bibtex(self) -> str:
        """The citation for BibTeX."""
        fields = {
            "title": self.headline,
            "author": " and ".join("{" + name.translate(_BIBTEX) + "}" for name in self.authors),
            "journal": self.publication,
            "year": (self.published or "")[:4],
            "date": self.published,
            "url": self.url,
            "note": (f"“{self.passage}” " if self.passage else "") + self.where(),
        }
        lines = [
            f"  {name} = {{{value if name in ('author', 'url') else value.translate(_BIBTEX)}}},"
            for name, value in fields.items()
            if value
        ]
        return "@article{" + self.key + ",\n" + "\n".join(lines) + "\n}\n"

    def csl(self) -> str:
        """The citation as CSL-JSON."""
        item: dict[str, object] = {
            "id": self.key,
            "type": "article-newspaper",
            "title": self.headline,
            "author": [{"literal": name} for name in self.authors],
            "URL": self.url,
            "archive_location": self.where(),
        }
        if self.publication:
            item["container-title"] = self.publication
        digits = (self.published or "").split("-")
        if all(part.isdigit() for part in digits):
            item["issued"] = {"date-parts": [[int(part) for part in digits]]}
        if self.passage:
            item["note"] = self.passage
        return json.dumps([item], ensure_ascii=False, indent=2) + "\n"
