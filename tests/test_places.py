"""What the place engine finds, where it puts it, and what holds for every text."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from cases_files import Case, cases
from hypothesis import given, settings
from hypothesis import strategies as st

from loader.extract.places import find_places
from loader.extract.places.cache import Kept
from loader.extract.places.place_patterns import RUN, TOKEN
from loader.extract.places.recognise import runs_of
from loader.extract.places.tokens import split_run
from loader.extract.places.word_features import WordReader
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.gazetteer.place_rows import COLUMNS
from loader.records import Mention
from loader.text import fold
from loader.vocabulary import read_table

NAMES = [
    "Aleppo",
    "New York",
    "U.S.",
    "St. Louis",
    "al-Bab",
    "Paris, Texas",
    "Syria's",
    "Michael Jordan",
    "Ky.",
]
JOINTS = [
    " ",
    ", ",
    " and ",
    "-",
    ". ",
    "\n",
    "\n\n",
    " in ",
    " of ",
    "’s ",
    "(",
    "“",
    "—",
    "@",
    "\u200b",
    "\0",
    "é",
]
WORDS = WordReader(default_gazetteer())


def described(mention: Mention) -> list[str]:
    place = mention.place
    printed = mention.text.replace("\n", " ")
    return [printed, place.name, place.kind, str(place.country_code), mention.sense]


@pytest.mark.parametrize("case", cases("places"), ids=lambda case: case.name)
def test_case(case: Case) -> None:
    found = [" | ".join(described(mention)) for mention in find_places(case.given)]
    assert "\n".join(found or ["(none)"]) == case.expected.strip()


@given(st.lists(st.one_of(st.sampled_from(NAMES), st.sampled_from(JOINTS), st.text(max_size=5))).map("".join))
@settings(max_examples=150, deadline=None)
def test_mentions_slice_the_text_in_order_and_never_overlap(text: str) -> None:
    end = 0
    for mention in find_places(text):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.text == fold(text)[mention.start : mention.end]
        assert 0.0 <= mention.confidence <= 1.0
        end = mention.end


@given(st.text(alphabet="ABab.-' \n’é", max_size=60))
def test_a_run_is_covered_by_its_words_and_joints(text: str) -> None:
    for match in RUN.finditer(text):
        tokens = split_run(match.group(), WORDS.kept)
        assert tokens
        assert tokens[0].start == 0
        assert all(one.end <= other.start for one, other in pairwise(tokens))
        assert all(TOKEN.match(token.text) for token in tokens if token.text)


PIECES = [
    "al-",
    "Al-",
    "ash-",
    "Ul-",
    "Bab",
    "É",
    "x",
    "St.",
    "Ft.",
    "U.",
    ".",
    " ",
    "-",
    "‑",
    "’",
    "of ",
    "4",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(max_examples=300)
def test_the_quick_pattern_of_runs_finds_what_the_full_one_finds(text: str) -> None:
    assert [match.span() for match in runs_of(text)] == [match.span() for match in RUN.finditer(text)]


@pytest.mark.parametrize("text", ["", "\n\n", "no name here", "\0", "’s", "\ud800 Syria"])
def test_odd_texts_are_read(text: str) -> None:
    assert [mention.text for mention in find_places(text)] == (["Syria"] if "Syria" in text else [])


def test_the_same_place_is_the_same_value_in_every_text() -> None:
    (one,) = find_places("Rain in Nairobi.")
    (other,) = find_places("Snow in Nairobi, they said.")
    assert one.place == other.place
    assert hash(one.place) == hash(other.place)


def test_longer_contexts_never_change_what_a_name_is_filed_under() -> None:
    text = "The bridge in Mostar, Bosnia and Herzegovina, was rebuilt."
    doubled = find_places(text + "\n\n" + text)
    single = find_places(text)
    assert [mention.place for mention in doubled] == [mention.place for mention in single] * 2


def test_output_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from loader.extract.places import find_places;"
        "print(find_places('Springfield, Lincoln and Richmond lie near Aleppo. Georgia vetoed.'))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    "text",
    [
        "A" * 200_000,
        "A " * 100_000,
        "Aleppo " * 20_000,
        "Aleppo, Syria, " * 10_000,
        "a@" * 50_000,
        "A'" * 50_000,
        "al-" * 50_000,
        "U.S." * 50_000,
        "“" * 50_000,
        "Of The " * 30_000,
    ],
    ids=[
        "letters",
        "capitals",
        "names",
        "containers",
        "at",
        "apostrophes",
        "articles",
        "stops",
        "marks",
        "words",
    ],
)
def test_texts_made_to_be_slow_are_read_to_the_end(text: str) -> None:
    mentions = find_places(text)
    assert all(mention.place.name in ("Aleppo", "Syria", "United States") for mention in mentions)


def test_an_archives_own_places_are_found_first(tmp_path: Path) -> None:
    table = tmp_path / "places.csv"
    row = "Upper Zarbville,village,SY,35.1,36.9,,,,,Zarbville,own survey,"
    table.write_text(f"{','.join(COLUMNS)}\n{row}\n", encoding="utf-8")
    gazetteer = Gazetteer().with_places(table)
    (mention,) = find_places("Two wells were dug in Zarbville.", gazetteer=gazetteer)
    assert (mention.place.name, mention.place.country, mention.place.latitude) == (
        "Upper Zarbville",
        "Syria",
        35.1,
    )
    assert find_places("Two wells were dug in Zarbville.") == []


def test_every_weight_is_a_number_and_every_stage_is_known() -> None:
    rows = read_table("place_weights")
    assert {row["stage"] for row in rows} == {"recognise", "resolve"}
    assert all(float(row["weight"]) == float(row["weight"]) for row in rows)
    assert len({(row["stage"], row["evidence"]) for row in rows}) == len(rows)


def test_a_value_is_worked_out_once_while_it_is_in_use_and_never_many_are_kept() -> None:
    asked: list[str] = []

    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    kept = Kept(length, most=4, longest=3)
    # "a" is asked for again before two more are filed; "b" is not.
    assert [kept[text] for text in ("a", "b", "cc", "a", "dd", "e", "a", "b")] == [1, 1, 2, 1, 2, 1, 1, 1]
    assert asked == ["a", "b", "cc", "dd", "e", "b"]
    assert [kept["long"], kept["long"]] == [4, 4]
    assert asked[-2:] == ["long", "long"]
    for number in range(100):
        assert kept[str(number)] == len(str(number))
        assert len(kept) + len(kept.older) <= 4
