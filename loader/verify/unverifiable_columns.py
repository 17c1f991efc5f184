"""Columns that hold judgement: what stands there cannot be proven from the archives by arithmetic.

Of each the value is checked as far as its range goes (a known role, a confidence from 0 to 1, an offset
inside the article). That it is the value the loader gives is shown by building the database again: the
same input gives the same bytes.
"""

from __future__ import annotations

JUDGED: dict[str, str] = {
    "publications.name": "where in a source line the outlet's name begins and ends",
    "authors.name": "where in a source line a name begins and ends",
    "articles.dateline": "whether the opening of an article says where it was filed",
    "articles.publication_id": "whether a source line names an outlet at all",
    "paragraphs.role": "what a paragraph is for",
    "furniture.role": "what a line outside the paragraphs is for",
    "speakers.kind": "what sort of source a speaker is",
    "quotes.speaker_name": "the fullest name that an article gives a speaker",
    "quotes.speaker_description": "which words introduce a speaker",
    "quotes.utterance": "which quotations are pieces of one utterance",
    "quotes.kind": "what sort of quotation it is",
    "quotes.rule": "which rule found it",
    "mentioned_places.sense": "whether the place or its government is meant",
    "mentioned_places.confidence": "how sure the resolution is",
    "mentioned_places.rule": "which rule found it",
    "data_notes.article_id": "whose article a note is filed under",
    "data_notes.code": "what is doubtful",
    "data_notes.message": "what is doubtful, in words",
    "data_notes.start": "where to look: no cell repeats the characters there",
    "data_notes.end": "where to look: no cell repeats the characters there",
    "corrections.found": "what the loader had found before a correction",
}
