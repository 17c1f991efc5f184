"""An update gives the rows of a full build, reads no more than it must, and leaves nothing half done."""

import re
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from cases_files import ROOT
from comparing import QUERIES, rows_without_ids
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from loader import InputError, build
from loader.dataset import summaries
from loader.dataset.columns import TABLES
from loader.verify import verify

ARTICLE = """{headline}

{outlet}, by {author}, May {day}, 2018:

{town}, Austria – Bees are back in {town}. “They never left,” said {speaker}. “We watch,” {other} said.
"""
FIRST = ["Maria", "M.", "Marek", "Bill", "William", "Carlos", ""]
LAST = ["Novak", "Ruiz", "Ruiz Ortega", "Ortega", "Hart"]
OFFICES = ["", "Minister ", "President "]
OTHERS = [
    "the Northern Harbour Authority",
    "the NHA",
    "the National Heron Alliance",
    "a keeper",
    "officials",
]

PEOPLE = st.builds(
    lambda office, first, last: f"{office}{first} {last}".replace("  ", " ").strip(),
    st.sampled_from(OFFICES),
    st.sampled_from(FIRST),
    st.sampled_from(LAST),
)
ARTICLES = st.builds(
    ARTICLE.format,
    headline=st.sampled_from(["Bees return", "Swarm over the town hall", "Honey is dear"]),
    outlet=st.sampled_from(["Styrian Courier", "Drava Times"]),
    author=st.sampled_from(["Eva Lang", "Jan Berg"]),
    day=st.integers(1, 3),
    town=st.sampled_from(["Graz", "Wels", "Linz"]),
    speaker=PEOPLE,
    other=st.one_of(PEOPLE, st.sampled_from(OTHERS)),
)
FOLDERS = st.dictionaries(st.sampled_from("abcdef"), st.lists(ARTICLES, min_size=1, max_size=2), min_size=1)


