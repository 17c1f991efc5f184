"""Who a speaker is: cases as text files (input, "=>", a row for each speaker), and laws for every input."""

import re

import pytest
from cases_files import short_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from loader.entities.speakers import Said, introduce
from loader.extract.discourse import name_patterns
from loader.extract.discourse.lexicon import lexicon
from loader.extract.discourse.name_spans import read_run
from loader.extract.discourse.speaker_resolution import People
from loader.extract.quotes import find_quotes
from loader.records import SPEAKER_KINDS

CASE = [pytest.param(given, expected, id=name) for name, given, expected in short_cases("speakers")]


def rows_of(text):
    """Each quotation's speaker: as printed, name, kind, description."""
    rows = [
        " | ".join(
            field or "-"
            for field in (
                quote.speaker_text,
                quote.speaker_name,
                quote.speaker_kind,
                quote.speaker_description,
            )
        )
        for quote in find_quotes(text)
        if quote.speaker_text
    ]
    return "\n".join(rows) or "(none)"


@pytest.mark.parametrize(("text", "expected"), CASE)
def test_case(text, expected):
    assert rows_of(text) == expected


def test_a_description_beside_a_name_is_that_person():
    text = "Astrid Vik, a harbour pilot told reporters that the fog was “thick as milk.”"
    speaker = People(text, (), lexicon()).resolve(text.index("a harbour"), text.index(" told"))
    assert speaker == ("Astrid Vik", "person", "a harbour pilot")


def test_an_organisation_of_an_archive_has_no_article_in_front():
    said = Said("The Harbour Institute", "The Harbour Institute", "organisation", None)
    assert introduce("organisation", [said]).name == "Harbour Institute"


WORDS = st.lists(
    st.sampled_from(
        [
            *("Lena", "Brandt", "Ohlsson", "King", "President", "of", "the", "for", "Institute", "Study"),
            *("Rivers", "(HIS)", "BBC", "U.S.", "Kurds", "Jr.", "he", "she", "it", "called", "named", "said"),
            *(",", ".", "“", "”", "\n\n", "’s", "50", "who", "its", "report"),
        ]
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=150)
@given(WORDS, st.data())
def test_every_mention_has_a_kind_and_the_same_answer_twice(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    people = People(text, (), lexicon())
    speaker = people.resolve(start, end)
    assert speaker.kind in SPEAKER_KINDS
    assert people.resolve(start, end) == speaker
    assert speaker.name is None or speaker.name.strip() == speaker.name != ""


@given(WORDS.filter(bool))
def test_a_name_is_what_its_offsets_cut_out(printed):
    run = read_run(printed, lexicon())
    if run is not None:
        assert printed[run.start : run.end] == run.name


# Plain words, openers, heads, titles, peoples, days, words in capitals, and what only looks like one.
NAMES = st.lists(
    st.sampled_from(
        [
            *("Lena", "Brandt", "Baker", "Per", "The", "But", "And", "Harbour", "Institute", "Ministry"),
            *("President", "King", "Sen.", "Jr.", "Reports", "Syrian", "Monday", "April", "MP", "US", "BBC"),
            *("J.", "Jean-Marc", "Saudi-led", "O’Malley", "Post’s", "Brandt's", "Boston.com", "Times", "It"),
        ]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)


@settings(max_examples=400)
@given(NAMES)
def test_a_name_of_plain_words_is_what_the_rules_make_of_it(printed):
    quick = read_run(printed, lexicon())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name_patterns, "PLAIN_NAME", re.compile("(?!)"))
        assert quick == read_run(printed, lexicon())
