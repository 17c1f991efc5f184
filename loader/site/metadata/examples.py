"""Values for example links and searches, computed from the data so that each of them returns rows."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from functools import cache

from loader.vocabulary import read_table

_FORMS = ("verb", "third", "past", "participle", "gerund")
_SAMPLE = 400  # rows that words are counted in
_MOST_TEXT = 2_000  # characters of a row that are looked at
_CANDIDATES = 50  # places that are tried
# Words that stand next to each other, and so can be searched as a phrase.
_RUN = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_SHORTEST_WORD = 5
_HOST = re.compile(r"^[a-z]+://(?:www\.)?([\w.-]{1,80})", re.IGNORECASE)
_TOP = "select id, name from places where mention_count > 0 order by mention_count desc, id limit 50"

# For each name a query whose first row has its value; a name without a row is not offered.
_QUERIES: dict[str, str] = {
    "place": "select name from places where mention_count > 0 order by mention_count desc, id limit 1",
    "quoted_place": f"""select name from ({_TOP}) as top where exists (
        select 1 from mentioned_places
          cross join quotes on quotes.paragraph_id = mentioned_places.paragraph_id
        where mentioned_places.place_id = top.id) limit 1""",  # noqa: S608 - ours
    "companion": f"""select name from ({_TOP}) as top where exists (
        select 1 from mentioned_places as one cross join mentioned_places as other
          on other.paragraph_id = one.paragraph_id and other.place_id != one.place_id
        where one.place_id = top.id) limit 1""",  # noqa: S608 - ours
    "place_of_outlets": f"""select name from ({_TOP}) as top where exists (
        select 1 from mentioned_places cross join articles on articles.id = mentioned_places.article_id
        where mentioned_places.place_id = top.id and articles.publication_id is not null) limit 1""",  # noqa: S608
    "speaker": """select name from speakers where quote_count > 0 and kind = 'person'
        order by quote_count desc, id limit 1""",
    "any_speaker": "select name from speakers where quote_count > 0 order by quote_count desc, id limit 1",
    "speaker_kind": "select kind from speakers where quote_count > 0 order by quote_count desc, id limit 1",
    "unattributed_kind": """select kind from quotes
        where speaker_id is null and speaker_text is null limit 1""",
    "from": "select min(published) from articles where published is not null",
    "until": "select max(published) from articles where published is not null",
    "outlet": "select name from publications order by id limit 1",
    "paragraph": "select min(id) from paragraphs",
    "quote": "select min(id) from quotes",
    "block": "select min(id) from furniture",
    "note_code": "select min(code) from data_notes",
    "corrected_field": "select min(field) from corrections",
    "rule": "select rule from rule_counts order by rows desc, found, rule limit 1",
    "url": "select url from links order by id limit 1",
    "headline": """select headline from articles where headline is not null and headline != '(untitled)'
        order by published desc, id limit 1""",
}
_POINT = """select name, round(latitude, 2), round(longitude, 2) from places
    where latitude is not null and longitude is not null and mention_count > 0
    order by kind = 'country', mention_count desc, id limit 1"""
_BODIES = "select substr(text, 1, ?) from paragraphs where role = 'body' order by id limit ?"
_QUOTED = "select substr(text, 1, ?) from quotes order by id limit ?"
_TOPICS = """select substr(paragraphs.text, 1, ?)
    from quotes cross join paragraphs on paragraphs.id = quotes.paragraph_id
      cross join articles on articles.id = quotes.article_id
    where quotes.speaker_id is not null and articles.publication_id is not null order by quotes.id limit ?"""
_WITHOUT = """select 1 from paragraphs_fts where paragraphs_fts match ? limit 1"""


def find_examples(connection: sqlite3.Connection) -> dict[str, str]:
    """Compute the values of examples.

    Args:
        connection: a database of this schema.

    Returns:
        Text by name ("place", "speaker", "phrase", ...); a name that the data have no value for is missing.
    """
    found: dict[str, str] = {}
    for name, query in _QUERIES.items():
        row = connection.execute(query).fetchone()
        if row and row[0] is not None and str(row[0]).strip():
            found[name] = str(row[0])
    found.setdefault("speaker", found.get("any_speaker", ""))
    point = connection.execute(_POINT).fetchone()
    if point:
        found |= {"point": str(point[0]), "latitude": str(point[1]), "longitude": str(point[2])}
    found |= _words(connection)
    found["rule"] = found.get("rule", "").partition("+")[0]
    host = _HOST.match(found.pop("url", ""))
    found["cited_host"] = host[1] if host else ""
    found["headline_word"] = _telling_word(found.pop("headline", ""))
    if "word" in found and "place" in found:
        found["without"] = _without(connection, found["word"], found["place"])
    return {name: value for name, value in found.items() if value}


def example_searches(examples: dict[str, str]) -> list[str]:
    """Return searches with results, for the search page: words, a phrase, the start of a word, a filter."""
    searches = []
    if "phrase" in examples:
        searches += [examples["phrase"], f"“{examples['phrase']}”"]
    if "word" in examples:
        searches.append(f"{examples['word'][:-1]}*")
    if "without" in examples:
        searches.append(f"{examples['word']} -{examples['without']}")
    return list(dict.fromkeys(searches))


def _words(connection: sqlite3.Connection) -> dict[str, str]:
    """The most frequent phrases and words of paragraphs and quotations."""
    bodies, quoted, topics = (
        [row[0] for row in connection.execute(query, (_MOST_TEXT, _SAMPLE)) if isinstance(row[0], str)]
        for query in (_BODIES, _QUOTED, _TOPICS)
    )
    word = _most_frequent(bodies, 1)
    return {
        "phrase": _most_frequent(bodies, 2) or word,
        "word": word,
        "quoted_word": _most_frequent(quoted, 1),
        "quoted_topic": _most_frequent(topics, 2) or _most_frequent(topics, 1),
    }


def _most_frequent(texts: Iterable[str], length: int) -> str:
    """The telling phrase of so many words that most texts share; "" if no two share a phrase."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(list(dict.fromkeys(_phrases(text, length))))
    # Of equally frequent ones the first, so that the same file always gives the same example.
    phrase, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
    return phrase if count > 1 or length == 1 else ""


def _phrases(text: str, length: int) -> Iterable[str]:
    for run in _RUN.findall(text):
        words = run.lower().split(" ")
        for at in range(len(words) - length + 1):
            phrase = words[at : at + length]
            if all(len(word) >= _SHORTEST_WORD and word not in _stop_words() for word in phrase):
                yield " ".join(phrase)


@cache
def _stop_words() -> frozenset[str]:
    """Words that tell nothing about a text: function words, verbs of saying."""
    function_words = {row["word"] for row in read_table("quotes_function_words")}
    return frozenset(
        function_words
        | {
            row[form]
            for row in read_table("cues")
            for form in ("verb", "third", "past", "participle", "gerund")
        }
        | {row["word"] for row in read_table("quotes_word_sets")}
    )


def _telling_word(headline: str) -> str:
    """The longest word of a headline."""
    words = [word for run in _RUN.findall(headline) for word in run.split(" ")]
    return max(words, key=len, default="")


def _without(connection: sqlite3.Connection, word: str, place: str) -> str:
    """A word of a place's name without which paragraphs with another word still are."""
    other = _telling_word(place)
    if not other or other.lower() == word:
        return ""
    found = connection.execute(_WITHOUT, (f'"{word}" NOT "{other}"',)).fetchone()
    return other if found else ""
