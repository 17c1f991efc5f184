from pathlib import Path

import pytest

from loader import vocabulary
from loader.extract.discourse.lexicon import Lexicon
from loader.vocabulary import VocabularyError, read_table


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setattr(vocabulary, "DATA", tmp_path)

    def write(content: str | bytes) -> None:
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (tmp_path / "table.csv").write_bytes(raw)

    return write


def test_rows_come_in_order_with_their_columns(table):
    table('word,note,source\nsaid,"plain, neutral",grammar\n\n asked ,,grammar\n')
    assert read_table("table") == (
        {"word": "said", "note": "plain, neutral", "source": "grammar"},
        {"word": "asked", "note": "", "source": "grammar"},
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("word,note\nsaid,\n", "table.csv, line 1: the header lacks the column source"),
        ("", "table.csv, line 1: the header lacks the column source and note"),
        ("word,word,note,source\n", "table.csv, line 1: the header repeats the column word"),
        ("word,note,source\nsaid,a,b,c\n", "table.csv, line 2: 4 values, but the header has 3 columns"),
        ("word,note,source\nsaid,,\n", "table.csv, line 2: no source"),
        ('word,note,source\n"said,,grammar\n', "table.csv, line 2: unexpected end of data"),
        (
            "word,tag,note,source\nsaid,V,,x\n\nsaid,B,,x\n",
            "table.csv, line 4: a second row for “said” (line 2)",
        ),
        ("word,note,source\ncaf\xe9,,x\n".encode("latin-1"), "table.csv: not UTF-8 (byte 20)"),
    ],
)
def test_a_faulty_table_is_refused_with_file_and_line(table, content, complaint):
    table(content)
    with pytest.raises(VocabularyError) as caught:
        read_table("table")
    assert str(caught.value).startswith(complaint)


def test_a_missing_table_is_refused_by_name(table):
    with pytest.raises(VocabularyError, match=r"^absent\.csv: no such table"):
        read_table("absent")


DATA_TABLES = sorted(path.stem for path in (Path(vocabulary.__file__).parent / "data").glob("*.csv"))


@pytest.mark.parametrize("name", DATA_TABLES)
def test_every_table_that_ships_can_be_read(name):
    assert read_table(name)


def test_two_rows_of_a_table_of_sets_may_share_a_word_but_not_word_and_set(tmp_path, monkeypatch):
    monkeypatch.setattr(vocabulary, "DATA", tmp_path)
    table = tmp_path / "speakers_words.csv"
    table.write_text("set,word,source,note\npeople,Kurds,x,\ncapital,Kurds,x,\n", encoding="utf-8")
    assert len(read_table("speakers_words")) == 2
    table = tmp_path / "quotes_word_sets.csv"
    table.write_text("set,word,source,note\ntie,of,x,\ntie,for,x,\ntie,of,y,\n", encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"^quotes_word_sets\.csv, line 4: a second row for “tie, of”"):
        read_table("quotes_word_sets")


def test_a_form_of_two_verbs_with_different_frames_is_an_error(tmp_path, monkeypatch):
    """Whoever adds a verb must see that a form of it is another verb's, as "found" is of "find"."""
    for table in (Path(vocabulary.__file__).parent / "data").iterdir():
        (tmp_path / table.name).symlink_to(table)
    cues = tmp_path / "cues.csv"
    text = cues.read_text(encoding="utf-8")
    cues.unlink()
    cues.write_text(text.rstrip() + "\nsaid,saids,saided,saided,saiding,none,,x,\n", encoding="utf-8")
    monkeypatch.setattr(vocabulary, "DATA", tmp_path)
    with pytest.raises(VocabularyError, match=r"^cues\.csv: “said” is a form of say and of said"):
        Lexicon()
