"""Every table and column of the data set, declared once. Columns may be added; the ones here stay.

To add a column: declare it here, and compute it where the rows of its table are made (`loader.dataset.rows`
for most tables). Everything else reads this declaration.
"""

from __future__ import annotations

from sqlite_utils.db import DescIndex

from loader.dataset.declaration import Declaration, Hints, Table, columns, integer, real, text
from loader.dataset.views import VIEWS

_START = "Offset of its first character in the source text."
_END = "Offset after its last character."
_SEARCH_TEXT = (
    "The text as full-text search reads it too: accents composed, without soft hyphens, characters without a "
    "width and ligatures; null if that is the text itself."
)
_FREQUENT = "Only places and speakers with more than 2,000 rows have counts here."
_MONTH = "The month (2017-09), or the year alone; empty for articles without a date."
_RULE = "which rule found it"
_HIDDEN = Hints(hidden=True)

# In an order in which every reference points backwards, so that rows can be written table by table.
TABLES: dict[str, Table] = {
    "files": Table(
        title="Input files",
        description="Every file that was found, read or not, with the reason. Hidden files, databases and "
        "the archive's own tables (corrections.csv, places.csv, metadata.yml, synonyms.csv) are left out.",
        columns=columns(
            integer("id", "Number of the file, in order of the paths."),
            text("path", "Its path below the folder that was read.", required=True, sortable=True),
            text("sha256", "SHA-256 checksum of its bytes, in hexadecimal; null if it could not be opened."),
            integer("bytes", "Its size in bytes.", sortable=True),
            text("format", "What it is, in words.", judgement="which format a file is of"),
            text(
                "reader",
                "The reader that read it; null if it was not read.",
                facet=True,
                judgement="which reader claims a file",
            ),
            text("reader_version", "The version of that reader.", judgement="which reader claims a file"),
            text("status", "read, partly (items of it are not read) or refused.", required=True, facet=True),
            text("reason", "Why it, or what of it, is not read.", judgement="what is wrong with a file"),
        ),
        unique=(("path",),),
        hints=Hints(label="path", sort="path", page_size=50),
    ),
    "archives": Table(
        title="Source texts",
        description="The texts that were read, each with the checksum of its file: a text file, or an item "
        "of a container such as a ZIP archive.",
        columns=columns(
            integer("id", "Number of the source text."),
            text("path", "Its path below the folder that was read.", required=True),
            text("sha256", "SHA-256 checksum of its bytes, in hexadecimal.", required=True),
            integer("bytes", "Its size in bytes.", required=True),
            integer("characters", "Its length in code points, which all offsets count.", required=True),
            text("encoding", "The codec that decodes it.", required=True),
            text("format", "Encoding and line ends, in words.", required=True),
            text(
                "curation_sha256",
                "SHA-256 checksum of the corrections and places that it was read with; null if none.",
            ),
            integer("file_id", "The file that holds it.", references="files", required=True),
            text("member", "Path of the item inside a container; empty for the file itself.", required=True),
            text("part_sha256", "SHA-256 checksum of the item's unpacked bytes; null for the file itself."),
        ),
        unique=(("path", "member"),),
        hints=Hints(label="path"),
    ),
    "source_texts": Table(
        title="Text of items",
        description="The text of a source that is not simply the decoded file.",
        columns=columns(
            integer("id", "Number of the row."),
            integer("archive_id", "The source text.", references="archives", required=True),
            text("text", "Every character of it; all offsets count in it.", required=True),
        ),
        unique=(("archive_id",),),
        hints=_HIDDEN,
    ),
    "segments": Table(
        title="Segments",
        description="Where the text of a source stands in its file, if it is not simply the decoded file.",
        columns=columns(
            integer("id", "Number of the segment."),
            integer("archive_id", "The source text.", references="archives", required=True),
            integer("start", _START, required=True),
            integer("end", _END, required=True),
            text(
                "part",
                "Path of the unpacked part of a container that the bytes are counted in; null for the file.",
            ),
            integer("byte_start", "Offset of its first byte in that part.", required=True),
            integer("byte_end", "Offset after its last byte.", required=True),
            text(
                "transform",
                "How the characters come from the bytes: verbatim is decoding alone; repair puts U+FFFD "
                "for bytes that are no character, or what was encoded twice or is an HTML entity as it was "
                "meant.",
                required=True,
            ),
            text("encoding", "The codec that decodes the bytes."),
        ),
        unique=(("archive_id", "start"),),
        hints=_HIDDEN,
    ),
    "omitted_ranges": Table(
        title="Omitted bytes",
        description="Bytes of a file that are left out on purpose.",
        columns=columns(
            integer("id", "Number of the range."),
            integer("file_id", "The file.", references="files", required=True),
            text("part", "As in segments."),
            integer("byte_start", "Offset of its first byte in that part.", required=True),
            integer("byte_end", "Offset after its last byte.", required=True),
            text(
                "reason",
                "personal_data, not_selected, script or duplicate.",
                required=True,
                judgement="what is left out of a file",
            ),
        ),
        unique=(("file_id", "part", "byte_start"),),
        hints=_HIDDEN,
    ),
    "publications": Table(
        title="Outlets",
        description="Who published the articles, as the source line prints it.",
        columns=columns(
            integer("id", "Number of the outlet."),
            text(
                "name",
                "Its name.",
                required=True,
                judgement="where in a source line the outlet's name begins and ends",
            ),
        ),
        unique=(("name",),),
        hints=Hints(label="name", sort="name"),
    ),
    "articles": Table(
        title="Articles",
        description="One row for each article.",
        columns=columns(
            integer("id", "Number of the article, in reading order.", sortable=True),
            text(
                "slug",
                "Readable name, made of date and headline; its page is /read/ and this.",
                required=True,
            ),
            integer("archive_id", "The source file that holds it.", references="archives", required=True),
            integer("position", "Its place in the source file, from 1.", required=True, sortable=True),
            text("headline", "The headline, corrected if a correction says so.", required=True),
            text("standfirst", "The summary above or below the headline, if there is one."),
            integer(
                "publication_id",
                "The outlet.",
                references="publications",
                facet=True,
                judgement="whether a source line names an outlet at all",
            ),
            text("byline", "The source line as printed."),
            text(
                "published",
                "Date of publication (ISO 8601), corrected if a correction says so.",
                sortable=True,
            ),
            text("published_as_printed", "The words of the date."),
            text(
                "dateline",
                "Where the report was filed.",
                judgement="whether the opening of an article says where it was filed",
            ),
            text("url", "Original address of the article, if known."),
            integer("word_count", "Number of words in its paragraphs.", required=True, sortable=True),
            integer("start", _START, required=True),
            integer("end", _END, required=True),
        ),
        indexes=(("published",), ("publication_id", "published")),
        unique=(("slug",), ("archive_id", "position")),
        searched=("headline", "standfirst", "byline"),
        hints=Hints(label="headline", sort="-published", page_size=50, facet_size=20),
    ),
    "authors": Table(
        title="Authors",
        description="People who sign articles, by the name that is printed.",
        columns=columns(
            integer("id", "Number of the author."),
            text(
                "name",
                "The name as printed.",
                required=True,
                judgement="where in a source line a name begins and ends",
            ),
        ),
        unique=(("name",),),
        hints=Hints(label="name", sort="name"),
    ),
    "article_authors": Table(
        title="Authors of articles",
        description="Which author signed which article.",
        columns=columns(
            integer("article_id", "The article.", references="articles"),
            integer("author_id", "The author.", references="authors", facet=True),
            integer("position", "The author's place in the source line, from 1.", required=True),
        ),
        primary_key=("article_id", "author_id"),
    ),
    "paragraphs": Table(
        title="Paragraphs",
        description="Every block of an article except its headline and source line.",
        columns=columns(
            integer("id", "Number of the paragraph, in reading order.", sortable=True),
            integer("article_id", "The article.", references="articles", required=True, facet=True),
            integer("position", "Its place in the article, from 1.", required=True, sortable=True),
            text(
                "role",
                "What it is: body, standfirst, credit, caption, subheading, legend, list_item, footnote, "
                "editor_note or author_bio.",
                required=True,
                facet=True,
                judgement="what a paragraph is for",
            ),
            text("text", "The text; every whitespace character is a space or a line feed.", required=True),
            integer("word_count", "Number of words in it.", required=True, sortable=True),
            integer("start", _START, required=True),
            integer("end", _END, required=True),
            text("search_text", _SEARCH_TEXT),
        ),
        indexes=(("role",),),
        unique=(("article_id", "position"),),
        searched=("text", "search_text"),
        hints=Hints(sort="id", page_size=25, facet_size=20),
    ),
    "furniture": Table(
        title="Other text",
        description="Headlines, source lines, separators and the like. With the paragraphs they hold every "
        "character of a source file exactly once.",
        columns=columns(
            integer("id", "Number of the block."),
            integer("archive_id", "The source file.", references="archives", required=True),
            integer("article_id", "The article, for its headline and source line.", references="articles"),
            text(
                "role",
                "What it is: headline, source_line, see_also or separator.",
                required=True,
                judgement="what a line outside the paragraphs is for",
            ),
            text("text", "The text.", required=True),
            integer("start", _START, required=True),
            integer("end", _END, required=True),
        ),
        indexes=(("role",),),
        hints=_HIDDEN,
    ),
    "speakers": Table(
        title="Speakers",
        description="People, organisations, documents and groups that are quoted.",
        columns=columns(
            integer("id", "Number of the speaker."),
            text("name", "The fullest name that the articles give.", required=True, sortable=True),
            text(
                "kind",
                "person, organisation, document or group.",
                required=True,
                facet=True,
                sortable=True,
                judgement="what sort of source a speaker is",
            ),
            text("description", "How an article introduces the speaker."),
            integer(
                "quote_count",
                "Number of quotations of this speaker.",
                required=True,
                sortable=True,
                counts=("quotes", "speaker_id"),
            ),
        ),
        # Downwards: the most quoted first, and of those quoted equally often the first, with nothing to sort.
        indexes=(("name",), (DescIndex("quote_count"),)),
        searched=("name", "description"),
        hints=Hints(label="name", sort="-quote_count", page_size=50, facet_size=10),
    ),
    "speaker_names": Table(
        title="Names of speakers",
        description="Every name that was taken for a speaker's. An organisation may have several rows of one "
        "name: one for each family.",
        columns=columns(
            integer("id", "Number of the row."),
            integer("speaker_id", "The speaker.", references="speakers", required=True),
            text("kind", "person, organisation, document or group.", required=True),
            text(
                "folded_name",
                "The name in lower case, without accents and titles, in one spelling.",
                required=True,
            ),
            text("family", "What names are compared by: a person's last name, an organisation's initials."),
        ),
        indexes=(("folded_name",), ("family",)),
        hints=Hints(sort="id", page_size=50),
    ),
    "quotes": Table(
        title="Quotations",
        description="The words between quotation marks.",
        columns=columns(
            integer("id", "Number of the quotation, in reading order.", sortable=True),
            integer("article_id", "The article.", references="articles", required=True, sortable=True),
            integer("paragraph_id", "The paragraph; null in a headline.", references="paragraphs"),
            integer("position", "Its place in the article, from 1.", required=True, sortable=True),
            integer(
                "utterance",
                "Shared by the pieces of one sentence around one attribution.",
                required=True,
                judgement="which quotations are pieces of one utterance",
            ),
            text("text", "The words between the marks.", required=True),
            text(
                "kind",
                "direct (a sentence), partial (a fragment inside a sentence of the article), scare (a term) "
                "or title (of a work).",
                required=True,
                facet=True,
                judgement="what sort of quotation it is",
            ),
            integer("speaker_id", "The speaker.", references="speakers", facet=True),
            text("speaker_text", "The words that name the speaker here."),
            integer("speaker_start", "Offset of those words in the source text."),
            integer("speaker_end", "Offset after those words."),
            text(
                "speaker_name",
                "The fullest name that the article gives the speaker.",
                judgement="the fullest name that an article gives a speaker",
            ),
            text(
                "speaker_description",
                "How the article introduces the speaker, in its words.",
                judgement="which words introduce a speaker",
            ),
            text("cue", 'The words that attribute the quotation, such as "said".'),
            integer("cue_start", "Offset of the cue in the source text."),
            integer("cue_end", "Offset after the cue."),
            integer("nested_in", "The quotation around this one.", references="quotes"),
            text("rule", "The rules that found it.", required=True, judgement=_RULE),
            integer("start", _START, required=True),
            integer("end", _END, required=True),
            text("search_text", _SEARCH_TEXT),
        ),
        # Pairs: a speaker's articles, an article's and a paragraph's speakers are counted from indexes alone.
        indexes=(
            ("kind",),
            ("rule",),
            ("speaker_id", "article_id"),
            ("article_id", "speaker_id"),
            ("paragraph_id", "speaker_id"),
        ),
        searched=("text", "search_text"),
        hints=Hints(label="text", sort="id", page_size=25, facet_size=15),
    ),
    "places": Table(
        title="Places",
        description="Places that the articles mention, with coordinates from GeoNames (CC BY 4.0).",
        columns=columns(
            integer("id", "Number of the place."),
            text("name", "Its English name.", required=True, sortable=True),
            text(
                "kind",
                "country, region, city, neighbourhood, facility, landmark and so on.",
                required=True,
                facet=True,
                sortable=True,
            ),
            text("country_code", "ISO 3166-1 alpha-2 code of its country."),
            text("country", "Its country.", facet=True, sortable=True),
            real("latitude", "WGS 84 degrees; null if no point makes sense.", sortable=True),
            real("longitude", "WGS 84 degrees.", sortable=True),
            integer("geonames_id", "Its number in GeoNames."),
            text("wikidata_id", "Its item in Wikidata."),
            integer(
                "mention_count",
                "Number of mentions of this place.",
                required=True,
                sortable=True,
                counts=("mentioned_places", "place_id"),
            ),
        ),
        indexes=(("name",), (DescIndex("mention_count"),), ("country_code",)),
        searched=("name", "country"),
        hints=Hints(label="name", sort="-mention_count", page_size=100, facet_size=15),
    ),
    "mentioned_places": Table(
        title="Mentions of places",
        description="Each mention of a place.",
        columns=columns(
            integer("id", "Number of the mention, in reading order.", sortable=True),
            integer("place_id", "The place.", references="places", required=True, facet=True),
            integer("article_id", "The article.", references="articles", required=True),
            integer("paragraph_id", "The paragraph; null in a headline.", references="paragraphs"),
            integer("quote_id", "The innermost quotation that holds it.", references="quotes"),
            text("text", "The name as printed.", required=True),
            text(
                "sense",
                "location (the place) or government (the state as an actor).",
                required=True,
                facet=True,
                judgement="whether the place or its government is meant",
            ),
            real(
                "confidence",
                "How sure the choice of place is, from 0 to 1.",
                required=True,
                sortable=True,
                judgement="how sure the resolution is",
            ),
            text("rule", "The rules that found it.", required=True, judgement=_RULE),
            integer("start", _START, required=True),
            integer("end", _END, required=True),
        ),
        # Pairs, as for quotations. None on rule, which would be the largest index of all: how often each rule
        # found something is counted once, in rule_counts.
        indexes=(("place_id", "article_id"), ("article_id", "place_id"), ("paragraph_id", "place_id")),
        hints=Hints(sort="id", page_size=50, facet_size=15),
    ),
    "links": Table(
        title="Links in the texts",
        description="Web addresses that the articles cite.",
        columns=columns(
            integer("id", "Number of the link."),
            integer("article_id", "The article.", references="articles", required=True),
            integer("paragraph_id", "The paragraph.", references="paragraphs"),
            text("footnote", "The footnote's number, if it stands in one."),
            text("url", "The address.", required=True),
            integer("start", _START, required=True),
            integer("end", _END, required=True),
        ),
        hints=Hints(label="url"),
    ),
    "data_notes": Table(
        title="Data quality notes",
        description="Oddities of the source that a reader must know.",
        columns=columns(
            integer("id", "Number of the note."),
            integer("archive_id", "The source file.", references="archives", required=True),
            integer(
                "article_id",
                "The article, if the note concerns one.",
                references="articles",
                judgement="whose article a note is filed under",
            ),
            text(
                "code", "A short name to filter by.", required=True, facet=True, judgement="what is doubtful"
            ),
            text("message", "What to know.", required=True, judgement="what is doubtful, in words"),
            integer(
                "start",
                "Offset of what it is about.",
                judgement="where to look: no cell repeats the characters there",
            ),
            integer(
                "end", "Offset after it.", judgement="where to look: no cell repeats the characters there"
            ),
        ),
        indexes=(("code",),),
        hints=Hints(label="message"),
    ),
    "corrections": Table(
        title="Corrections by hand",
        description="Values that an editor set, with the reason.",
        columns=columns(
            integer("id", "Number of the correction."),
            integer("archive_id", "The source file.", references="archives", required=True),
            integer("article_id", "The article, if it concerns one.", references="articles"),
            text("field", "What was corrected.", required=True, facet=True),
            text(
                "found",
                "The value before the correction.",
                judgement="what the loader had found before a correction",
            ),
            text("corrected", "The value that the editor set."),
            text("reason", "Why.", required=True),
            integer("start", "Offset of the words that it concerns.", required=True),
            integer("end", "Offset after them.", required=True),
        ),
    ),
}

