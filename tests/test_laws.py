"""Laws that hold for every input: nothing lost, spans slice, offsets grow, no traceback."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loader import InputError, find_places, find_quotes
from loader.extract.annotate import read_content
from loader.readers.decoding import decode, decode_piece
from loader.readers.roundup import read_bytes
from loader.text import INVISIBLE, fold, one_line

# Pieces that the reader looks for, so that chance builds archives and not only noise.
PIECES = st.sampled_from(
    [
        "Bees return to Graz", "The Courier, by Eva Lang, May 3, 2018:", "by Eva Lang",
        "Special to The Sun",
        "May 3, 2018", "***", "Also see:", "[1] http://example.org/a?b=c", "[See our reports", " and more.]",
        "GETTY", "ANN LEE/AFP", "map-of-river.jpg", "river-flood-mapThe Courier, May 3, 2018:", "Map legend:",
        "Red areas:  held", "- milk", "2. eggs", "“They never left,” said Karl Huber.", "“Open", "closed”",
        "‘single’ marks", "to have them speak of “it”", "'90s",
        'He said: "No."', "GRAZ, Austria – Bees are back in Syria and Iraq.",
        "Eva Lang is a writer in Vienna.", "The U.S. said so.", "\u200b", "\xa0", "\t", "\r\n", "\n", "\n\n",
        " ", "\ufeff", "\x0c", "\u2028",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=30).map("\n".join) | st.text(max_size=200)
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(st.text())
def test_one_line_has_no_blank_at_its_edges_and_none_doubled(text: str) -> None:
    line = one_line(text)
    assert line == " ".join(line.split())
    assert not set(line) & set(INVISIBLE)


@relaxed
@given(TEXTS)
def test_blocks_cover_every_visible_character_once_and_articles_hold_them(text: str) -> None:
    try:
        archive = read_bytes(text.encode("utf-8", "surrogatepass"), "a.txt")
    except InputError as error:
        assert "\n" not in str(error)
        return
    text = archive.text
    at = 0
    for block in archive.blocks:
        assert at <= block.start < block.end <= len(text)
        assert not text[at : block.start].strip()
        at = block.end
    assert not text[at:].strip()
    inside = [block for article in archive.articles for block in article.blocks]
    assert set(inside) <= set(archive.blocks)
    for article in archive.articles:
        assert (article.start, article.end) == (article.blocks[0].start, article.blocks[-1].end)
    for note in archive.notes:
        assert 0 <= note.start <= note.end <= len(text)


@relaxed
@given(TEXTS)
def test_what_is_found_in_an_archive_slices_it(text: str) -> None:
    try:
        archive = read_bytes(text.encode("utf-8", "surrogatepass"), "a.txt")
    except InputError:
        return
    folded = fold(archive.text)
    for content in read_content(archive):
        for quote in content.quotes:
            assert content.article.start <= quote.start < quote.end <= content.article.end
            if quote.speaker_text is not None:
                assert (
                    folded[quote.speaker_start : quote.speaker_end].replace("\n", " ") == quote.speaker_text
                )
        for mention in content.mentions:
            assert folded[mention.start : mention.end].replace("\n", " ") == mention.text
        for link in content.links:
            assert archive.text[link.start : link.end] == link.url


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_load_or_are_refused_in_one_line(data: bytes) -> None:
    try:
        archive = read_bytes(data, "a.txt")
    except InputError as error:
        assert "\n" not in str(error)
        assert str(error).startswith("a.txt, line ")
    else:
        assert "".join(decode_piece(data, piece) for piece in decode(data, "a.txt").pieces) == archive.text


@relaxed
@given(TEXTS)
def test_quotations_slice_the_text_and_nest(text: str) -> None:
    quotes = find_quotes(text)
    for quote in quotes:
        assert fold(text)[quote.start : quote.end] == quote.text
        for start, end in ((quote.speaker_start, quote.speaker_end), (quote.cue_start, quote.cue_end)):
            assert (start is None) == (end is None)
            assert start is None or end is None or 0 <= start < end <= len(text)
        if quote.nested_in is not None:
            outer = quotes[quote.nested_in]
            assert outer.start <= quote.start
            assert quote.end <= outer.end
    assert [quote.start for quote in quotes] == sorted(quote.start for quote in quotes)


@relaxed
@given(TEXTS)
def test_place_mentions_slice_the_text_and_do_not_overlap(text: str) -> None:
    at = 0
    for mention in find_places(text):
        assert at <= mention.start < mention.end
        assert fold(text)[mention.start : mention.end] == mention.text
        at = mention.end
