"""Of large tables Datasette's pages leave out what takes long, and say so; of small ones nothing."""

from pathlib import Path

import pytest
from datasette.app import Datasette
from site_client import EXTRAS, ask, facets, row_count

from loader.site import large_tables


@pytest.fixture
def site(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Datasette:
    """The published data set, as if fifty rows were many."""
    monkeypatch.setattr(large_tables, "LARGE", 50)
    return Datasette(config_dir=bundle)


@pytest.mark.parametrize(
    ("name", "rows"),
    [("quotes", 54), ("quote_details", 54), ("mentioned_places", 257), ("place_mention_details", 257)],
)
def test_a_large_table_is_not_counted_by_value_and_says_so(site: Datasette, name: str, rows: int) -> None:
    answer = ask(site, f"/archive/{name}.json?{EXTRAS}").json()
    assert facets(answer) == {}
    assert row_count(answer) == rows
    text = ask(site, f"/archive/{name}").text
    assert f"{rows} rows are too many to count by value" in text
    assert "They can be sorted by " in text


def test_a_large_table_is_sorted_by_what_an_index_has(site: Datasette) -> None:
    assert ask(site, "/archive/quotes?_sort=article_id").status_code == 200
    assert ask(site, "/archive/quote_details?_sort_desc=rule").status_code == 200
    assert ask(site, "/archive/quotes?_sort=position").status_code == 400
    assert ask(site, "/archive/quote_details?_sort=cue").status_code == 400


def test_counting_by_value_can_still_be_asked_for(site: Datasette) -> None:
    answer = ask(site, f"/archive/quotes.json?_facet=kind&{EXTRAS}").json()
    assert facets(answer)["kind"]["results"]


def test_a_small_table_beside_it_is_as_it_was(site: Datasette) -> None:
    page = ask(site, "/archive/speakers")
    assert "too many to count" not in page.text
    assert facets(ask(site, f"/archive/speakers.json?{EXTRAS}").json())["kind"]
    assert ask(site, "/archive/speakers?_sort=kind").status_code == 200