def fill(folder, texts):
    """Makes a folder hold these archives and no others."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, articles in texts.items():
        (folder / f"{name}.txt").write_text("\n\n".join(articles), encoding="utf-8")


def check_search(database):
    """Lets FTS5 compare every searched table with its search; raises sqlite3.DatabaseError."""
    with closing(sqlite3.connect(database)) as connection:
        for table, shape in TABLES.items():
            if shape.searched:
                connection.execute(
                    f"insert into {table}_fts({table}_fts, rank) values ('integrity-check', 1)"
                )
        connection.rollback()


@pytest.mark.parametrize("in_place", [False, True], ids=["copy", "in place"])
@settings(max_examples=10, deadline=None, phases=set(Phase) - {Phase.shrink})  # a build is slow to shrink
@given(states=st.lists(FOLDERS, min_size=2, max_size=3))
def test_updates_give_the_rows_of_a_full_build(in_place, states):
    # What is counted for frequent places and speakers is counted here for all that occur twice.
    with tempfile.TemporaryDirectory() as name, patch.object(summaries, "FREQUENT", 1):
        folder = Path(name, "in")
        for texts in states:
            fill(folder, texts)
            build([folder], Path(name, "updated.db"), update=True, in_place=in_place)
        build([folder], Path(name, "full.db"))
        updated, full = (rows_without_ids(Path(name, file)) for file in ("updated.db", "full.db"))
        for table in QUERIES:
            assert updated[table] == full[table], table
        check_search(Path(name, "updated.db"))
        faults = [fault for check in verify(Path(name, "updated.db"), folder) for fault in check.faults]
        assert faults == []


@pytest.fixture
def place(tmp_path):
    """A folder with two archives and their database."""
    for name, headline in (("a", "Bees return"), ("b", "Honey is dear")):
        (tmp_path / f"{name}.txt").write_text(article(headline), encoding="utf-8")
    build([tmp_path], tmp_path / "a.db")
    return tmp_path


def article(headline, speaker="Maria Novak"):
    return ARTICLE.format(
        headline=headline,
        outlet="Drava Times",
        author="Eva Lang",
        day=1,
        town="Graz",
        speaker=speaker,
        other="Jan Berg",
    )


def update(place, **options):
    return build([place], place / "a.db", update=True, **options)


def column(place, query):
    with closing(sqlite3.connect(place / "a.db")) as connection:
        return [row[0] for row in connection.execute(query)]


def test_only_new_and_changed_files_are_read(place):
    (place / "b.txt").write_text(article("Honey is cheap"), encoding="utf-8")
    (place / "c.txt").write_text(article("Swarm"), encoding="utf-8")
    read = []
    report = update(place, progress=lambda progress: read.append(progress.name))
    assert read == ["b.txt", "c.txt"]
    assert (report.read, report.kept, report.removed, report.why_all) == (2, 1, 0, None)


def test_a_file_that_is_gone_takes_its_rows_with_it(place):
    (place / "b.txt").unlink()
    assert update(place).removed == 1
    assert column(place, "select headline from articles") == ["Bees return"]
    assert column(place, "select quote_count from speakers order by id") == [1, 1]


def test_rows_that_stay_keep_their_ids_and_slugs(place):
    before = column(place, "select id || slug from articles")
    (place / "0.txt").write_text(article("Bees return"), encoding="utf-8")
    update(place)
    assert column(place, "select id || slug from articles order by id")[:2] == before


def test_where_nothing_changed_the_file_is_left_alone(place):
    before = (place / "a.db").stat()
    assert update(place).read == 0
    after = (place / "a.db").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_name_that_fits_two_people_is_parted_again(place):
    (place / "c.txt").write_text(article("Swarm", "M. Novak"), encoding="utf-8")
    update(place)
    names = "select name from speakers where name like '%Novak' order by name"
    assert column(place, names) == ["Maria Novak"]
    (place / "d.txt").write_text(article("Rain", "Marek Novak"), encoding="utf-8")
    update(place)
    assert column(place, names) == ["M. Novak", "Marek Novak", "Maria Novak"]
    (place / "d.txt").unlink()
    update(place)
    assert column(place, names) == ["Maria Novak"]


def test_a_correction_that_comes_or_goes_is_a_change(place):
    table = place / "corrections.csv"
    start = (place / "a.txt").read_text(encoding="utf-8").index("May 1")
    table.write_text(
        "archive,start,text,field,corrected,reason\n"
        f'a.txt,{start},"May 1, 2018",published,2018-05-02,the article says so\n',
        encoding="utf-8",
    )
    assert update(place).read == 1
    assert column(place, "select published from articles order by headline") == ["2018-05-02", "2018-05-01"]
    table.unlink()
    assert update(place).read == 1
    assert column(place, "select published from articles") == ["2018-05-01"] * 2


def test_places_of_the_archive_that_change_are_a_change(place):
    row = next(iter((ROOT / "loader/data/places.csv").open(encoding="utf-8")))
    (place / "places.csv").write_text(row, encoding="utf-8")
    assert update(place).read == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda file: file.unlink(), "is not there yet"),
        (lambda file: shutil.copyfile(ROOT / "README.md", file), None),
        (
            lambda file: told(
                file, "update build_info set value = 'press-archive 0.0.1' where key = 'loader'"
            ),
            "loader",
        ),
        (lambda file: told(file, "drop table links"), "lacks tables"),
    ],
)
def test_a_database_of_another_kind_is_built_anew(change, why, place):
    change(place / "a.db")
    if why is None:
        with pytest.raises(InputError, match="is no SQLite database"):
            update(place)
        return
    report = update(place)
    assert re.search(why, report.why_all)
    assert report.read == 2
    assert column(place, "select count(*) from articles") == [2]


def told(file, sql):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(sql)
        connection.commit()


def test_another_choice_of_corrections_is_built_anew(place):
    assert "corrections" in update(place, corrections=False).why_all


@pytest.mark.parametrize("in_place", [False, True], ids=["copy", "in place"])
def test_a_fault_in_a_new_file_leaves_the_database_as_it_was(place, in_place):
    before = (place / "a.db").read_bytes()
    (place / "corrections.csv").write_text(
        "archive,start,text,field,corrected,reason\na.txt,0,Wasps,role,body,x\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="line 2"):
        update(place, in_place=in_place)
    assert (place / "a.db").read_bytes() == before
    assert [one.name for one in place.iterdir() if one.name.startswith(".")] == []


def test_an_update_in_place_that_stops_leaves_the_database_as_it_was(place):
    (place / "b.txt").unlink()
    (place / "c.txt").write_text(article("Swarm"), encoding="utf-8")
    before = (place / "a.db").read_bytes()

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(place, in_place=True, progress=stop)
    assert (place / "a.db").read_bytes() == before
    assert [one.name for one in place.iterdir() if one.suffix not in {".txt", ".db"}] == []


def test_a_file_that_a_site_may_serve_is_not_changed_in_place(place):
    (place / "site.db").hardlink_to(place / "a.db")
    before = (place / "a.db").read_bytes()
    (place / "b.txt").unlink()
    with pytest.raises(InputError, match="has another name"):
        update(place, in_place=True)
    assert (place / "a.db").read_bytes() == before
    assert update(place).removed == 1
    assert (place / "site.db").read_bytes() == before


def test_a_file_with_other_columns_is_built_in_full(tmp_path):
    fill(tmp_path / "in", {"a": ["Bees return."]})
    build([tmp_path / "in"], tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection, connection:
        connection.execute("alter table articles drop column url")
        connection.execute(
            "delete from data_dictionary where column_name = 'url' and table_name = 'articles'"
        )
    report = build([tmp_path / "in"], tmp_path / "a.db", update=True)
    assert report.why_all is not None and "has other columns" in report.why_all
    build([tmp_path / "in"], tmp_path / "b.db")
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()
