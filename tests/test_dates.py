"""Dates as printed: every shape with every month's name, in any case, wherever it stands in its line."""

from collections.abc import Callable

import pytest

from loader.readers.roundup.dates import dates_in, days_in, find_date, may_name_weekday
from loader.readers.roundup.phrases import MONTHS
from loader.text import fold

SHAPES = ("{} 7, 2017", "{}.  7th, 2017", "7 {} 2017", "7th of {}, 2017", "the 7-{}-2017")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_every_month_is_read_in_every_shape(shape: str, case: Callable[[str], str]) -> None:
    for name, number in MONTHS.items():
        for line in ("{}", "The Globe, {}", "In 3 parts (May it be so), {}", "{}: by Ann Lee"):
            found = find_date(line.format(shape.format(case(name))))
            assert found is not None
            assert found.iso == f"2017-{number:02}-07"


@pytest.mark.parametrize("printed", ["2017-09-07", "2017/9/7", "2017.09.7", "13/9/2017", "13.9.2017"])
def test_dates_in_numbers_are_read_behind_other_numbers(printed: str) -> None:
    found = find_date(f"Page 12 of 30, {printed}")
    assert found is not None
    assert found.iso in ("2017-09-07", "2017-09-13")


@pytest.mark.parametrize("weekday", ["Friday", "FRIDAY", "Fri.", "frı.", "FRİ"])
def test_a_weekday_beside_a_date_is_noticed_in_any_case(weekday: str) -> None:
    # 7 September 2017 was a Thursday.
    text = f"It rained (and 3 rivers rose) on {weekday}, September 7, 2017, in Graz."
    assert may_name_weekday(text)
    assert [found.flaw for found in dates_in(text)] == ["weekday_contradicts_date"]


def test_a_weekday_beside_a_day_without_a_year_is_noticed() -> None:
    text = "The 2 bridges closed on Tuesday, April 28."
    assert may_name_weekday(text)
    assert [text[start:end] for start, end, *_ in days_in(text)] == ["Tuesday, April 28"]


def test_a_weekday_far_from_any_date_is_passed_over() -> None:
    assert not may_name_weekday("The 12 ministers met on Monday and again on Sunday, when 3 left in May.")


def test_line_ends_of_two_kinds_side_by_side_fold_as_one() -> None:
    assert fold("a\r\u2028b\u2029\r\nc\rd\u00a0\u200b\u2028e") == "a \nb\n \nc\nd  \ne"
