"""The records that flow from a file to the database: frozen, and a leaf that imports nothing of ours.

All offsets are 0-based code points, end exclusive. Unless a docstring says otherwise they count
in the decoded archive file.
"""

from __future__ import annotations

from dataclasses import dataclass

# Roles of a block that stands among an article's paragraphs.
PARAGRAPH_ROLES = (
    "standfirst",
    "credit",
    "caption",
    "body",
    "subheading",
    "legend",
    "list_item",
    "footnote",
    "editor_note",
    "author_bio",
)
# Roles of every other block: headline and source line belong to an article, the rest to none.
FURNITURE_ROLES = ("headline", "source_line", "see_also", "separator")

QUOTE_KINDS = ("direct", "partial", "scare", "title")
SPEAKER_KINDS = ("person", "organisation", "document", "group")
SENSES = ("location", "government")

# How characters of a source text come from bytes: "verbatim" is the decoding alone, "inserted" has no bytes.
# "repair": U+FFFD stands for bytes that are no character, or what was encoded twice or is an HTML entity was
# replaced by what it means.
TRANSFORMS = (
    "verbatim",
    "xml",
    "html",
    "json",
    "csv",
    "quoted-printable",
    "base64",
    "repair",
    "inserted",
)
# Why bytes of a file are left out on purpose.
OMISSIONS = ("personal_data", "not_selected", "script", "duplicate")

# The columns of a corrections.csv; "member" may be left out if no source file is a container.
CORRECTION_COLUMNS = ("archive", "start", "text", "field", "corrected", "reason")
MEMBER_COLUMN = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Where a run of a source text's characters stands in the bytes of its file.

    Attributes:
        start: offset of the first character in the source text.
        end: offset after the last one.
        part: the path inside the container of the part that the bytes are counted in, or None for the file
            itself. A part is unpacked: its bytes are not those of the container.
        byte_start: offset of the first byte in the part.
        byte_end: offset after the last one.
        transform: one of TRANSFORMS.
        encoding: the Python codec that decodes the bytes, or None where there are none.
    """

    start: int
    end: int
    part: str | None
    byte_start: int
    byte_end: int
    transform: str
    encoding: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """Bytes of a file that are left out on purpose.

    Attributes:
        part: as in Segment.
        byte_start: offset of the first byte in the part.
        byte_end: offset after the last one.
        reason: one of OMISSIONS.
    """

    part: str | None
    byte_start: int
    byte_end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """A run of characters with one role.

    Attributes:
        role: one of PARAGRAPH_ROLES or FURNITURE_ROLES.
        start: offset of the first character.
        end: offset after the last one.
    """

    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something a reader must know about the source.

    Attributes:
        code: a short name to filter by, such as "missing_closing_mark".
        message: one sentence for a reader.
        start: offset of what it is about.
        end: offset after it.
        article: position of the article in the archive (from 1), or None for the archive itself.
    """

    code: str
    message: str
    start: int
    end: int
    article: int | None = None

    @classmethod
    def at(cls, span: tuple[int, int], code: str, message: str, article: int | None = None) -> Note:
        """Return a note about a span."""
        start, end = span
        return cls(code=code, message=message, start=start, end=end, article=article)


@dataclass(frozen=True, slots=True)
class Author:
    """A person who signs.

    Attributes:
        name: the name, as printed.
        start: offset of the name in the source line.
        end: offset after it.
    """

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article of an archive.

    Attributes:
        position: its place in the archive, from 1.
        headline: the title line, white space tidied; None where the archive gives none.
        standfirst: the summary under the headline, or None.
        publication: the outlet, or None.
        authors: who signs, in printed order.
        byline: the source line as printed, on one line, or None.
        published: ISO 8601 date (YYYY-MM-DD, or YYYY-MM where no day is printed), or None.
        published_as_printed: the words of the date, or None.
        published_start: offset of those words, or None.
        published_end: offset after them, or None.
        dateline: where the report was filed ("GRAZ, Austria"), or None.
        url: its original address, if known, else None.
        blocks: its blocks in order of the file, headline and source line among them.
        start: offset of its first block.
        end: offset after its last one.
    """

    position: int
    headline: str | None
    standfirst: str | None
    publication: str | None
    authors: tuple[Author, ...]
    byline: str | None
    published: str | None
    published_as_printed: str | None
    published_start: int | None
    published_end: int | None
    dateline: str | None
    url: str | None = None
    blocks: tuple[Block, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One source text: an input file, or one item of a container, read.

    Attributes:
        path: how the file is called in the data set: its path below the folder that was given.
        member: the path of the item inside the container, "" for the file itself.
        sha256: of the file's bytes, in hexadecimal.
        bytes: the file's size.
        encoding: the Python codec that decodes the bytes to `text` ("utf-8", "utf-8-sig", "cp1252", ...); of
            several, that of most bytes.
        format: encodings and line ends in words for a reader ("utf-8, LF").
        text: the decoded file, every character of it; all offsets count in it.
        blocks: every block in order; together they cover every non-blank character once.
        articles: the articles in order.
        notes: what a reader must know.
        segments: where the text stands in the file; () if it is the plain decoding of the whole file.
        part_sha256: of the bytes of the unpacked part that holds it, None if that is the file itself.
    """

    path: str
    member: str = ""
    sha256: str
    bytes: int
    encoding: str
    format: str
    text: str
    blocks: tuple[Block, ...]
    articles: tuple[Article, ...]
    notes: tuple[Note, ...]
    segments: tuple[Segment, ...] = ()
    part_sha256: str | None = None

    @property
    def name(self) -> str:
        """Path and member, as messages name a source text."""
        return f"{self.path}, {self.member}" if self.member else self.path


