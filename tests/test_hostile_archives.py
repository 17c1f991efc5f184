"""Hostile archives load or are refused in one line, lose nothing, and take work as long as they are."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from cases_files import cases
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import laws
from fuzz.mutating import encoded, mutated
from fuzz.shapes import SHAPES
from fuzz.targets import TARGETS, words
from loader import InputError, build, read_archive
from loader.cli import main
from loader.curation import COLUMNS, FIELDS
from loader.dataset.rows import Parsed, archive_rows
from loader.extract.annotate import read_content
from loader.input_files import MAX_TABLE_BYTES
from loader.readers.roundup import read_bytes

ROOT = Path(__file__).resolve().parent.parent
GIVEN = [case.given for case in cases("archives")]
WORDS = words()
Result = TypeVar("Result")
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEED = (ROOT / "fuzz" / "seeds" / "archive.txt").read_text(encoding="utf-8")
CHANCE = st.randoms(use_true_random=False)


@relaxed
@given(st.sampled_from(GIVEN), CHANCE)
def test_archives_with_their_lines_mixed_lose_nothing(text: str, chance: random.Random) -> None:
    laws.check_content(encoded(mutated(text, WORDS, chance), chance))


@relaxed
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=20), st.binary(max_size=6))
def test_any_text_in_any_roles_gives_spans_that_slice_it(pieces: list[str], roles: bytes) -> None:
    laws.check_roles(" ".join(pieces), roles)


@settings(relaxed, max_examples=8)
@given(st.sampled_from(GIVEN), CHANCE)
def test_a_database_of_mixed_lines_verifies(text: str, chance: random.Random) -> None:
    laws.check_build({"a.txt": encoded(mutated(text, WORDS, chance), chance), "b.txt": text.encode()})


ANCHORS = [
    (SEED.index(text), text)
    for text in (
        "They never left,",
        "so-called bridge",
        "Vienna",
        "May 3, 2018",
        "Eva Lang",
        "GRAZ",
        " b",
        "e ",
    )
]
VALUES = st.sampled_from(
    [
        "",
        " ",
        "’s",
        "the",
        "Mr.",
        ".",
        "'",
        "2018-05-04",
        "20180504",
        "direct",
        "person",
        "body",
        "Graz",
        "110",
    ]
)


@relaxed
@given(
    st.lists(st.tuples(st.sampled_from(ANCHORS), st.sampled_from(list(FIELDS)), VALUES | st.text(max_size=9)))
)
def test_any_corrections_apply_or_are_refused_in_one_line(
    rows: list[tuple[tuple[int, str], str, str]],
) -> None:
    def quoted(value: object) -> str:
        return '"' + str(value).replace('"', '""') + '"'

    lines = [
        ",".join(map(quoted, ("archive.txt", start, text, field, value, "why")))
        for (start, text), field, value in rows
    ]
    table = "\n".join([",".join(COLUMNS), *lines]).encode("utf-8", "surrogatepass")
    laws.check_corrections(table, read_bytes(SEED.encode(), "archive.txt"))


@relaxed
@given(st.sampled_from(TARGETS["places"].seeds()), CHANCE)
def test_any_table_of_places_is_read_or_refused_in_one_line(table: bytes, chance: random.Random) -> None:
    text = mutated(table.decode("utf-8"), WORDS, chance)
    laws.check_own_places(encoded(text, chance), "“We won in Grimsdal,” said Eva Lang of Graz.")


def test_a_lost_character_breaks_a_law(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = laws.read_bytes(b"Bees.\n\nLimes.", "a.txt")
    object.__setattr__(whole, "blocks", whole.blocks[:1])
    monkeypatch.setattr(laws, "read_bytes", lambda *_: whole)
    with pytest.raises(laws.BrokenLawError, match="nothing visible stands"):
        laws.check_archive(b"Bees.\n\nLimes.")


# --- work ------------------------------------------------------------------------------------------------


def steps(work: Callable[[], Result]) -> tuple[Result, int]:
    """What some work gives, and the lines of Python it took: unlike time, the same on every run."""
    count = 0

    def trace(*_: object) -> object:
        nonlocal count
        count += 1
        return trace

    sys.settrace(trace)
    try:
        result = work()
    finally:
        sys.settrace(None)
    return result, count


def steps_to_rows(text: str) -> tuple[int, int]:
    """Steps of reading an archive, and of making rows of what it says."""
    archive, read = steps(lambda: read_bytes(text.encode(), "a.txt"))
    contents = read_content(archive)
    return read, steps(lambda: archive_rows(Parsed(archive, contents)))[1]


READINGS = (("", 500), ("\n", 3_000), ("\n\n", 12_000))
GROWING = [
    "headers", "also see", "separators", "source lines", "captions", "lines of one letter",
    "characters without a width on lines", "places quoted", "many outlets", "many authors", "many speakers",
    "many organisations of the same initials", "many speakers of one surname", "one source line",
]  # fmt: skip


@pytest.mark.parametrize("name", GROWING)
def test_four_times_the_text_takes_four_times_the_steps(name: str) -> None:
    # The square would take sixteen times as many; benchmarks/growth.py measures all shapes in seconds.
    # The first reading loads tables; line ends in front give each units of its own, which none has cached.
    _, small, large = (steps_to_rows(front + SHAPES[name](size)) for front, size in READINGS)
    for few, many in zip(small, large, strict=True):
        assert many <= 5.5 * few + 2_000


# --- limits ----------------------------------------------------------------------------------------------


def test_a_file_above_the_limit_is_refused_unread_and_the_old_database_stays(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Bees.", encoding="utf-8")
    build([tmp_path], tmp_path / "out.db")
    old = (tmp_path / "out.db").read_bytes()
    (tmp_path / "z.txt").touch()
    os.truncate(tmp_path / "z.txt", 2_000_000_000)  # a hole: it takes no room, and would take long to read
    with pytest.raises(InputError) as caught:
        build([tmp_path], tmp_path / "out.db", strict=True)
    for part in (str(tmp_path / "z.txt"), "2,000,000,000 bytes", "limit of 32,000,000", "--max-size"):
        assert part in str(caught.value)
    assert (tmp_path / "out.db").read_bytes() == old


def test_the_limit_is_the_longest_that_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"Bees return.")
    assert read_archive(file, max_bytes=12).text == "Bees return."
    with pytest.raises(InputError, match="holds 12 bytes, more than the limit of 11"):
        read_archive(file, max_bytes=11)


@pytest.mark.parametrize(
    ("size", "code"), [("12", 0), ("0.012 kB", 0), ("1GB", 0), ("11b", 1), ("0", 2), ("x", 2)]
)
def test_the_limit_is_given_as_people_write_it(tmp_path: Path, size: str, code: int) -> None:
    (tmp_path / "a.txt").write_bytes(b"Bees return.")
    for command in (["show"], ["build", "-o", str(tmp_path / "out.db")]):
        done = CliRunner().invoke(main, [*command, "--max-size", size, str(tmp_path / "a.txt")])
        assert done.exit_code == code, done.output


@pytest.mark.parametrize("name", ["corrections.csv", "places.csv"])
def test_a_table_above_its_limit_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("Bees.", encoding="utf-8")
    (tmp_path / name).touch()
    os.truncate(tmp_path / name, MAX_TABLE_BYTES + 1)
    with pytest.raises(InputError, match=f"{name}: holds 16,000,001 bytes.*take out the rows"):
        build([tmp_path], tmp_path / "out.db")


# --- fuzzing ---------------------------------------------------------------------------------------------


def test_a_short_run_of_the_fuzzer_finds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fuzz", "--seconds", "6", "--seeds", "6", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["target", *TARGETS]
