"""Bytes to text: no encoding is guessed wrongly without a word, and every byte is in one piece."""

from __future__ import annotations

import contextlib
import itertools
import time

import encoding_texts
import pytest
from cases_files import ROOT
from encoding_texts import OTHER_ENCODINGS, TEXTS, encoded
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loader import InputError
from loader.extract.annotate import read_content
from loader.readers.decoding import NO_CHOICE, Decoded, DecodingChoice, decode, decode_piece
from loader.readers.encoding_runs import split_runs
from loader.readers.roundup import read_bytes

SEED = next(iter(sorted((ROOT / "seeds").glob("*.txt")))).read_bytes()
GERMAN, RUSSIAN = TEXTS["German"].text, TEXTS["Russian"].text


def checked(data: bytes, choice: DecodingChoice = NO_CHOICE) -> Decoded | None:
    """Decode, and prove that the pieces are the text and the bytes; None if refused in one line."""
    try:
        decoded = decode(data, "a.txt", choice)
    except InputError as error:
        assert str(error).startswith("a.txt, line ")
        assert str(error).isprintable()
        return None
    at, byte_at = 0, next((piece.byte_start for piece in decoded.pieces), len(data))
    assert byte_at <= 4  # a byte-order mark
    for piece in decoded.pieces:
        assert (piece.start, piece.byte_start) == (at, byte_at)
        assert decode_piece(data, piece) == decoded.text[piece.start : piece.end]
        assert piece.start < piece.end and piece.byte_start < piece.byte_end
        at, byte_at = piece.end, piece.byte_end
    assert (at, byte_at) == (len(decoded.text), len(data))
    assert decoded.segments in ((), decoded.pieces)
    if not decoded.segments:
        assert data.decode(decoded.encoding) == decoded.text
    for note in decoded.notes:
        assert 0 <= note.start <= note.end <= len(decoded.text)
    return decoded


def text_of(data: bytes, choice: DecodingChoice = NO_CHOICE) -> str:
    decoded = checked(data, choice)
    assert decoded is not None
    return decoded.text


# Laws

FRAGMENTS = st.sampled_from(
    [
        b"\xe2\x80",
        b"\xe2",
        b"\x93",
        b"\x92s",
        b"\xef\xbb\xbf",
        b"\n",
        b"\r\n",
        b"\r",
        b"caf\xe9 ",
        b"+AOk-",
        "“Fog” ".encode(),
        "вода ".encode("cp1251"),
        "вода ".encode(),
        "â€œ".encode(),
        b"&amp;",
        b"&#8217;",
        "市長は".encode("shift_jis"),
        "Žáci ".encode("cp1250"),
        b"\xff\xfe",
        b"the fog and ",
        b"\x1b$B",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x8c",
        b"\xf4\x90",
        b"\xc0\x80",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS | st.binary(max_size=6), max_size=20).map(b"".join), st.booleans())
def test_any_bytes_are_refused_or_their_pieces_give_the_text(data: bytes, repair: bool) -> None:
    checked(data, DecodingChoice(None, repair))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(FRAGMENTS | st.binary(max_size=6), max_size=20).map(b"".join),
    st.sampled_from(["cp1252", "utf-8", "utf-7", "utf-16-le", "shift_jis", "gb18030", "iso2022_jp", "hz"]),
)
@example(b"\x1b$B", "iso2022_jp")
@example(b"~{~}", "hz")
def test_the_same_holds_for_a_named_encoding(data: bytes, encoding: str) -> None:
    checked(data, DecodingChoice(encoding, True))


def test_bytes_without_a_character_are_refused() -> None:
    with pytest.raises(InputError, match="from byte 0 on there is no character of iso2022_jp"):
        decode(b"\x1b$B", "a.txt", DecodingChoice("iso2022_jp", False))


