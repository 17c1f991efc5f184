"""Lists the licence of every dependency that a lock file names, and refuses those that nobody accepted.

A licence is read from what the installed package says of itself. What is accepted, and why, stands in
requirements/licences_accepted.csv; how words that are no SPDX licence are read, in licences_read.csv.
"""

from __future__ import annotations

import csv
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import click

from scripts.lock import FOLDER, Pin, read_pins

_OSI = "License :: OSI Approved :: "
# A longer text in the field is the whole licence, which is for people to read.
_LONGEST = 60


class Entry(NamedTuple):
    """The licence of one dependency: group, name and version as locked, SPDX expression."""

    group: str
    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What is accepted.

    Attributes:
        accepted: licences, as SPDX names them.
        words: the licence by what a package says of itself.
        packages: the licence by the name of a package that says nothing or too little, or that is not
            installed here.
    """

    accepted: frozenset[str]
    words: dict[str, str]
    packages: dict[str, str]

    def accepts(self, expression: str) -> bool:
        """Tells whether one alternative of an SPDX expression is accepted with all its parts."""
        return any(self.accepted.issuperset(one.split(" AND ")) for one in expression.split(" OR "))


def read_rules(folder: Path = FOLDER) -> Rules:
    """Reads the two tables."""
    accepted = frozenset(row["licence"] for row in _rows(folder / "licences_accepted.csv"))
    read = _rows(folder / "licences_read.csv")
    words = {row["stated"]: row["licence"] for row in read if not row["package"]}
    packages = {row["package"]: row["licence"] for row in read if row["package"]}
    return Rules(accepted, words, packages)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def stated(package: metadata.PackageMetadata) -> str:
    """Returns what a package says of its licence: the expression, else the field, else its classifiers."""
    expression = _first(package, "License-Expression")
    field = _first(package, "License").strip()
    usable = field if len(field) <= _LONGEST and "\n" not in field and field != "UNKNOWN" else ""
    named = [one for one in package.get_all("Classifier") or [] if one.startswith("License ::")]
    classifiers = " AND ".join(one.removeprefix(_OSI).removeprefix("License :: ") for one in named)
    return expression or usable or classifiers


def _first(package: metadata.PackageMetadata, field: str) -> str:
    return next(iter(package.get_all(field) or []), "")


def licences(group: str, pins: list[Pin], site_packages: Path, rules: Rules) -> Iterator[Entry]:
    """Gives the licence of each pin, empty where it is not known.

    Args:
        group: what the pins are for.
        pins: of a lock file.
        site_packages: where they are installed.
        rules: how words are read.
    """
    for pin in pins:
        installed = next(iter(metadata.distributions(name=pin.name, path=[str(site_packages)])), None)
        said = stated(installed.metadata) if installed else ""
        yield Entry(group, pin.name, pin.version, rules.packages.get(pin.name) or rules.words.get(said, said))


def site_packages_of(environment: Path) -> Path:
    """Returns where a virtual environment keeps what is installed."""
    return Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))


@click.command()
@click.argument("tools", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("datasette_1", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(tools: Path, datasette_1: Path) -> None:
    """List licences.

    TOOLS is the environment of requirements/tools.txt, DATASETTE_1 that of requirements/datasette-1.0.txt.
    """
    serve, dev = read_pins(FOLDER / "serve.txt"), read_pins(FOLDER / "dev.txt")
    serving = {pin.name for pin in serve}
    listed = {(pin.name, pin.version) for pin in dev}
    others = [pin for pin in read_pins(FOLDER / "datasette-1.0.txt") if (pin.name, pin.version) not in listed]
    groups = (
        ("serve", serve, Path(sysconfig.get_path("purelib"))),
        ("dev", [pin for pin in dev if pin.name not in serving], Path(sysconfig.get_path("purelib"))),
        ("1.0", others, site_packages_of(datasette_1)),
        ("tools", read_pins(FOLDER / "tools.txt"), site_packages_of(tools)),
    )
    rules = read_rules()
    entries = [entry for name, pins, place in groups for entry in licences(name, pins, place, rules)]
    for entry in entries:
        click.echo(f"{entry.group:6} {entry.name:26} {entry.version:18} {entry.licence or 'unknown'}")
    refused = [entry for entry in entries if not rules.accepts(entry.licence)]
    for entry in refused:
        click.echo(
            f"{entry.name} {entry.version}: {entry.licence or 'its licence is unknown'}, not accepted; "
            "read it, then add it to requirements/licences_accepted.csv or licences_read.csv, or do without",
            err=True,
        )
    raise SystemExit(bool(refused))


if __name__ == "__main__":
    main()
