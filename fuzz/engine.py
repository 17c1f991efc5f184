"""Runs one target: `python -m fuzz.engine TARGET --seconds N --folder FOLDER`, or `--replay FILE`.

With atheris (libFuzzer for Python) inputs that reach new code are kept and mutated further. Where atheris
has no package for the machine, seeds are mutated without looking at what they reach.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import random
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.mutating import encoded, mutated, mutated_table

if TYPE_CHECKING:
    from fuzz.targets import Target

# Longer inputs run too few times; what grows with the length is for benchmarks/growth.py.
_LONGEST = 6_000
# An input that keeps the loader this long is a finding: the longest takes well under a second.
_MOST_SECONDS = 20
_SEED = 20_180_503


def main() -> int:
    """Runs a target; returns 1 on a finding (libFuzzer itself ends the process with its own code)."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.engine", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"), help="where findings are kept")
    parser.add_argument("--replay", type=Path, help="run a finding once, with its traceback")
    parser.add_argument("--seeds", type=int, help="at most so many, evenly chosen (default: all)")
    given = parser.parse_args()
    if given.replay:
        from fuzz.targets import TARGETS  # noqa: PLC0415 - the fuzzer must watch this import

        TARGETS[given.target].check(given.replay.read_bytes())
        return 0
    given.folder.mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("atheris"):
        _run_guided(given.target, given.seconds, given.folder, given.seeds)
        return 0
    return _run_unguided(given.target, given.seconds, given.folder, given.seeds)


def _run_guided(name: str, seconds: int, folder: Path, most: int | None) -> None:
    """Lets atheris run a target; never returns, for libFuzzer ends the process."""
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: PLC0415

    with atheris.instrument_imports(include=["loader"]):
        from fuzz import targets  # noqa: PLC0415 - what is imported here is watched
    target = targets.TARGETS[name]
    words = targets.words()
    corpus = folder / name
    corpus.mkdir(exist_ok=True)
    for seed in _seeds(target, most):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    dictionary = folder / f"{name}.dict"
    dictionary.write_text("".join(f'"{_escaped(word)}"\n' for word in words), encoding="ascii")

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return _mutation(target, data, words, chance)[:most]

    atheris.Setup(
        [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={seconds}",
            f"-timeout={_MOST_SECONDS}",
            f"-max_len={_LONGEST}",
            f"-artifact_prefix={folder}/{name}-",
            f"-dict={dictionary}",
            f"-seed={_SEED}",
            "-print_final_stats=1",
        ],
        target.check,
        custom_mutator=mutate,
    )
    atheris.Fuzz()


def _run_unguided(name: str, seconds: int, folder: Path, most: int | None) -> int:
    """Mutates the seeds in turn until the time is over or a law is broken."""
    from fuzz import targets  # noqa: PLC0415 - as in _run_guided

    target, words = targets.TARGETS[name], targets.words()
    chance = random.Random(_SEED)
    seeds = _seeds(target, most)
    end = time.monotonic() + seconds
    runs = 0
    while time.monotonic() < end:
        data = seeds[runs] if runs < len(seeds) else _mutation(target, chance.choice(seeds), words, chance)
        runs += 1
        try:
            target.check(data)
        except Exception:
            traceback.print_exc()
            file = folder / f"{name}-crash-{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"
            file.write_bytes(data)
            print(f"Test unit written to {file}", file=sys.stderr)
            return 1
    print(f"#{runs} DONE", file=sys.stderr)
    return 0


def _seeds(target: Target, most: int | None) -> list[bytes]:
    seeds = target.seeds()
    return seeds[:: max(1, -(-len(seeds) // most))] if most else seeds


def _mutation(target: Target, data: bytes, words: list[str], chance: random.Random) -> bytes:
    change = mutated_table if target.table else mutated
    text = change(data.decode("utf-8", "surrogateescape"), words, chance)
    if target.encodings:
        return encoded(text, chance)
    return text.encode("utf-8", "surrogateescape")


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02X}" for byte in word.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    sys.exit(main())
