"""Quotations: cases as text files (input, "=>", expected rows), and laws that hold for every input."""

import sys
import time

import pytest
from cases_files import short_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from loader.extract.quotes import find_quotes
from loader.records import QUOTE_KINDS, SPEAKER_KINDS
from loader.text import fold

CASE = [pytest.param(given, expected, id=name) for name, given, expected in short_cases("quotes")]


def rows_of(text):
    """The rows as a case file writes them: "+" a further piece of an utterance, two spaces a nested one."""
    rows, utterance = [], 0
    for quote in find_quotes(text):
        shown = quote.text.replace("\n", "\\n").replace("\\n \\n", "\\n\\n")
        if quote.nested_in is not None:
            rows.append(f"  {shown}")
            continue
        fields = [("+" if quote.utterance == utterance else "") + shown, quote.kind]
        utterance = quote.utterance
        if quote.kind not in ("scare", "title"):
            fields += [quote.speaker_text or "-", quote.speaker_name or "-", quote.cue or "-"]
        if quote.flaw:
            fields.append(quote.flaw)
        rows.append(" | ".join(fields))
    return "\n".join(rows) or "(none)"


@pytest.mark.parametrize(("text", "expected"), CASE)
def test_case(text, expected):
    assert rows_of(text) == expected


MARKS = "\"“”„‟«»'‘’‚‹›"
PIECES = st.lists(
    st.sampled_from(
        [
            *MARKS,
            *MARKS,
            "He",
            "said",
            "Lena Brandt",
            "the army",
            "won",
            "that",
            ",",
            ".",
            "?",
            ":",
            " ",
            " ",
            " ",
            "\n\n",
            "—",
            "5",
            "(",
            ")",
            "who",
            "called",
            "=",
            "\u00a0",
            "\r\n",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_laws_of_a_result(text):
    quotes = find_quotes(text)
    folded = fold(text)
    assert quotes == sorted(quotes, key=lambda quote: (quote.start, -quote.end))
    for index, quote in enumerate(quotes):
        assert 0 <= quote.start < quote.end <= len(text)
        assert quote.text == folded[quote.start : quote.end]
        assert quote.kind in QUOTE_KINDS
        assert quote.utterance >= 1
        for part, start, end in (
            (quote.speaker_text, quote.speaker_start, quote.speaker_end),
            (quote.cue, quote.cue_start, quote.cue_end),
        ):
            assert (part is None) == (start is None) == (end is None)
            assert part is None or (part == folded[start:end] and part.strip() == part != "")
        assert (quote.speaker_text is None) == (quote.speaker_kind is None)
        assert quote.speaker_kind is None or quote.speaker_kind in SPEAKER_KINDS
        assert quote.speaker_name is None or quote.speaker_text is not None
        if quote.nested_in is not None:
            around = quotes[quote.nested_in]
            assert quote.nested_in < index
            assert around.start <= quote.start
            assert quote.end <= around.end


@settings(max_examples=100, deadline=None)
@given(PIECES)
def test_the_result_does_not_depend_on_what_was_read_before(text):
    first = find_quotes(text)
    find_quotes("“Something else,” said Peter Ohlsson.")
    assert find_quotes(text) == first


@settings(max_examples=100, deadline=None)
@given(PIECES, st.text(alphabet="ab .", max_size=30))
def test_a_block_put_before_moves_every_offset_alike(text, before):
    # The block put before has no mark and no name, so nothing but the offsets may change.
    head = f"{before.strip() or 'a'}.\n\n"
    alone = [(quote.start, quote.end) for quote in find_quotes(text, roles=None)]
    moved = [(quote.start - len(head), quote.end - len(head)) for quote in find_quotes(head + text)]
    assert moved == alone


def steps(text):
    """How many lines of Python run on a text."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        return trace

    find_quotes("“Warm,” he said.")
    sys.settrace(trace)
    try:
        find_quotes(text)
    finally:
        sys.settrace(None)
    return count


HOSTILE = {
    "opening marks in a row": "“",
    "straight marks in a row": '"',
    "marks and blanks": '" ',
    "closing marks in a row": "”",
    "single marks": "'a ",
    "unclosed quotations": "“a b c. ",
    "quotations in one sentence": "“a,” ",
    "attributed quotations": "“We won,” he said. ",
    "a name repeated": "Brandt ",
    "a full name repeated": "Lena Brandt met Peter Brandt in Rome. ",
    "names quoted": "“We won,” Brandt said. ",
    "women before a man": "“We won,” Lena Brandt said. “So did we,” he said. ",
    "verbs in a row": "said ",
    "commas and verbs": "Brandt, who said, and told, ",
    "open brackets": "(Brandt “a” ",
    "paragraphs": "“a\n\n",
    "short paragraphs": "“We won,” Brandt said.\n\nHe left:\n\n",
    "stray closing marks": "Brandt said, we won.” ",
    "dashes": "Brandt - “a” - ",
    "according": "According to “a” to ",
    "guillemets": "«a» ",
    "guillemets with blanks": "« a » ",
    "guillemets turned": "»a« ",
    "low marks": "„a “b“ ",
    "low single marks": "‚a ",
    "curly single marks": "‘a ",
    "turned marks": "”a “b ",
    "nested singles": "“‘a ",
    "possessives": "‘the soldiers’ pay ",
    "shortened words": "'all 'tis ",
    "backticks": "``a ",
    "doubled commas": ",,a ",
    "doubled apostrophes": "a'' ",
    "feet and inches": "6'2\" ",
    "commas": ", ",
    "names and commas": "Lena Brandt, ",
    "stray closing marks in sentences": "He said it. I left” ",
    "unclosed paragraphs": "“We won, he said.\n\n",
    "wrapped lines": "“We won and\n",
    "nouns that may be verbs": "government claims ",
    "blanks": " ",
    "titles": "Mr. ",
    "letters": "a",
    "capitals": "A",
}


SHAPES = {
    "nested deep": lambda size: "“‘" * size + "a" + "’”" * size,
    "guillemets nested deep": lambda size: "« " * size + "a" + " »" * size,
    "blanks inside the marks": lambda size: f"“{' ' * size}a{' ' * size}”",
    "one long quotation": lambda size: f"“{'We won and lost. ' * size}”",
    "one long quotation without its end": lambda size: "“" + "We won, Lena and " * size,
    "one long quotation without its start": lambda size: "We won and said so. " * size + "It is over”",
    "possessives before the closing mark": lambda size: f"‘{'soldiers’ pay ' * size}won,’ he said.",
    "other names": lambda size: "".join(f"Lena{n} Brandt{n} said “we won” again. " for n in range(size)),
}
HOSTILE_TEXTS = {name: lambda size, piece=piece: piece * size for name, piece in HOSTILE.items()} | SHAPES
TAIL = "“We won,” Brandt said."


@pytest.mark.parametrize("text_of", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_work_grows_with_the_length_and_no_faster(text_of):
    small, large = steps(text_of(400) + TAIL), steps(text_of(800) + TAIL)
    assert large <= 2.2 * small + 200


def seconds(text):
    """Processor time of the best of three runs."""
    times = []
    for _ in range(3):
        start = time.process_time()
        find_quotes(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("text_of", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_time_grows_with_the_length_and_no_faster(text_of):
    # What regular expressions do is not counted in steps. Eight times the text takes eight times as long,
    # or 64 times where time grows with the square; the bound leaves room for a busy machine.
    size = max(1, 2000 // len(text_of(1)))
    assert seconds(text_of(8 * size) + TAIL) <= 24 * seconds(text_of(size) + TAIL) + 0.01


def test_text_without_marks_has_none():
    assert find_quotes("") == []
    assert find_quotes("The mayor said it was over.") == []


def test_roles_must_fit_the_blocks():
    with pytest.raises(ValueError, match="1 roles for 2 blocks"):
        find_quotes("“One,” he said.\n\nTwo", roles=["body"])
    assert len(find_quotes("“One,” he said.\n\nTwo", roles=["body", "body"])) == 1


def test_two_apostrophes_are_a_mark_on_request():
    text = "''We won't go,'' Lena Brandt said. ''It is the farmers' land.''"
    assert find_quotes(text) == []
    quotes = find_quotes(text, doubled_apostrophes=True)
    assert [text[quote.start : quote.end] for quote in quotes] == [
        "We won't go,",
        "It is the farmers' land.",
    ]
    assert [quote.speaker_name for quote in quotes] == ["Lena Brandt", "Lena Brandt"]


def test_how_a_speaker_is_introduced():
    text = (
        "Lena Brandt, the head of the port, spoke. “We won,” Brandt said. "
        "Capt. Peter Ohlsson said: “We lost.”"
    )
    assert [quote.speaker_description for quote in find_quotes(text)] == ["the head of the port", "Capt."]


def test_every_rule_names_span_speaker_and_kind():
    text = "“We won,” Brandt said. The “moderates” left."
    assert [quote.rule for quote in find_quotes(text)] == [
        "curly+subject-verb-after+direct",
        "curly+none+scare",
    ]


def test_a_place_before_a_description_is_not_described():
    quotes = find_quotes("In Malmo, a harbour spokesman said “nobody was hurt.”")
    assert [quote.speaker_text for quote in quotes] == ["a harbour spokesman"]