# Counts that follow from the other tables; `loader.dataset.summaries` computes their rows.
SUMMARIES: dict[str, Table] = {
    "article_months": Table(
        title="Articles by month",
        description="Counted when the file was made.",
        columns=columns(
            text("month", _MONTH, required=True),
            integer("articles", "Number of its articles.", required=True),
        ),
        primary_key="month",
        without_rowid=True,
        hints=_HIDDEN,
    ),
    "publication_counts": Table(
        title="Articles by outlet",
        description="Counted when the file was made.",
        columns=columns(
            integer("publication_id", "The outlet.", required=True),
            integer("articles", "Number of its articles.", required=True),
        ),
        primary_key="publication_id",
        without_rowid=True,
        hints=_HIDDEN,
    ),
    "rule_counts": Table(
        title="Rows by rule",
        description="How many quotations and mentions each rule found, counted when the file was made.",
        columns=columns(
            text("found", "quotation or mention.", required=True),
            text("rule", "The rules that found it.", required=True),
            integer("rows", "How many they found.", required=True),
            integer("first_id", "Number of the first of them.", required=True),
        ),
        primary_key=("found", "rule"),
        without_rowid=True,
        hints=_HIDDEN,
    ),
    "place_months": Table(
        title="Mentions of frequent places by month",
        description=f"Counted when the file was made. {_FREQUENT}",
        columns=columns(
            integer("place_id", "The place.", required=True),
            text("month", _MONTH, required=True),
            integer("mentions", "Number of mentions of the place in it.", required=True),
            integer("articles", "Number of articles that mention it.", required=True),
        ),
        primary_key=("place_id", "month"),
        without_rowid=True,
        hints=_HIDDEN,
    ),
    "place_publications": Table(
        title="Mentions of frequent places by outlet",
        description=f"Counted when the file was made. {_FREQUENT}",
        columns=columns(
            integer("place_id", "The place.", required=True),
            integer("publication_id", "The outlet.", required=True),
            integer("mentions", "Number of mentions of the place by it.", required=True),
            integer("articles", "Number of articles that mention it.", required=True),
        ),
        primary_key=("place_id", "publication_id"),
        without_rowid=True,
        hints=_HIDDEN,
    ),
    "speaker_months": Table(
        title="Quotations of frequent speakers by month",
        description=f"Counted when the file was made. {_FREQUENT}",
        columns=columns(
            integer("speaker_id", "The speaker.", required=True),
            text("month", _MONTH, required=True),
            integer("quotations", "Number of quotations of the speaker in it.", required=True),
            integer("articles", "Number of articles that quote the speaker.", required=True),
        ),
        primary_key=("speaker_id", "month"),
        without_rowid=True,
        hints=_HIDDEN,
    ),
    "speaker_publications": Table(
        title="Quotations of frequent speakers by outlet",
        description=f"Counted when the file was made. {_FREQUENT}",
        columns=columns(
            integer("speaker_id", "The speaker.", required=True),
            integer("publication_id", "The outlet.", required=True),
            integer("quotations", "Number of quotations of the speaker by it.", required=True),
            integer("articles", "Number of articles that quote the speaker.", required=True),
        ),
        primary_key=("speaker_id", "publication_id"),
        without_rowid=True,
        hints=_HIDDEN,
    ),
}

INFORMATION: dict[str, Table] = {
    "build_info": Table(
        title="About this file",
        description="Facts about the data set (keys that begin with dataset.) and about the build.",
        columns=columns(text("key", "The fact's name."), text("value", "The fact.", required=True)),
        primary_key="key",
        hints=_HIDDEN,
    ),
    "data_dictionary": Table(
        title="Data dictionary",
        description="What each column of this file holds.",
        columns=columns(
            text("table_name", "The table or view."),
            text("column_name", "The column."),
            text("type", "Its SQLite type: INTEGER, REAL or TEXT.", required=True),
            text("description", "What it holds.", required=True),
            text(
                "proof",
                "How its values are proved: rows (`press-archive verify` computes them from the sources) or "
                "rebuild (only building the file again shows that they are what the loader finds).",
                required=True,
                facet=True,
            ),
        ),
        primary_key=("table_name", "column_name"),
        hints=Hints(page_size=200),
    ),
}

DATASET = Declaration(tables=TABLES, views=VIEWS, summaries=SUMMARIES, information=INFORMATION)
