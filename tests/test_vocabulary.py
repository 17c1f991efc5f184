from pathlib import Path

import pytest

from loader import vocabulary
from loader.vocabulary import VocabularyError, read_table


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.setattr(vocabulary, "DATA", tmp_path)

    def write(content: str | bytes) -> None:
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (tmp_path / "table.csv").write_bytes(raw)

    return write


def test_rows_come_in_order_with_their_columns(table):
    table('word,note,source\nsaid,"plain, neutral",grammar\n\n said ,,grammar\n')
    assert read_table("table") == (
        {"word": "said", "note": "plain, neutral", "source": "grammar"},
        {"word": "said", "note": "", "source": "grammar"},
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
