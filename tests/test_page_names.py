"""Files under the names of pages: an archive is refused in one line, in whatever way it is served."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.utils import StartupError
from site_client import ask, free_port

from loader.cli import main
from loader.site import hooks

SAID = r"its name is the address of a page of the site; rename the file$"


def test_the_names_are_those_of_the_routes_and_no_others() -> None:
    assert {"about", "articles", "base-map", "map", "places", "read", "search", "static"} <= hooks.PAGE_NAMES
    assert {"", "-", "feed", "archive"}.isdisjoint(hooks.PAGE_NAMES)


@pytest.mark.parametrize("name", ["articles", "map", "read", "static"])
def test_plain_datasette_does_not_start(name: str, database: Path, tmp_path: Path) -> None:
    file = shutil.copyfile(database, tmp_path / f"{name}.db")
    with pytest.raises(StartupError, match=rf"^{name}\.db: {SAID}"):
        ask(Datasette(files=[], immutables=[str(file)]), "/")


def test_nothing_is_built_under_such_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Pier closes\n\nAll was quiet in Graz.\n", encoding="utf-8")
    output = tmp_path / "places.db"
    command = ["serve", str(tmp_path / "a.txt"), "-o", str(output), "--port", str(free_port())]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1 and "places.db: its name is the address of a page" in done.stderr
    assert not output.exists()
