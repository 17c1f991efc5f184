"""Tables and metadata beside the sources that are links: inside the folder they are read, outside refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loader.cli import main
from loader.records import CORRECTION_COLUMNS

ARTICLE = (
    "Fog closes\n\nDrava Times, by Eva Lang, May 3, 2018:\n\nFog lay over Graz. “We wait,” said Karl Huber.\n"
)
SECRET = "swordfish"
PLACES = (
    "name,kind,country_code,latitude,longitude,"
    "geonames_id,wikidata_id,admin1,population,aliases,source,note\n"
)
# For each table a file that would be used, and one that would be quoted in the message of an error.
TABLES = {
    "corrections.csv": [
        f"{','.join(CORRECTION_COLUMNS)}\na.txt,,Fog closes,headline,{SECRET},read\n",
        f"{','.join(CORRECTION_COLUMNS)}\n{SECRET},0,Fog,{SECRET},{SECRET},{SECRET}\n",
    ],
    "places.csv": [
        f"{PLACES}{SECRET},city,AT,47.1,15.4,,,,,,me,\n",
        f"{PLACES}Fog,{SECRET},AT,{SECRET},15.4,,,,,,me,\n",
    ],
    "metadata.yml": [f"title: {SECRET}\n", f"title:\n  {SECRET}: 1\n", f"a: [\n{SECRET}"],
}
CASES = [(name, text) for name, texts in TABLES.items() for text in texts]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "clippings"
    place.mkdir()
    (place / "a.txt").write_text(ARTICLE, encoding="utf-8")
    return place


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def linked(folder: Path, name: str, text: str) -> Path:
    """Makes a file outside of the folder, and a link to it in the folder."""
    target = folder.parent / f"outside-{name}"
    target.write_text(text, encoding="utf-8")
    (folder / name).symlink_to(target)
    return target


@pytest.mark.parametrize(("name", "text"), CASES)
@pytest.mark.parametrize("given", ["", "a.txt"])
def test_a_link_out_of_the_folder_is_refused_and_nothing_of_it_is_told(
    given: str, name: str, text: str, folder: Path, tmp_path: Path
) -> None:
    linked(folder, name, text)
    done = run("build", folder / given, "-o", tmp_path / "a.db")
    assert done.exit_code == 1
    [line] = [line for line in done.stderr.splitlines() if line.startswith(("loader:", "press-archive:"))]
    assert f"{folder / name}: is a link that leads out of the folder; put a copy there" in line
    assert not (tmp_path / "a.db").exists()
    checked = run("check", folder / given)
    assert checked.exit_code == 3 and "is a link that leads out of the folder" in checked.output
    assert SECRET not in done.output + checked.output


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../clippings-old/table", "..", "/dev/zero", "nowhere", "/etc"]
)
def test_whatever_a_link_leads_to_outside_is_not_read(
    target: str, name: str, folder: Path, tmp_path: Path
) -> None:
    near = tmp_path / "clippings-old"  # the folder's name is the beginning of this one's
    near.mkdir()
    (near / "table").write_text(SECRET, encoding="utf-8")
    (folder / name).symlink_to(target)
    done = run("build", folder, "-o", tmp_path / "a.db")
    assert done.exit_code == 1 and f"{folder / name}: is a link that leads " in done.stderr
    assert "root" not in done.output.replace("pytest-of-root", "") and SECRET not in done.output


@pytest.mark.parametrize("name", TABLES)
def test_a_link_by_way_of_a_link_in_the_folder_is_refused(name: str, folder: Path, tmp_path: Path) -> None:
    linked(folder, "hop", SECRET)
    (folder / name).symlink_to("hop")
    done = run("build", folder, "-o", tmp_path / "a.db")
    assert done.exit_code == 1 and "is a link that leads out of the folder" in done.stderr


@pytest.mark.parametrize("name", TABLES)
def test_a_link_inside_the_folder_is_read_also_if_the_folder_is_a_link(
    name: str, folder: Path, tmp_path: Path
) -> None:
    (folder / "tables").mkdir()
    (folder / "tables" / name).write_text(TABLES[name][0], encoding="utf-8")
    (folder / name).symlink_to(Path("tables", name))
    (tmp_path / "alias").symlink_to(folder)
    for given in (folder, tmp_path / "alias"):
        done = run("build", given, "-o", tmp_path / "a.db")
        assert done.exit_code == 0, done.output
        assert run("verify", tmp_path / "a.db", given).exit_code == 0


def test_metadata_that_is_named_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    linked(folder, "metadata.yml", TABLES["metadata.yml"][0])
    named = ["--metadata", folder / "metadata.yml"]
    done = run("build", folder, "-o", tmp_path / "a.db", *named)
    assert done.exit_code == 0, done.output
    assert run("verify", tmp_path / "a.db", folder, *named).exit_code == 0


def test_a_source_that_is_named_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "a.txt", tmp_path / "b.txt")
    (folder / "a.txt").symlink_to(tmp_path / "b.txt")
    assert run("build", folder, "-o", tmp_path / "a.db").exit_code == 1
    assert run("build", folder / "a.txt", "-o", tmp_path / "a.db").exit_code == 0


@pytest.mark.parametrize("name", TABLES)
def test_verify_does_not_follow_a_link_out_of_the_folder(name: str, folder: Path, tmp_path: Path) -> None:
    assert run("build", folder, "-o", tmp_path / "a.db").exit_code == 0
    linked(folder, name, TABLES[name][-1])
    done = run("verify", tmp_path / "a.db", folder)
    assert done.exit_code == 1 and "is a link that leads out of the folder" in done.output
    assert SECRET not in done.output
