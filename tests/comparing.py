"""Rows of a database with what their ids stand for, to compare builds that number apart."""

import re
import sqlite3
from contextlib import closing

_ARTICLE = "archives.path, articles.position"


def _of_article(table):
    return (
        f"join articles on articles.id = {table}.article_id "
        "join archives on archives.id = articles.archive_id"
    )


def _of_archive(table):
    return (
        f"join archives on archives.id = {table}.archive_id "
        f"left join articles on articles.id = {table}.article_id"
    )


QUERIES = {
    "files": "select * from files",
    "archives": "select files.path, archives.* from archives join files on files.id = file_id",
    "source_texts": "select path, member, text from source_texts join archives on archives.id = archive_id",
    "segments": "select path, member, segments.* from segments join archives on archives.id = archive_id",
    "omitted_ranges": "select path, omitted_ranges.* from omitted_ranges join files on files.id = file_id",
    "publications": "select name from publications",
    "articles": f"select {_ARTICLE}, name, articles.* from articles "
    "join archives on archives.id = archive_id left join publications on publications.id = publication_id",
    "authors": "select name from authors",
    "article_authors": f"select {_ARTICLE}, article_authors.position, name from article_authors "
    f"join authors on authors.id = author_id {_of_article('article_authors')}",
    "paragraphs": f"select {_ARTICLE}, paragraphs.* from paragraphs {_of_article('paragraphs')}",
    "furniture": f"select {_ARTICLE}, furniture.* from furniture {_of_archive('furniture')}",
    "speakers": "select name, kind, description, quote_count from speakers",
    "speaker_names": "select name, quote_count, speaker_names.* from speaker_names "
    "join speakers on speakers.id = speaker_id",
    "quotes": f"select {_ARTICLE}, around.position as around, paragraphs.position as paragraph, name, "
    "speakers.kind as speaker_kind, description, quote_count, quotes.* from quotes "
    "left join quotes as around on around.id = quotes.nested_in "
    "left join paragraphs on paragraphs.id = quotes.paragraph_id "
    f"left join speakers on speakers.id = quotes.speaker_id {_of_article('quotes')}",
    "places": "select * from places",
    "mentioned_places": f"select {_ARTICLE}, paragraphs.position as paragraph, quotes.position as quote, "
    "name, mention_count, mentioned_places.* from mentioned_places join places on places.id = place_id "
    "left join paragraphs on paragraphs.id = mentioned_places.paragraph_id "
    f"left join quotes on quotes.id = quote_id {_of_article('mentioned_places')}",
    "links": f"select {_ARTICLE}, paragraphs.position as paragraph, links.* from links "
    f"left join paragraphs on paragraphs.id = paragraph_id {_of_article('links')}",
    "data_notes": f"select {_ARTICLE}, data_notes.* from data_notes {_of_archive('data_notes')}",
    "corrections": f"select {_ARTICLE}, corrections.* from corrections {_of_archive('corrections')}",
    "article_months": "select * from article_months",
    "publication_counts": "select name, articles from publication_counts "
    "join publications on publications.id = publication_id",
    "rule_counts": "select found, rule, rows from rule_counts",
}
for owner, owners in (("place", "places"), ("speaker", "speakers")):
    QUERIES[f"{owner}_months"] = (
        f"select {owners}.name, {owners}.kind, counts.* from {owner}_months as counts "
        f"join {owners} on {owners}.id = {owner}_id"
    )
    QUERIES[f"{owner}_publications"] = (
        f"select {owners}.name, publications.name as outlet, counts.* from {owner}_publications as counts "
        f"join {owners} on {owners}.id = {owner}_id "
        "join publications on publications.id = counts.publication_id"
    )
_IDS = re.compile(r"id|nested_in|(?!geonames)\w+_id")


def rows_without_ids(database):
    """Every table's rows, sorted; of a slug the number behind it is left out, which depends on the order."""
    found = {}
    with closing(sqlite3.connect(database)) as connection:
        for table, query in QUERIES.items():
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description]
            found[table] = sorted((_row(row, names) for row in cursor), key=repr)
    return found


def _row(row, names):
    return [
        re.sub(r"-\d{1,3}$", "", value) if name == "slug" else value
        for name, value in zip(names, row, strict=True)
        if not _IDS.fullmatch(name)
    ]
