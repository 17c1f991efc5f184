"""What the project is made of: locked, licensed, listed, and packed whole."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from cases_files import ROOT
from click.testing import CliRunner
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import audit, licences, lock

FILES = [one.file for one in lock.LOCKS]
DEV = lock.LOCKS[0]
HASH = "sha256:" + "0" * 64


def pins(file: str) -> dict[str, lock.Pin]:
    return {pin.name: pin for pin in lock.read_pins(lock.FOLDER / file)}


def here(file: str) -> dict[str, lock.Pin]:
    """The pins of a lock file that this platform and this Python need."""
    return {name: pin for name, pin in pins(file).items() if not pin.marker or Marker(pin.marker).evaluate()}


def installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


@pytest.fixture(scope="module")
def environment() -> None:
    """What these tests look at is what is locked."""
    others = [
        f"{name} {installed(name)} instead of {pin.version}"
        for name, pin in here("dev.txt").items()
        if installed(name) != pin.version
    ]
    cure = "use `make test`, or pip install --require-hashes -r requirements/dev.txt"
    assert others == [], f"{cure}: installed is {', '.join(others)}"


class TestLockFiles:
    @pytest.mark.parametrize("one", lock.LOCKS, ids=FILES)
    def test_satisfy_every_range_of_pyproject(self, one: lock.Lock) -> None:
        locked = pins(one.file)
        for wanted in map(Requirement, one.wanted()):
            name = canonicalize_name(wanted.name)
            assert name in locked, f"{one.file} lacks {name}: run `make lock`"
            version = locked[name].version
            assert wanted.specifier.contains(version, prereleases=bool(one.exact) or None), (
                f"{one.file}: {name} {version} is not {wanted}: run `make lock`"
            )

    @pytest.mark.parametrize("file", FILES)
    def test_give_every_pin_hashes_of_at_least_a_wheel(self, file: str) -> None:
        assert pins(file)
        assert [pin.name for pin in pins(file).values() if not pin.hashes] == []

    @pytest.mark.parametrize("file", FILES)
    def test_name_no_host_index_or_path(self, file: str) -> None:
        text = (lock.FOLDER / file).read_text(encoding="utf-8")
        assert re.findall(r"://|--index|--find-links|--trusted| @ |^-|^\.|^/", text, re.MULTILINE) == []

    def test_of_development_holds_what_serves_at_the_same_versions(self) -> None:
        serve, dev = pins("serve.txt"), pins("dev.txt")
        assert serve
        assert {name: dev.get(name) for name in serve} == serve

    @pytest.mark.usefixtures("environment")
    def test_hold_what_the_installed_packages_ask_for_and_nothing_else(self) -> None:
        asked: set[str] = set()
        waiting = [canonicalize_name(Requirement(wanted).name) for wanted in DEV.wanted()]
        while waiting:
            name = waiting.pop()
            if name not in asked:
                asked.add(name)
                waiting.extend(_needs(name))
        assert asked == here("dev.txt").keys()

    def test_are_what_make_installs_with_hashes_and_nothing_else(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        installs = re.findall(r"pip install (.*)", makefile)
        assert installs
        for options in installs:
            assert "--require-hashes" in options or {
                "--no-index",
                "--no-deps",
                "--no-build-isolation",
            } <= set(options.split())
        assert set(re.findall(r"-r requirements/(\S+)", makefile)) == set(FILES)


def _needs(name: str) -> list[str]:
    """Lists what an installed package needs here; none of ours is asked for with extras."""
    found = map(Requirement, metadata.requires(name) or [])
    return [
        canonicalize_name(wanted.name)
        for wanted in found
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""})
    ]


class TestLock:
    def test_reads_pins_with_markers_and_hashes(self, tmp_path: Path) -> None:
        file = tmp_path / "lock.txt"
        file.write_text(
            f"# written\none==1.0 \\\n    --hash={HASH} \\\n    --hash={HASH}\n    # via two\n"
            f"two-three==2.0rc1 ; sys_platform == 'win32' \\\n    --hash={HASH}\n"
        )
        assert lock.read_pins(file) == [
            lock.Pin("one", "1.0", "", (HASH, HASH)),
            lock.Pin("two-three", "2.0rc1", "sys_platform == 'win32'", (HASH,)),
        ]

    @pytest.mark.parametrize("line", ["one>=1.0 \\", "one==1.0", "one @ file:///one", "-e ."])
    def test_refuses_a_line_that_is_no_pin(self, tmp_path: Path, line: str) -> None:
        file = tmp_path / "lock.txt"
        file.write_text(f"# written\n{line}\n")
        with pytest.raises(ValueError, match=r"lock\.txt:2: .*make lock"):
            lock.read_pins(file)

    def test_tells_old_and_new_version_of_what_changed(self) -> None:
        before = [
            lock.Pin("kept", "1", "", ()),
            lock.Pin("newer", "1", "", ()),
            lock.Pin("gone", "3", "", ()),
        ]
        after = [lock.Pin("kept", "1", "", ()), lock.Pin("newer", "2", "", ()), lock.Pin("come", "4", "", ())]
        assert lock.changes(before, after) == ["come (none) -> 4", "gone 3 -> (none)", "newer 1 -> 2"]

    def test_writes_nothing_where_the_resolver_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lock, "FOLDER", tmp_path)
        uv = tmp_path / "uv"
        uv.write_text("#!/bin/sh\necho no such index >&2\nexit 2\n")
        uv.chmod(0o755)
        result = CliRunner().invoke(lock.main, ["--uv", str(uv)])
        assert result.exit_code == 1
        assert "nothing was written. no such index" in result.output
        assert [path.name for path in tmp_path.iterdir()] == ["uv"]


class TestLicences:
    RULES = licences.Rules(frozenset({"MIT", "PSF-2.0"}), {"The MIT License": "MIT"}, {"silent": "PSF-2.0"})

    @pytest.mark.usefixtures("environment")
    @pytest.mark.parametrize("file", ["serve.txt", "dev.txt"])
    def test_of_every_dependency_is_known_and_accepted(self, file: str) -> None:
        rules = licences.read_rules()
        place = Path(sysconfig.get_path("purelib"))
        entries = list(licences.licences(file, lock.read_pins(lock.FOLDER / file), place, rules))
        assert entries
        assert [entry for entry in entries if not rules.accepts(entry.licence)] == []

    @pytest.mark.parametrize(
        ("expression", "accepted"),
        [
            ("MIT", True),
            ("MIT AND PSF-2.0", True),
            ("GPL-3.0-only OR MIT", True),
            ("MIT AND GPL-3.0-only", False),
            ("GPL-3.0-only", False),
            ("", False),
        ],
    )
    def test_are_accepted_in_all_their_parts_or_in_one_alternative(
        self, expression: str, accepted: bool
    ) -> None:
        assert self.RULES.accepts(expression) is accepted

    @pytest.mark.parametrize(
        ("name", "fields", "licence"),
        [
            ("spoken", "License-Expression: PSF-2.0\nLicense: The MIT License\n", "PSF-2.0"),
            ("spoken", "License: The MIT License\n", "MIT"),
            ("spoken", "License: UNKNOWN\nClassifier: License :: OSI Approved :: The MIT License\n", "MIT"),
            ("silent", "", "PSF-2.0"),
            ("spoken", "", ""),
        ],
    )
    def test_are_read_from_what_the_package_says(
        self, tmp_path: Path, name: str, fields: str, licence: str
    ) -> None:
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{fields}")
        wanted = [lock.Pin(name, "1.0", "", ())]
        found = list(licences.licences("serve", wanted, tmp_path, self.RULES))
        assert found == [licences.Entry("serve", name, "1.0", licence)]

    def test_command_names_what_it_refuses(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(licences, "read_rules", lambda: self.RULES)
        result = CliRunner().invoke(licences.main, [str(tmp_path), str(tmp_path)])
        assert result.exit_code == 1
        assert re.search(r"^uv \S+: its licence is unknown, not accepted; ", result.output, re.MULTILINE)

    def test_table_gives_a_reason_for_each(self) -> None:
        with (lock.FOLDER / "licences_accepted.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert all(row["licence"] and row["reason"] for row in rows)


class TestAudit:
    CLEAN = json.dumps({"dependencies": [{"name": "one", "version": "1", "vulns": []}]})
    SKIPPED = json.dumps({"dependencies": [{"name": "one", "skip_reason": "not found"}]})
    FOUND = json.dumps(
        {
            "dependencies": [
                {"name": "one", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
            ]
        }
    )

    def run(self, tmp_path: Path, pypi: str, osv: str) -> tuple[int, str]:
        """Runs the command with services that answer so."""
        (tmp_path / "pypi").write_text(pypi)
        (tmp_path / "osv").write_text(osv)
        pip_audit = tmp_path / "pip-audit"
        pip_audit.write_text(
            f'#!/bin/sh\ncase "$*" in *" pypi "*) cat "{tmp_path}/pypi";; *) cat "{tmp_path}/osv";; esac\n'
        )
        pip_audit.chmod(0o755)
        result = CliRunner().invoke(audit.main, [str(pip_audit)])
        return result.exit_code, result.output

    def test_is_clean_where_a_service_answered_for_every_package(self, tmp_path: Path) -> None:
        code, printed = self.run(tmp_path, self.CLEAN, "")
        assert (code, printed.split(";")[0]) == (0, "no known vulnerability")

    def test_names_package_advisory_and_cure_of_a_finding(self, tmp_path: Path) -> None:
        code, printed = self.run(tmp_path, self.FOUND, "")
        assert code == audit.FINDING
        assert "one 1: PYSEC-1, mended in 1.1: `make lock`" in printed

    def test_asks_the_second_service_where_the_first_does_not_know_a_package(self, tmp_path: Path) -> None:
        assert self.run(tmp_path, self.SKIPPED, self.FOUND)[0] == audit.FINDING

    def test_is_not_clean_where_no_service_answered(self, tmp_path: Path) -> None:
        code, printed = self.run(tmp_path, self.SKIPPED, "no network")
        assert code == audit.NO_ANSWER
        assert printed.splitlines() == [
            "not audited, no service of advisories answered (pypi: knows 0 of 1 packages; "
            "osv: cannot be reached); try again online"
        ]

    def test_leaves_out_what_is_argued(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(audit, "argued", lambda: {("PYSEC-1", "one")})
        assert self.run(tmp_path, self.FOUND, "")[0] == 0

    def test_arguments_name_a_locked_package_and_a_reason(self) -> None:
        locked = {name for file in FILES for name in pins(file)}
        with (lock.FOLDER / "advisories.csv").open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            assert table.fieldnames == ["advisory", "package", "reason"]
            assert [row for row in table if row["package"] not in locked or not row["reason"]] == []


class TestVendoredFiles:
    LIST = ROOT / "docs" / "vendored.csv"

    def rows(self) -> list[dict[str, str]]:
        with self.LIST.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def test_are_listed_with_origin_version_and_licence(self) -> None:
        assert self.rows()
        assert [row for row in self.rows() if not all(row.values())] == []

    def test_are_the_files_that_were_listed(self) -> None:
        for row in self.rows():
            found = hashlib.sha256((ROOT / row["path"]).read_bytes()).hexdigest()
            assert found == row["sha256"], (
                f"{row['path']}: changed; where it was meant, set docs/vendored.csv"
            )

    def test_are_all_listed(self) -> None:
        listed = {row["path"] for row in self.rows()}
        files = [path for top in ("loader", "scripts", "seeds") for path in (ROOT / top).rglob("*")]
        foreign = [path for path in files if path.is_file() and _is_foreign(path)]
        assert foreign
        assert {path.relative_to(ROOT).as_posix() for path in foreign} - listed == set()

    def test_tables_of_the_loader_name_the_source_of_every_row_or_are_listed(self) -> None:
        listed = {row["path"] for row in self.rows()}
        tables = sorted((ROOT / "loader" / "data").glob("*.csv"))
        assert tables
        for table in tables:
            with table.open(encoding="utf-8", newline="") as file:
                sourced = all(row.get("source") for row in csv.DictReader(file))
            assert sourced or table.relative_to(ROOT).as_posix() in listed, table.name

    def test_pages_load_no_script_style_or_font_from_elsewhere(self) -> None:
        loaded = re.compile(
            r"""(?:<script[^>]*\bsrc|<link[^>]*\bhref|@import|\burl\()\s*=?\s*["'(]?\s*(?:https?:)?//"""
        )
        files = [
            path for path in (ROOT / "loader" / "site").rglob("*") if path.suffix in {".html", ".css", ".js"}
        ]
        assert files
        assert [path.name for path in files if loaded.search(path.read_text(encoding="utf-8"))] == []


def _is_foreign(path: Path) -> bool:
    """Tells what nobody writes by hand: archives, no text, endless lines, the text of a licence."""
    if path.suffix == ".pyc":
        return False
    if re.search(r"LICEN[CS]E|NOTICE", path.name) or path.match("seeds/*.txt"):
        return True
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return True
    return any(len(line) > 5000 for line in text.splitlines())


def modules_and_data() -> list[str]:
    """Lists the package's files by their paths below the project."""
    files = [path for path in (ROOT / "loader").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return [path.relative_to(ROOT).as_posix() for path in files]


@pytest.fixture(scope="module")
def wheel(environment: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it would be published, from a copy: a build leaves files behind."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", *modules_and_data()):
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(folder / "source"))
    return next(folder.glob("*.whl"))


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PIP_NO_INDEX": "1"}
    )
    assert done.returncode == 0, done.stderr


class TestWheel:
    def test_holds_every_module_and_every_data_file(self, wheel: Path) -> None:
        packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("loader/")}
        assert packed == set(modules_and_data())

    def test_carries_its_licences(self, wheel: Path) -> None:
        names = zipfile.ZipFile(wheel).namelist()
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
        notices = sorted(path.name for path in (ROOT / "loader" / "data").glob("*NOTICE.txt"))
        packed = sorted(Path(name).name for name in names if "/licenses/loader/data/" in name)
        assert packed == notices != []

    def test_installed_elsewhere_builds_the_same_database(
        self, wheel: Path, tmp_path: Path, database: Path
    ) -> None:
        _pip("install", "--no-deps", "--target", str(tmp_path / "installed"), str(wheel))
        done = subprocess.run(
            [
                sys.executable, "-m", "loader", "build", str(ROOT / "seeds"), "-o", "archive.db", "--quiet",
                "--metadata", str(ROOT / "metadata.yml"),
            ],
            cwd=tmp_path, capture_output=True, text=True, check=False,
            env=os.environ | {"PYTHONPATH": str(tmp_path / "installed")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "archive.db").read_bytes() == database.read_bytes()