@settings(max_examples=150, deadline=None)
@given(st.text().filter(lambda text: not text.isascii()))
def test_valid_utf_8_is_read_as_it_is(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    decoded = checked(data)
    assert decoded is None or (decoded.text == data.decode() and decoded.encoding in ("utf-8", "utf-8-sig"))


@given(st.lists(FRAGMENTS | st.binary(max_size=6), max_size=20).map(b"".join))
def test_runs_are_all_of_the_bytes(data: bytes) -> None:
    runs = split_runs(data)
    assert (runs[0].start, runs[-1].end) == (0, len(data))
    assert all(run.end == following.start for run, following in itertools.pairwise(runs))


def test_a_byte_order_mark_before_another_encoding_leaves_segments() -> None:
    decoded = checked(b"\xef\xbb\xbf" + (GERMAN + "\n").encode("cp1252") * 3)
    assert decoded is not None
    assert (decoded.encoding, len(decoded.segments), decoded.segments[0].byte_start) == ("cp1252", 1, 3)


# Faults in UTF-8


@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        (b"\xe2\x80", "\ufffd"),  # a mark that was cut off
        (b"\x80\x9c", "\ufffd\ufffd"),  # its end
        (b"\xf0\x9f\x8c", "\ufffd"),
        (b" caf\xe9 ", " café "),
        (b" \x93yes\x94 ", " “yes” "),
        (b"don\x92t ", "don’t "),
        (b" \x96 ", " – "),
        (b" 5 \x80 ", " 5 € "),
        (b" ab\x80cd ", " ab\ufffdcd "),
        (b" \x81 ", " \ufffd "),
        (b" \xff\xff ", " \ufffd\ufffd "),
        (b"caf\xc9 ", "caf\ufffd "),
        (b" \xc9t\xe9 ", " Été "),
    ],
)
@pytest.mark.parametrize("place", [0, 20_000, len(SEED)])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_few_bytes_that_are_not_utf_8_change_nothing_else(
    fault: bytes, meant: str, place: int, mark: bytes
) -> None:
    place = SEED.rfind(b"\n", 0, place) + 1 if place else 0
    decoded = checked(mark + SEED[:place] + fault + SEED[place:])
    assert decoded is not None
    assert decoded.text == SEED[:place].decode() + meant + SEED[place:].decode()
    assert decoded.encoding == ("utf-8-sig" if mark else "utf-8") and not decoded.guessed
    places = [note for note in decoded.notes if note.code in ("stray_byte", "undecodable_byte")]
    shown = "".join(decoded.text[note.start : note.end] for note in places)
    assert shown == "".join(character for character in meant if not character.isascii())


def test_the_first_data_set_with_two_bad_bytes_keeps_its_quotations() -> None:
    archive = read_bytes(SEED + b"\xe2\x80", "a.txt")
    assert sum(len(content.quotes) for content in read_content(archive)) == 54


def test_very_many_faults_are_counted_not_all_listed() -> None:
    data = ("“Fog” over the town. ".encode() + b"\xff\n") * 2500
    decoded = checked(data)
    assert decoded is not None
    assert len(decoded.notes) == 1001 and "1,500 more" in decoded.notes[-1].message


# Joined files


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "iso8859-5", "cp866"])
@pytest.mark.parametrize("order", ["ul", "lu", "ulu", "lul", "ululul"])
def test_joined_files_are_decoded_run_by_run(encoding: str, order: str) -> None:
    text = f"{RUSSIAN}\n\n{RUSSIAN}\n\n"
    data = b"".join(text.encode("utf-8" if letter == "u" else encoding) for letter in order)
    decoded = checked(data)
    assert decoded is not None and decoded.text == text * len(order)
    assert len(decoded.pieces) == len(order)
    assert len([note for note in decoded.notes if note.code == "decoded_as_guess"]) == order.count("l")
    assert decoded.format.startswith(("utf-8 and ", f"{encoding} and utf-8"))


def test_joined_files_in_three_encodings() -> None:
    german = f"{GERMAN}\n\n" * 3
    data = SEED + german.encode("cp1252") + SEED + (RUSSIAN + "\n").encode("koi8-r") + SEED
    text = SEED.decode()
    assert text_of(data) == text + german + text + RUSSIAN + "\n" + text


