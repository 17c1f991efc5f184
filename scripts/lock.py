"""Writes the lock files: every dependency at one version, with the hashes of its files.

A lock file holds for every platform and every Python that pyproject.toml admits: where they need
different packages, a marker says so. It names no index, so it installs from any mirror, and a file that
a mirror changed does not install at all.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"

# name==version, a marker or none, then hashes on lines of their own.
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+?))? \\$")
_HASH = re.compile(r"^    --hash=(sha256:[0-9a-f]{64})(?: \\)?$")


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of a lock file.

    Attributes:
        name: the project's normalised name.
        version: the one version that is installed.
        marker: where it is needed (PEP 508), empty for everywhere.
        hashes: of each file that the index holds for that version, "sha256:" and 64 hexadecimal digits.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def _declared() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file, and what of pyproject.toml it is made from.

    Attributes:
        file: its name in requirements/.
        extras: the extras it installs, on top of the project's dependencies.
        groups: the dependency groups it installs instead.
        exact: a dependency group of exact versions that narrow the ranges of the project.
    """

    file: str
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    exact: str = ""

    @property
    def path(self) -> Path:
        """Where it is."""
        return FOLDER / self.file

    def wanted(self) -> list[str]:
        """Returns the requirements of pyproject.toml that it answers, each with its range."""
        declared = _declared()
        if self.groups:
            return [one for group in self.groups for one in declared["dependency-groups"][group]]
        project = declared["project"]
        optional = [one for extra in self.extras for one in project["optional-dependencies"][extra]]
        # The project itself is built from what is locked, too: nothing is fetched behind the lock's back.
        exact = declared["dependency-groups"][self.exact] if self.exact else []
        return [*declared["build-system"]["requires"], *project["dependencies"], *optional, *exact]


# In this order: what serves is a part of what develops, and takes the same versions; so do the tests under
# Datasette 1.0, unless it needs others.
LOCKS = (
    Lock("dev.txt", extras=("serve", "gazetteer", "dask", "parquet", "dev")),
    Lock("serve.txt", extras=("serve",)),
    Lock("datasette-1.0.txt", extras=("dev",), exact="datasette-1-0"),
    Lock("tools.txt", groups=("tools",)),
)


def read_pins(path: Path) -> list[Pin]:
    """Reads a lock file.

    Args:
        path: a file that `make lock` wrote.

    Returns:
        Its pins in the file's order; one name may occur several times, with markers that exclude each other.

    Raises:
        ValueError: a line is neither a pin nor a hash nor a comment; names file and line.
    """
    pins: list[Pin] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if pin := _PIN.match(line):
            pins.append(Pin(pin[1], pin[2], pin[3] or "", ()))
        elif (found := _HASH.match(line)) and pins:
            last = pins.pop()
            pins.append(Pin(last.name, last.version, last.marker, (*last.hashes, found[1])))
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"{path}:{number}: is no pin with a hash; write the file with `make lock`")
    return pins


def changes(before: Iterable[Pin], after: Iterable[Pin]) -> list[str]:
    """Says what differs between two states of a lock file, a line for each package."""
    old, new = _versions(before), _versions(after)
    return [
        f"{name} {old.get(name, '(none)')} -> {new.get(name, '(none)')}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _versions(pins: Iterable[Pin]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for pin in pins:
        found.setdefault(pin.name, []).append(pin.version)
    return {name: ", ".join(sorted(set(versions))) for name, versions in found.items()}


def resolve(lock: Lock, uv: Path, cooling: str, preferred: str = "") -> str:
    """Returns a lock file's new text: the newest versions that the ranges and the cooling time admit.

    Args:
        lock: which one.
        uv: the resolver's executable.
        cooling: the least age of a release, as in "7 days".
        preferred: the text of a lock file whose versions are taken where the ranges admit them.

    Raises:
        click.ClickException: uv found no answer, or reached no index; its own words.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / lock.file
        output.write_text(preferred, encoding="utf-8")  # uv keeps the versions that it finds there
        command = [str(uv), "pip", "compile", "-", "--quiet", "--no-config", "--no-header", "--universal"]
        oldest = _declared()["project"]["requires-python"].removeprefix(">=")
        command += ["--python-version", oldest, "--generate-hashes", "--only-binary", ":all:"]
        command += ["--exclude-newer", cooling, "--annotation-style", "line", "--output-file", str(output)]
        wanted = "\n".join(lock.wanted()) + "\n"
        done = subprocess.run(command, input=wanted, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if done.returncode:
            raise click.ClickException(f"{lock.file}: no lock found, nothing was written. {done.stderr}")
        return output.read_text(encoding="utf-8")


def _header(lock: Lock) -> str:
    source = f"groups {', '.join(lock.groups)}" if lock.groups else f"extras {', '.join(lock.extras)}"
    source += f"; exact versions of {lock.exact}" if lock.exact else ""
    return f"# Written by `make lock` from pyproject.toml ({source}). Do not edit.\n"


@click.command()
@click.option("--uv", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--cooling", default="7 days", show_default=True, help="The least age of a release.")
@click.option("--keep", is_flag=True, help="Keep the locked versions that the ranges admit.")
def main(uv: Path, cooling: str, keep: bool) -> None:
    """Updates every lock file within the ranges of pyproject.toml and prints what changed.

    The cooling time is there because most tampered releases are found out within days. Where a release
    mends a vulnerability, do not wait.
    """
    texts: dict[str, str] = {}
    for lock in LOCKS:
        locked = lock.path.read_text(encoding="utf-8") if keep and lock.path.exists() else ""
        preferred = locked if lock.groups else locked or texts.get("dev.txt", "")
        texts[lock.file] = _header(lock) + resolve(lock, uv, cooling, preferred)
    for lock in LOCKS:
        before = read_pins(lock.path) if lock.path.exists() else []
        lock.path.write_text(texts[lock.file], encoding="utf-8")
        for line in changes(before, read_pins(lock.path)) or ["nothing changed"]:
            click.echo(f"{lock.file}: {line}")


if __name__ == "__main__":
    main()
