"""Decomposed accents, soft hyphens, characters without a width and ligatures stop no name, cue or search."""

from __future__ import annotations

import re
import sqlite3
import time
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader import build, find_places, find_quotes
from loader.extract.annotate import read_content
from loader.readers.roundup import read_bytes
from loader.site.search import query_syntax
from loader.site.search.search_snippet import search_snippet
from loader.text import INVISIBLE, ReadingForm, fold, one_line, word_count
from loader.verify import verify

TEXT = (
    "Fog closes the office in Zürich\n\nÉcole Officielle, by Eva Kovač, May 3, 2018:\n\n"
    "ZÜRICH, Switzerland – Fog lay over Zürich. “We cannot wait,” said Ivan Kovač, the mayor. "
    "“It is definitely over,” Kovač said. According to Müller, “nothing has officially changed” in Łódź "
    "and Aleppo.\n"
)
WITHOUT_WIDTH = {
    "hyphen": "\xad",
    "space": "\u200b",
    "non-joiner": "\u200c",
    "joiner": "\u2060",
    "bom": "\ufeff",
}


def hyphenated(text: str, character: str) -> str:
    """A character without a width inside every word of four letters or more."""
    return re.sub(r"(\w\w)(\w\w+)", rf"\1{character}\2", text)


VARIANTS = {
    "decomposed": unicodedata.normalize("NFD", TEXT),
    "one decomposed name": TEXT.replace("č", "c\u030c"),
    "ligatures": TEXT.replace("fi", "ﬁ"),
    "long ligatures": TEXT.replace("ffi", "ﬃ"),
    **{name: hyphenated(TEXT, character) for name, character in WITHOUT_WIDTH.items()},
    "two at once": hyphenated(TEXT, "\xad\u200b"),
    "all at once": hyphenated(unicodedata.normalize("NFD", TEXT.replace("fi", "ﬁ")), "\xad"),
    "soft hyphen behind an accent": unicodedata.normalize("NFD", TEXT.replace("ü", "ü\xad")),
}


