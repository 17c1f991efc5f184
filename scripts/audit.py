"""Looks for known vulnerabilities of what the lock files name, with pip-audit.

Clean means that a service answered for every package: pip-audit itself ends well when its service knew
none of them. The exit code is 0 for clean, 1 for a finding that nobody argued, 3 for no answer.
"""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path
from typing import NamedTuple

import click

from scripts.lock import FOLDER, LOCKS, Lock

# Asked in this order: the package index itself, then the database of open-source vulnerabilities.
SERVICES = ("pypi", "osv")
FINDING, NO_ANSWER = 1, 3


class Finding(NamedTuple):
    """A vulnerability of a locked version: package, version, advisory, the versions that mend it."""

    name: str
    version: str
    advisory: str
    mended: tuple[str, ...]


class NoAnswerError(Exception):
    """A service could not be reached, or does not know a package."""


def ask(lock: Lock, service: str, pip_audit: Path) -> list[Finding]:
    """Asks a service about every pin of a lock file.

    Raises:
        NoAnswerError: it did not answer, or not for every package.
    """
    command = [str(pip_audit), "--requirement", str(lock.path), "--require-hashes", "--disable-pip"]
    command += ["--vulnerability-service", service, "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError) as error:
        raise NoAnswerError(f"{service}: cannot be reached") from error
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown or not packages:
        raise NoAnswerError(f"{service}: knows {len(packages) - len(unknown)} of {len(packages)} packages")
    return [
        Finding(package["name"], package["version"], found["id"], tuple(found["fix_versions"]))
        for package in packages
        for found in package["vulns"]
    ]


def argued(folder: Path = FOLDER) -> set[tuple[str, str]]:
    """Reads which advisories do not concern us, by advisory and package; the file says why."""
    with (folder / "advisories.csv").open(encoding="utf-8", newline="") as file:
        return {(row["advisory"], row["package"]) for row in csv.DictReader(file, strict=True)}


def audit(lock: Lock, pip_audit: Path) -> list[Finding]:
    """Asks one service after the other until one answers.

    Raises:
        NoAnswerError: none did; what each said.
    """
    said = []
    for service in SERVICES:
        try:
            return ask(lock, service, pip_audit)
        except NoAnswerError as error:
            said.append(str(error))
    raise NoAnswerError("; ".join(said))


@click.command()
@click.argument("pip_audit", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(pip_audit: Path) -> None:
    """Audits every lock file; PIP_AUDIT is the command's executable."""
    known = argued()
    found: set[Finding] = set()
    for lock in LOCKS:
        try:
            found.update(audit(lock, pip_audit))
        except NoAnswerError as error:
            click.echo(
                f"not audited, no service of advisories answered ({error}); try again online", err=True
            )
            raise SystemExit(NO_ANSWER) from error
    open_ones = [one for one in sorted(found) if (one.advisory, one.name) not in known]
    for one in open_ones:
        cure = f"mended in {', '.join(one.mended)}: `make lock`" if one.mended else "not mended yet"
        click.echo(f"{one.name} {one.version}: {one.advisory}, {cure}", err=True)
    if open_ones:
        click.echo("where one does not concern us, say why in requirements/advisories.csv", err=True)
        raise SystemExit(FINDING)
    click.echo(f"no known vulnerability; {len(found)} argued in requirements/advisories.csv")


if __name__ == "__main__":
    main()