@dataclass(frozen=True, slots=True)
class Link:
    """A web address in an article.

    Attributes:
        url: as printed, without the full stop or bracket that closes it.
        footnote: the number of the footnote it stands in, or None.
        start: offset of its first character.
        end: offset after the last one.
    """

    url: str
    footnote: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quotation. Offsets count in the text that `find_quotes` was given.

    Attributes:
        start: offset of the first character inside the marks.
        end: offset after the last one inside the marks.
        text: the characters between them.
        kind: one of QUOTE_KINDS.
        utterance: number, from 1 in the text, shared by the pieces around one attribution.
        speaker_text: the words that name the source, nearest to the quotation, or None.
        speaker_start: offset of those words, or None.
        speaker_end: offset after them, or None.
        speaker_name: the fullest name of that source in the text, or None (unnamed groups, pronouns
            that stand for nobody named).
        speaker_kind: one of SPEAKER_KINDS, or None where there is no speaker.
        speaker_description: how the text introduces the speaker ("a YPG commander"), or None.
        cue: the attributing words as printed ("said", "according to"), or None.
        cue_start: offset of those words, or None.
        cue_end: offset after them, or None.
        nested_in: index in the returned list of the quotation around this one, or None.
        rule: the rules that found span, speaker and kind ("curly+verb-after+clause").
        flaw: "missing_opening_mark", "missing_closing_mark" or "turned_mark" where the source is
            at fault and the edge was placed by rule, else None.
    """

    start: int
    end: int
    text: str
    kind: str
    utterance: int
    speaker_text: str | None
    speaker_start: int | None
    speaker_end: int | None
    speaker_name: str | None
    speaker_kind: str | None
    speaker_description: str | None
    cue: str | None
    cue_start: int | None
    cue_end: int | None
    nested_in: int | None
    rule: str
    flaw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry of the gazetteer.

    Attributes:
        name: canonical English name.
        kind: "country", "region", "city", "neighbourhood", "facility", "landmark", "range", ...
        country_code: ISO 3166-1 alpha-2, or None (seas, continents).
        country: the country's English name, or None.
        latitude: WGS 84 degrees, or None where no point makes sense.
        longitude: WGS 84 degrees, or None.
        geonames_id: GeoNames' number, or None.
        wikidata_id: "Q...", or None.
    """

    name: str
    kind: str
    country_code: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    geonames_id: int | None
    wikidata_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place named in a text. Offsets count in the text that `find_places` was given.

    Attributes:
        start: offset of the bare name.
        end: offset after it.
        text: the name as printed.
        sense: one of SENSES.
        rule: the rules that recognised and resolved it.
        place: what it resolves to.
        confidence: 0 to 1, how sure the resolution is.
    """

    start: int
    end: int
    text: str
    sense: str
    rule: str
    place: Place
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an article says. All offsets count in the archive.

    Attributes:
        article: the article.
        quotes: its quotations by start; `nested_in` is an index in this tuple.
        mentions: its places by start.
        links: its web addresses by start.
        notes: what the quotations showed to be wrong in the source.
    """

    article: Article
    quotes: tuple[Quote, ...]
    mentions: tuple[Mention, ...]
    links: tuple[Link, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction that was applied.

    Attributes:
        article: position of the article.
        field: what was corrected.
        found: the value before, "" where there was none.
        corrected: the value after, "" where there is none.
        reason: why.
        start: offset of the text it is anchored to.
        end: offset after it.
    """

    article: int
    field: str
    found: str
    corrected: str
    reason: str
    start: int
    end: int