def found(text: str) -> object:
    archive = read_bytes(text.encode(), "a.txt")
    folded = fold(archive.text).replace("\n", " ")
    (content,) = read_content(archive)
    article = content.article
    for item in (*content.quotes, *content.mentions):
        assert folded[item.start : item.end] == item.text
    for quote in content.quotes:
        assert (
            quote.speaker_start is None
            or folded[quote.speaker_start : quote.speaker_end] == quote.speaker_text
        )
        assert quote.cue_start is None or folded[quote.cue_start : quote.cue_end] == quote.cue
    for author in article.authors:
        assert one_line(archive.text[author.start : author.end]) == author.name
    return (
        (article.headline, article.publication, article.published, article.dateline),
        [author.name for author in article.authors],
        [(quote.speaker_name, quote.kind, quote.rule, one_line(quote.text)) for quote in content.quotes],
        [(mention.place.name, one_line(mention.text)) for mention in content.mentions],
        sum(word_count(archive.text[block.start : block.end]) for block in archive.blocks),
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_is_found_however_letters_are_written(variant: str) -> None:
    assert found(VARIANTS[variant]) == found(TEXT)


def test_a_database_of_all_variants_is_proven_and_joins_their_names(tmp_path: Path) -> None:
    for number, variant in enumerate([TEXT, *VARIANTS.values()]):
        (tmp_path / f"{number:02d}.txt").write_text(variant, encoding="utf-8")
    build([tmp_path], tmp_path / "a.db")
    assert [fault for check in verify(tmp_path / "a.db", tmp_path) for fault in check.faults] == []
    connection = sqlite3.connect(tmp_path / "a.db")
    names = [
        [name for (name,) in connection.execute(f"select name from {table} order by name")]
        for table in ("authors", "publications", "speakers", "places")
    ]
    connection.close()
    assert names == [
        ["Eva Kovač"],
        ["École Officielle"],
        ["Ivan Kovač", "Müller"],
        ["Aleppo", "Switzerland", "Zurich", "Łódź"],
    ]


@pytest.mark.parametrize("query", ["Ko\xadvač", "Kovac\u030c", "“Ko\u200bvač”", "oﬃce", "Ko\u2060vač*"])
def test_a_query_is_searched_in_the_form_of_other_texts(query: str) -> None:
    plain = query.translate(dict.fromkeys(map(ord, INVISIBLE))).replace("ﬃ", "ffi").replace("c\u030c", "č")
    assert query_syntax.fts(query_syntax.parse(query)) == query_syntax.fts(query_syntax.parse(plain))


SEARCHED = {
    "a soft hyphen": "of\xadficially",
    "a ligature": "oﬃcially",
    "a zero-width space": "offi\u200bcially",
    "a joiner": "offi\u2060cially",
    "several": "o\xadﬃ\u200b\u200ccially",
}


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of every way to write the text."""
    folder = tmp_path_factory.mktemp("variants")
    for number, variant in enumerate([TEXT, *VARIANTS.values()]):
        (folder / f"{number:02d}.txt").write_text(variant, encoding="utf-8")
    build([folder], folder / "a.db")
    return folder / "a.db"


@pytest.mark.parametrize("words", ["officially", "Kovač", '"has officially changed"', "definitely", "Łódź"])
@pytest.mark.parametrize("table", ["paragraphs", "quotes"])
def test_words_are_found_in_the_index_however_they_are_written(
    table: str, words: str, variants: Path
) -> None:
    query = query_syntax.fts(query_syntax.parse(words))
    holds = f"select count(*) from {table} where line_of(text) like ?"
    with closing(sqlite3.connect(variants)) as connection:
        connection.create_function("line_of", 1, one_line)
        found = connection.execute(
            f"select count(*) from {table}_fts where {table}_fts match ?", (query,)
        ).fetchone()
        expected = connection.execute(holds, (f"%{words.strip(chr(34))}%",)).fetchone()
    assert found == expected
    assert expected[0] % (len(VARIANTS) + 1) == 0


@pytest.mark.parametrize("letters", ["Андрей ёж", "가족", "ガラス", "آب"])
def test_letters_that_are_decomposed_are_found_in_every_script(letters: str, tmp_path: Path) -> None:
    text = f"Bees return\n\nDrava Times, May 3, 2018:\n\nHe wrote {letters} on the wall of his house.\n"
    (tmp_path / "a.txt").write_text(unicodedata.normalize("NFD", text), encoding="utf-8")
    build([tmp_path], tmp_path / "a.db")
    query = query_syntax.fts(query_syntax.parse(letters))
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        rows = connection.execute("select rowid from paragraphs_fts where paragraphs_fts match ?", (query,))
        assert len(rows.fetchall()) == 1


def test_only_texts_that_are_written_otherwise_are_indexed_twice(variants: Path) -> None:
    with closing(sqlite3.connect(variants)) as connection:
        plain, other = (
            [row[0] for row in connection.execute(f"select text from paragraphs where search_text is {what}")]
            for what in ("null", "not null")
        )
    assert plain and other
    assert all(ReadingForm(text).text == text for text in plain)
    assert all(ReadingForm(text).text != text for text in other)


@pytest.mark.parametrize("written", SEARCHED.values(), ids=SEARCHED)
def test_a_snippet_shows_and_marks_the_whole_word(written: str) -> None:
    text = f"Nothing has {written} changed."
    assert search_snippet("officially", text) == "Nothing has ⟦officially⟧ changed."
    assert search_snippet("nothing", text) == "⟦Nothing⟧ has officially changed."


def test_an_update_keeps_the_index_of_such_words_in_step(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    for text, found in ((VARIANTS["hyphen"], 1), (TEXT.replace("officially", "really"), 0)):
        file.write_text(text, encoding="utf-8")
        build([tmp_path], tmp_path / "a.db", update=True)
        with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
            rows = connection.execute("select 1 from quotes_fts where quotes_fts match 'officially'")
            assert len(rows.fetchall()) == found
        assert [fault for check in verify(tmp_path / "a.db", tmp_path) for fault in check.faults] == []


ODD = st.sampled_from("ab cC\u030c\u0308\u0323e\xad\u200b\u2060ﬁﬀĿ가\u1100\u1161\u11a8か\u3099ا\u0653\n.“")
MIXED = st.text(ODD | st.characters())


@given(MIXED, st.data())
def test_offsets_of_the_form_lead_back_to_the_text(text: str, data: st.DataObject) -> None:
    form = ReadingForm(text)
    edges = [0, *(form.end(offset) for offset in range(1, len(form.text) + 1))]
    assert edges == sorted(edges)
    assert form.end(len(form.text)) == len(text) and form.start(0) == 0
    start = data.draw(st.integers(0, len(form.text)))
    end = data.draw(st.integers(start, len(form.text)))
    first, last = form.span(start, end)
    assert 0 <= first <= last <= len(text)
    assert form.text[start:end] in ReadingForm(text[first:last]).text or form.is_changed


@given(MIXED)
def test_the_form_of_a_form_is_itself_and_a_line_has_it(text: str) -> None:
    form = ReadingForm(text).text
    assert ReadingForm(form).text == form
    assert one_line(form) == one_line(text)


@pytest.mark.parametrize(
    "part", ["e\u0301", "a" + "\u0301\u0323" * 50, "\u0301", "\xad", "a\xad", "ﬁ", "\u1100"]
)
def test_the_form_takes_time_that_grows_with_the_length(part: str) -> None:
    def seconds(size: int) -> float:
        text = "x" + part * (size // len(part)) + "x"
        before = time.process_time()
        ReadingForm(text)
        return time.process_time() - before

    # Sixteen times the length; quadratic would be 256 times.
    assert seconds(1_600_000) < 64 * max(seconds(100_000), 0.02)


def test_the_verbs_find_names_that_are_written_with_loose_accents_and_soft_hyphens() -> None:
    text = "Renée Four\u00adnier left Tu\u00adnis. “It is o\ufb03cial,” Fournier said."
    (quote,) = find_quotes(text)
    assert (quote.text, quote.speaker_text, quote.speaker_name) == (
        "It is o\ufb03cial,",
        "Fournier",
        "Renée Fournier",
    )
    assert text[quote.start : quote.end] == quote.text
    (mention,) = find_places(text)
    assert (mention.text, mention.place.name) == ("Tu\u00adnis", "Tunis")
    assert text[mention.start : mention.end] == mention.text
