"""The packages of loader/ import downwards only: the layers of docs/development.md are those of the code."""

from __future__ import annotations

import ast
from pathlib import Path

from cases_files import ROOT

LOADER = ROOT / "loader"
# What each part may import beside itself. The ground: every module in loader/ itself, except the cli.
GROUND = "ground"
LAYERS: dict[str, set[str]] = {
    GROUND: set(),
    "gazetteer": {GROUND},
    "readers": {GROUND},
    "entities": {GROUND},
    "extract": {GROUND, "gazetteer"},
    "curation": {GROUND, "gazetteer", "extract", "readers"},
    "dataset": {GROUND, "entities"},
    "pipeline": {GROUND, "gazetteer", "readers", "extract", "entities", "curation", "dataset"},
    "sharding": {GROUND, "dataset", "pipeline"},
    "verify": {
        GROUND, "gazetteer", "readers", "extract", "entities", "curation", "dataset", "pipeline", "sharding",
    },
    "site": {GROUND, "gazetteer", "dataset"},
    "publish": {GROUND, "dataset", "pipeline", "sharding", "verify", "site"},
}  # fmt: skip
TOP = {"cli", "__main__", "__init__"}


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {_module(file): file for file in sorted(LOADER.rglob("*.py"))}


def _imports(file: Path) -> set[str]:
    """The modules of loader that a module imports, inside functions and for type checking too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "loader":
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "loader"}
    return found


def _part(module: str) -> str | None:
    """The layer of a module; None for those above all layers."""
    parts = module.split(".")
    if len(parts) == 1 or parts[1] in TOP:
        return None
    return parts[1] if (LOADER / parts[1]).is_dir() else GROUND


def test_every_package_has_its_layer() -> None:
    packages = {path.name for path in LOADER.iterdir() if (path / "__init__.py").is_file()}
    assert packages | {GROUND} == set(LAYERS)


def test_no_module_imports_upwards() -> None:
    upwards = [
        f"{module} imports {imported}"
        for module, file in MODULES.items()
        if (part := _part(module)) is not None
        for imported in _imports(file)
        if _part(imported) not in {part, *LAYERS[part]}
    ]
    assert upwards == []


def test_engines_of_quotations_and_places_do_not_import_each_other() -> None:
    for module, file in MODULES.items():
        for name, others in (
            ("quotes", ("places",)),
            ("places", ("quotes",)),
            ("discourse", ("quotes", "places")),
        ):
            if module.startswith(f"loader.extract.{name}"):
                crossing = [f"loader.extract.{other}" for other in others]
                assert not [one for one in _imports(file) if one.startswith(tuple(crossing))], module


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    graph = {module: {one for one in _imports(file) if one != module} for module, file in MODULES.items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module in done:
            return
        for imported in graph.get(module, ()):
            visit(imported, (*path, module))
        done.add(module)

    for module in graph:
        visit(module, ())


def test_nothing_changes_the_import_path() -> None:
    assert [
        module for module, file in MODULES.items() if "sys.path" in file.read_text(encoding="utf-8")
    ] == []


def test_no_two_modules_have_one_name_with_different_meanings() -> None:
    names: dict[str, list[str]] = {}
    for module in MODULES:
        names.setdefault(module.rpartition(".")[2], []).append(module)
    # The same verb of two engines, and pages and packages named for what they show.
    same = {"find", "places", "quotes", "speakers", "__main__"}
    twice = {name: modules for name, modules in names.items() if len(modules) > 1 and name not in same}
    assert twice == {}