@pytest.mark.parametrize(
    ("first", "second"),
    [("cp1251", "koi8-r"), ("koi8-r", "cp1251"), ("cp1251", "cp1252"), ("cp1252", "cp866")],
)
def test_two_joined_encodings_that_are_not_utf_8_are_never_read_wrong(first: str, second: str) -> None:
    words = [(RUSSIAN if name != "cp1252" else GERMAN) + "\n\n" for name in (first, second)]
    for times in (1, 3, 400):
        data = b"".join(text.encode(name) * times for text, name in zip(words, (first, second), strict=True))
        decoded = checked(data)
        assert decoded is None or decoded.text == words[0] * times + words[1] * times


# Guesses


@pytest.mark.parametrize("language", TEXTS)
def test_no_encoding_is_guessed_wrongly(language: str) -> None:
    for encoding in TEXTS[language].encodings:
        for length in ("paragraph", "long"):
            data, text = encoded(language, encoding, length)
            decoded = checked(data)
            assert decoded is None or decoded.text == text, (encoding, length, decoded.encoding)
            if encoding in TEXTS[language].right:
                assert decoded is not None, (encoding, length)
            assert decoded is None or decoded.guessed


def test_the_table_of_the_documentation_is_what_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    encoding_texts.main()
    assert capsys.readouterr().out in (ROOT / "docs" / "builds.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("encoding", OTHER_ENCODINGS)
def test_an_encoding_that_is_not_tried_is_refused_or_right(language: str, encoding: str) -> None:
    try:
        data, text = encoded(language, encoding, "paragraph")
    except UnicodeEncodeError:
        return
    if data.isascii():
        return
    decoded = checked(data)
    assert decoded is None or decoded.text == text


@pytest.mark.parametrize("times", [1, 3, 10])
@pytest.mark.parametrize(
    "text",
    [
        "The captain’s boat left at nine – late again – and the crew didn’t mind.",
        "“We can’t wait,” said the mayor’s aide. Nobody’s there…",
        "The team’s coach – a man of few words – hadn’t read the players’ letter.",
        "What’s in a name? ‘Nothing,’ he’d say.",
        "Don’t go – not yet.",
        "The women’s race began at 9. It wasn’t close.",
        "Pandora’s Box – Hate and Fury airs at nine",
        "The council’s plan isn’t new…",
    ],
)
def test_english_with_marks_and_dashes_alone_is_windows_1252(text: str, times: int) -> None:
    data = (f"{text}\n" * times).encode("cp1252")
    assert decode(data, "a.txt").text == f"{text}\n" * times


@pytest.mark.parametrize(
    "word",
    [
        "café",
        "naïve",
        "Zürich",
        "Œuvre",
        "façade",
        "Tromsø",
        "São Tomé",
        "£5",
        "20°C",
        "it’s",
        "“yes”",
        "wait…",
        "a – b",
        "km²",
    ],
)
def test_english_with_very_few_characters_outside_ascii_is_windows_1252(word: str) -> None:
    text = f"The harbour of the town, {word}, is closed and the ferry does not go, said the mayor.\n"
    decoded = checked(text.encode("cp1252"))
    assert decoded is not None
    assert (decoded.text, decoded.encoding, decoded.guessed) == (text, "cp1252", True)


# Other signs


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("language", ["English", "Russian", "Japanese", "Arabic"])
def test_utf_16_and_32_without_a_mark_are_recognised(encoding: str, language: str) -> None:
    text = TEXTS[language].text + "\n"
    decoded = checked(text.encode(encoding))
    assert decoded is not None and (decoded.text, decoded.encoding, decoded.guessed) == (text, encoding, True)


@pytest.mark.parametrize("encoding", ["utf-7", "iso2022_jp", "hz"])
def test_encodings_that_hide_in_ascii_are_refused_by_name_and_read_if_named(encoding: str) -> None:
    text = {"utf-7": "Café “Fog” in Zürich\n", "hz": "市长周二\n"}.get(encoding, "市長は日\n")
    data = text.encode(encoding)
    with pytest.raises(InputError, match=f"--encoding {encoding}"):
        decode(data, "a.txt")
    assert text_of(data, DecodingChoice(encoding)) == text


@pytest.mark.parametrize(
    "text",
    [
        "a+b",
        "C++11 and +",
        "+49 170 1234567",
        "+4917012345",
        "x+-y",
        "REST+API-first",
        "A+ and B+",
        "1+1=2",
        "+AB+C-",
        "Google+",
        "+Any-",
        "over 1,000+ people",
        "LGBT+ groups",
        "+1-202-555-0100",
        "$ESC ~{x~}",
    ],
)
def test_a_plus_in_ascii_is_not_utf_7(text: str) -> None:
    assert text_of(f"{text}\n".encode()) == f"{text}\n"


# Damage

DAMAGED = {
    "â€œFogâ€\x9d": "“Fog”",
    "â€“": "–",
    "donâ€™t": "don’t",
    "cafÃ©": "café",
    "ZÃ¼rich": "Zürich",
    "Ð¼Ð¸Ñ€": "мир",
    "5 â‚¬": "5 €",
    "inÂ\xa0Syria": "in\xa0Syria",
    "Å»ycie": "Życie",
    "Ã¢â‚¬Å“": "“",
    "&amp;": "&",
    "&#8217;": "’",
    "&nbsp;": "\xa0",
    "&#x201C;": "“",
    "&amp;#8220;": "“",
    "&eacute;": "é",
    "&#146;": "’",
    "&quot;": '"',
}
SOUND = [
    "«BONTÉ»",
    "»HYVÄ«",
    "»HYVÄ»",
    "AT&T;",
    "&foo;",
    "R&D",
    "Ã",
    "Âme",
    "été",
    "É’",
    "&#0;",
    "&#10;",
    "&#1114112;",
    "Q&A; more",
    "a & b;",
    "São",
    "ÇÖÄ",
    "&;",
]


@pytest.mark.parametrize("damaged", DAMAGED)
def test_damage_is_noted_once_and_repaired_if_asked_for(damaged: str) -> None:
    data = f"Fog {damaged} lay {damaged} over\n".encode()
    decoded = checked(data)
    assert decoded is not None and decoded.text == data.decode()
    (note,) = decoded.notes
    assert note.code in ("double_encoded", "html_entities") and decoded.text[note.start : note.end] in damaged
    repaired = checked(data, DecodingChoice(None, True))
    assert repaired is not None
    assert repaired.text == f"Fog {DAMAGED[damaged]} lay {DAMAGED[damaged]} over\n"
    assert [note.code.partition("_")[0] for note in repaired.notes] == ["repaired"]


@pytest.mark.parametrize("sound", SOUND)
def test_sound_text_is_not_damaged(sound: str) -> None:
    text = f"Fog {sound} lay over\n"
    decoded = checked(text.encode(), DecodingChoice(None, True))
    assert decoded is not None and (decoded.text, decoded.notes) == (text, ())


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "gb18030", "shift_jis", "utf-8-sig"])
def test_a_repair_knows_its_bytes_in_any_encoding(encoding: str) -> None:
    text = "The café of the town and &amp; the fog" if encoding == "cp1252" else "港へ &amp; の"
    data = text.encode(encoding)
    assert "&amp;" not in text_of(data, DecodingChoice(encoding if "utf" not in encoding else None, True))


