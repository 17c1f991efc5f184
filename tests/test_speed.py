"""The benchmark of speed: the archives it makes, the clocks it sets, the targets it checks."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from cases_files import ROOT
from click.testing import CliRunner

from benchmarks.speed import __main__ as command
from benchmarks.speed import hooks, memory, report
from benchmarks.speed.floor import write_again
from benchmarks.speed.making import MadeArticle, file_articles, make_archive
from benchmarks.speed.names import names
from benchmarks.speed.templates import seed_templates
from loader.extract.annotate import read_content
from loader.pipeline.build import build
from loader.readers.roundup import read_bytes
from loader.records import Article, Content

_FILES = 12


class Read(NamedTuple):
    """An article as it was made and as it was read."""

    made: MadeArticle
    article: Article
    content: Content


@pytest.fixture(scope="module")
def read() -> list[Read]:
    """Some files, some hundred KB: what was made, and what the loader finds in it."""
    found: list[Read] = []
    for number in range(_FILES):
        made = list(file_articles(number))
        archive = read_bytes("".join(one.text for one in made).encode(), "a.txt")
        assert len(archive.articles) == len(made)
        pairs = zip(made, archive.articles, read_content(archive), strict=True)
        found.extend(Read(*pair) for pair in pairs)
    return found


def bytes_below(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*.txt")))


class TestMadeArchive:
    def test_of_a_smaller_size_is_the_beginning_of_a_larger_one(self, tmp_path: Path) -> None:
        small, large, again = (tmp_path / name for name in ("small", "large", "again"))
        made = make_archive(small, 200_000)
        make_archive(large, 500_000)
        make_archive(again, 500_000)
        assert made.bytes == len(bytes_below(small))
        assert 200_000 <= made.bytes < 220_000  # it ends with an article, not with a file
        assert made.files == len(list(small.rglob("*.txt"))) > 1
        assert bytes_below(large) == bytes_below(again)
        assert bytes_below(large).startswith(bytes_below(small))

    def test_of_another_seed_has_other_texts(self) -> None:
        assert next(file_articles(0, seed=1)).text != next(file_articles(0, seed=2)).text

    def test_is_read_as_it_was_made(self, read: list[Read]) -> None:
        assert len(read) > 50
        for one in read:
            assert one.article.headline == one.made.headline
            assert one.article.publication == one.made.outlet
            assert one.article.published == one.made.published
            assert tuple(author.name for author in one.article.authors) == one.made.authors

    def test_has_the_quotations_that_were_put_in(self, read: list[Read]) -> None:
        put_in = sum(one.made.quotes for one in read)
        # Headlines and captions have none. As many as the seed archive has: 54 in 38 KB.
        assert sum(len(one.content.quotes) for one in read) == pytest.approx(put_in, rel=0.03)
        assert put_in / sum(len(one.made.text) for one in read) == pytest.approx(54 / 37_692, rel=0.25)

    def test_names_places_as_often_as_the_seed_archive(self, read: list[Read]) -> None:
        mentions = sum(len(one.content.mentions) for one in read)
        assert mentions / sum(len(one.made.text) for one in read) == pytest.approx(257 / 37_692, rel=0.25)

    def test_goes_on_to_bring_new_places_and_speakers(self, read: list[Read]) -> None:
        quarter = read[: len(read) // 4]
        for distinct in (distinct_places, distinct_speakers):
            growth = len(distinct(read)) / len(distinct(quarter))
            # Heaps' law: four times the text has 4 ** 0.5 to 4 ** 0.95 times the names.
            assert 2.0 < growth < 3.7

    def test_repeats_few_paragraphs(self, read: list[Read]) -> None:
        paragraphs = [text for one in read for text in one.made.text.split("\n\n") if len(text) > 50]
        assert len(set(paragraphs)) > 0.98 * len(paragraphs)


def distinct_places(read: Iterable[Read]) -> set[object]:
    return {mention.place for one in read for mention in one.content.mentions}


def distinct_speakers(read: Iterable[Read]) -> set[str]:
    return {quote.speaker_name for one in read for quote in one.content.quotes if quote.speaker_name}


def test_templates_hold_every_annotated_quotation_of_a_paragraph() -> None:
    # 54 in the seed archive, of which one stands in a headline.
    assert sum(paragraph.quotes for paragraph in seed_templates().paragraphs) == 53


def test_names_differ_from_rank_to_rank() -> None:
    vocabulary = names()
    people = [" ".join(vocabulary.person(rank)) for rank in range(50_000)]
    assert len(set(people)) == len(people)
    assert people[0].split()[1] != people[1].split()[1]


class TestHooks:
    @pytest.mark.parametrize(
        ("statement", "stage"),
        [
            ("insert into [quotes] values (?,?)", "rows"),
            ("commit", "rows"),
            ("CREATE INDEX [idx_quotes_kind]\n ON [quotes] ([kind])", "indexes"),
            ("create unique index [one] on [articles] ([slug])", "indexes"),
            ("\nCREATE VIRTUAL TABLE [quotes_fts] USING FTS5 (text)", "FTS"),
            ("INSERT INTO [quotes_fts] (rowid, [text]) SELECT rowid, [text] FROM [quotes]", "FTS"),
            ("insert into places select * from work.places", "rows"),
            ("insert into work.voices values (?, ?)", "names"),
            ("insert or ignore into work.evidence (voice) values (?)", "names"),
            ("update quotes set speaker_id = (select speaker from work.speakers)", "names"),
            ("vacuum main into cast(? as text)", "finish"),
        ],
    )
    def test_tell_the_stage_of_a_statement(self, statement: str, stage: str) -> None:
        assert hooks.stage_of(statement) == stage

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_time_every_stage_and_leave_the_file_as_it_is(self, tmp_path: Path, jobs: str) -> None:
        archive, figures, timed = tmp_path / "archive", tmp_path / "figures", tmp_path / "timed.db"
        make_archive(archive, 100_000)
        run = [sys.executable, "-m", "benchmarks.speed.hooks", figures, "build", archive, "-o", timed]
        subprocess.run([*run, "--jobs", jobs, "--quiet"], cwd=ROOT, check=True)
        build([archive], tmp_path / "plain.db")
        assert timed.read_bytes() == (tmp_path / "plain.db").read_bytes()
        seconds = json.loads(figures.read_text())
        assert list(seconds) == [*hooks.PARSED, *hooks.WRITTEN, hooks.WRITER]
        assert all(0 < one < 60 for one in seconds.values())


def test_floor_has_the_rows_indexes_and_search_of_the_finished_file(database: Path, tmp_path: Path) -> None:
    output = tmp_path / "floor.db"
    seconds = write_again(database, output)
    assert seconds["total"] == pytest.approx(seconds["rows"] + seconds["indexes"] + seconds["FTS"])
    schema = "select type, name, sql from sqlite_master where type != 'view' and name not like 'sqlite_stat%'"
    with closing(sqlite3.connect(database)) as finished, closing(sqlite3.connect(output)) as floor:
        assert sorted(floor.execute(schema)) == sorted(finished.execute(schema))
        for (table,) in finished.execute("select name from sqlite_master where sql like 'create table%'"):
            if "_fts" not in table and not table.startswith("sqlite"):
                every = f"select * from [{table}] order by 1, 2"
                assert floor.execute(every).fetchall() == finished.execute(every).fetchall()
        found = "select rowid from paragraphs_fts where paragraphs_fts match 'chemical' order by rowid"
        assert floor.execute(found).fetchall() == finished.execute(found).fetchall() != []


class TestMemory:
    def test_counts_the_processes_that_a_command_starts(self) -> None:
        child = "import time; held = bytearray(60_000_000); time.sleep(1)"
        parent = (
            "import subprocess, sys; held = bytearray(60_000_000); "
            f"subprocess.run([sys.executable, '-c', {child!r}])"
        )
        ran = memory.run([sys.executable, "-c", parent])
        assert 120_000_000 < ran.peak < 200_000_000
        assert ran.seconds > 1
        assert ran.processor > 0

    def test_refuses_what_fails_with_its_own_words(self) -> None:
        with pytest.raises(RuntimeError, match=r"^no such archive \(.*: exit code 1\)$"):
            memory.run([sys.executable, "-c", "import sys; sys.exit('at first\\nno such archive')"])


class TestReport:
    STAGES = dict.fromkeys((*hooks.PARSED, *hooks.WRITTEN, hooks.WRITER), 1.5)
    # 10 MB in 5 s, four times the floor: ten times the size takes eleven times as long, and twice the floor.
    SMALL = report.Build(10, 10_000_000, 200, 1800, 5.0, 8.0, STAGES, 100_000_000, 35_000_000, 1.25)
    LARGE = report.Build(100, 100_000_000, 2000, 18_000, 55.0, 88.0, STAGES, 400_000_000, 350_000_000, 27.5)

    def test_has_a_column_for_each_size(self) -> None:
        lines = report.table(report.Measured([self.SMALL, self.LARGE])).splitlines()
        assert lines[0] == "|  | unit | 10 MB | 100 MB |"
        assert "| quotations | processor s | 1.50 | 1.50 |" in lines
        assert "| all processes | processor s | 8.00 | 88.00 |" in lines
        assert "| total | MB/s | 2.00 | 1.82 |" in lines
        assert "| total | articles/s | 360 | 327 |" in lines
        assert "| time per MB | x the size before |  | 1.10 |" in lines
        assert "| database | MB per MB | 3.50 | 3.50 |" in lines
        assert "| total / floor |  | 4.00 | 2.00 |" in lines

    def test_misses_nothing_at_the_targets_themselves(self) -> None:
        ours, spacy = report.Reader("ours", 1000, 0.01), report.Reader("spaCy", 1000, 1.0)
        measured = report.Measured([self.SMALL, self.LARGE], seed=1.0, ours=ours, spacy=spacy)
        assert list(report.missed(measured)) == []

    def test_names_each_target_that_is_missed(self) -> None:
        large = replace(self.LARGE, seconds=60.0, floor=20.0, peak=401_000_000)
        ours, spacy = report.Reader("ours", 990, 0.01), report.Reader("spaCy", 1000, 1.0)
        measured = report.Measured([self.SMALL, large], seed=1.1, ours=ours, spacy=spacy)
        assert list(report.missed(measured)) == [
            "100 MB: total 3.00 x the floor, not 2.5 or less",
            "100 MB: 401 MB of memory, not 400 or less",
            "100 MB: 1.20 x the time per MB of 10 MB, not 1.1 or less",
            "seed archive: 1.10 s, not 1.0 or less",
            "words a second: 99.0 x those of spaCy, not 100 or more",
        ]

    def test_leaves_growth_alone_below_ten_megabytes(self) -> None:
        tiny = replace(self.SMALL, megabytes=1, bytes=1_000_000, seconds=0.1)
        assert list(report.missed(report.Measured([tiny, self.SMALL]))) == []

    def test_writes_every_figure_as_csv(self, tmp_path: Path) -> None:
        file = tmp_path / "figures.csv"
        report.write_csv(report.Measured([self.SMALL], seed=0.5), file)
        lines = file.read_text().splitlines()
        assert lines[0] == "figure,unit,megabytes,value"
        assert "total / floor,,10,4" in lines
        assert lines[-1] == "seed archive,s,,0.5"


def test_command_tells_how_to_install_a_missing_model_before_it_measures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "pipeline", lambda: None)
    monkeypatch.setattr(command, "measure_seed", pytest.fail)
    result = CliRunner().invoke(command.main, ["--spacy"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Error: spaCy or its small English model is not installed; use `pip install -e .[bench]`"
    ]


def test_command_prints_the_line_of_a_build_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> float:
        raise RuntimeError("the disk is full (loader build: exit code 1)")

    monkeypatch.setattr(command, "measure_seed", fail)
    result = CliRunner().invoke(command.main, ["1"])
    assert result.exit_code == 1
    assert result.output.splitlines() == ["Error: the disk is full (loader build: exit code 1)"]


def test_command_refuses_a_size_that_the_disk_has_no_room_for() -> None:
    result = CliRunner().invoke(command.main, ["1000000000"])
    assert result.exit_code == 1
    assert re.fullmatch(
        r"Error: 1,000,000,000 MB take 12,000,000,000 MB in .*; name another folder with TMPDIR\n",
        result.output,
    )
