import pytest
from cases_files import short_cases
from hypothesis import given
from hypothesis import strategies as st
from identifying import identify

from loader.entities.speaker_names import fold_name
from loader.entities.speakers import Introduced, Said

CASE = [pytest.param(given, expected, id=name) for name, given, expected in short_cases("identities")]


def mention_of(line, number):
    """A row "article kind | name | description | printed", of which only kind and name must be there."""
    head, *rest = [field.strip() for field in line.split("|")]
    article, _, kind = head.rpartition(" ")
    name, description, printed = (None if field == "-" else field for field in (*rest, "-", "-")[:3])
    return int(article or number), Said(name, printed or name, kind, description)


@pytest.mark.parametrize(("given", "expected"), CASE)
def test_case(given, expected):
    lines = given.strip("\n").split("\n")
    mentions = [mention_of(line, number) for number, line in enumerate(lines, start=1)]
    rows = [f"{one.name}: {' '.join(str(index + 1) for index in said)}" for one, said in identify(mentions)]
    assert "\n".join(rows) == expected


def said(name, *, printed=None, kind="person", description=None, article=1):
    return article, Said(name, printed or name, kind, description)


def groups(mentions):
    return [said for _, said in identify(mentions)]


def test_one_full_name_is_one_person_over_articles():
    mentions = [
        said("Maria Novak", description="a nurse", article=1),
        said("Maria Novak", description="head nurse at the clinic", article=2),
    ]
    assert identify(mentions) == [(Introduced("Maria Novak", "person", "a nurse"), (0, 1))]


def test_two_people_with_one_surname_stay_two():
    assert groups([said("Maria Novak"), said("Peter Novak", article=2)]) == [(0,), (1,)]


def test_a_bare_surname_is_no_evidence():
    assert groups([said("Maria Novak"), said("Novak", article=2)]) == [(0,), (1,)]


def test_a_bare_surname_with_the_same_office_is():
    mentions = [
        said("Maria Novak", description="President"),
        said("Novak", description="President", article=2),
    ]
    assert identify(mentions) == [(Introduced("Maria Novak", "person", "President"), (0, 1))]


def test_an_office_shared_by_two_bearers_of_the_surname_joins_nobody():
    mentions = [
        said("Maria Novak", description="minister"),
        said("Peter Novak", description="minister", article=2),
        said("Novak", description="minister", article=3),
    ]
    assert groups(mentions) == [(0,), (1,), (2,)]


@pytest.mark.parametrize("other", ["M. Novak", "Maria K. Novak", "Dr. Maria Novak", "María Novák"])
def test_initials_titles_and_accents_are_forms_of_a_name(other):
    assert groups([said("Maria Novak"), said(other, article=2)]) == [(0, 1)]


def test_an_initial_that_fits_two_people_joins_neither():
    assert groups([said("Maria Novak"), said("Marek Novak"), said("M. Novak", article=2)]) == [
        (0,),
        (1,),
        (2,),
    ]


def test_middle_names_that_differ_are_two_people():
    assert groups([said("Maria Karen Novak"), said("Maria Lena Novak", article=2)]) == [(0,), (1,)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed al-Khatib", "Muhammad Khatib"),
        ("Yousef Haddad", "Yusuf Haddad"),
        ("Sergei Popov", "Sergey Popov"),
    ],
)
def test_transliterations_are_one_name(one, other):
    assert fold_name(one) == fold_name(other)
    assert groups([said(one), said(other, article=2)]) == [(0, 1)]


def test_spellings_and_abbreviations_of_an_organisation_are_one():
    mentions = [said(name, kind="organisation") for name in ("Hizballah", "Hezbollah", "the Hizbullah")]
    assert identify(mentions) == [(Introduced("Hezbollah", "organisation", None), (0, 1, 2))]


def test_initials_join_an_abbreviation_to_the_one_name_they_fit():
    mentions = [
        said("Northern Harbour Authority", kind="organisation"),
        said("NHA", kind="organisation", article=2),
    ]
    assert identify(mentions) == [(Introduced("Northern Harbour Authority", "organisation", None), (0, 1))]


def test_unnamed_groups_stay_as_printed_and_pronouns_are_nobody():
    mentions = [
        said(None, printed="officials", kind="group"),
        said(None, printed="he"),
        said(None, printed="Officials", kind="group", article=2),
    ]
    assert identify(mentions) == [(Introduced("officials", "group", None), (0, 2))]


def test_a_person_and_an_organisation_of_one_name_stay_apart():
    assert groups([said("Reuters", kind="person"), said("Reuters", kind="organisation")]) == [(0,), (1,)]


@pytest.mark.parametrize("name", ["El", "Al", ".", "al-", "Dr.", "’s"])
def test_a_name_of_which_nothing_is_left_stays_itself(name):
    assert fold_name(name)
    assert [one.name for one, _ in identify([said(name)])] == [name]


PARTS = st.lists(
    st.sampled_from(["Maria", "M.", "Novak", "al-Novak", "El", "Dr.", "NHA", "the", "’s", "."]),
    min_size=1,
    max_size=3,
)
MENTIONS = st.lists(
    st.builds(said, PARTS.map(" ".join), kind=st.sampled_from(["person", "organisation", "group"])),
    max_size=8,
)


@given(MENTIONS)
def test_every_named_mention_is_in_exactly_one_identity(mentions):
    members = sorted(index for _, indexes in identify(mentions) for index in indexes)
    assert members == list(range(len(mentions)))
