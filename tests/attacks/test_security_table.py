"""docs/security.md names tests that exist, and every attack's test is named there."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
TABLE = (FOLDER.parents[1] / "docs" / "security.md").read_text(encoding="utf-8")
# Tests of the tests themselves, and of this table.
_ABOUT_TESTS = {"test_the_parser_sees_what_is_forbidden", "test_each_route_has_an_address_here"}
_ABOUT_TESTS |= {"test_the_schema_can_be_asked"}


def test_the_table_of_threats_names_every_test_and_no_other() -> None:
    named = set(re.findall(r"`(test_\w+)`", TABLE))
    files = [path for path in FOLDER.glob("test_*.py") if path != Path(__file__)]
    there = {name for path in files for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))}
    assert named == there - _ABOUT_TESTS