# Time


def seconds(data: bytes, choice: DecodingChoice = NO_CHOICE) -> float:
    before = time.process_time()
    with contextlib.suppress(InputError):
        decode(data, "a.txt", choice)
    return time.process_time() - before


@pytest.mark.parametrize(
    "line",
    [
        "“Fog” over the town \n".encode() + b"\xff\n",
        "“Fog” ".encode() + b"\xff ",
        b"caf\xe9 the and of in\n",
        b"\x80",
        "â€œ".encode(),
        b"&amp;",
        b"&amp;amp",
        b"+AOk-",
        b"+AAAA",
        "é".encode() * 9 + b"\xe9\n",
        b"\xe2\x80\n\n\n",
        "Ã".encode(),
        "вода и не на ".encode("cp1251"),
        "вода\n".encode() + ("вода и не на " * 9).encode("cp1251") + b"\n" + "вода и не на \n".encode() * 9,
    ],
)
def test_time_grows_with_the_length(line: bytes) -> None:
    short, long = line * (50_000 // len(line)), line * (800_000 // len(line))
    choice = DecodingChoice(None, True)
    seconds(short, choice)
    # Sixteen times the bytes; quadratic would be 256 times.
    assert seconds(long, choice) < 64 * max(seconds(short, choice), 0.02)
