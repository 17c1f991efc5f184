"""`python -m loader.gazetteer compile`: makes the compiled gazetteer anew and prints its record."""

from __future__ import annotations

import sys

from loader.errors import InputError
from loader.gazetteer.lookup import COMPILED, RECORD


def main(arguments: list[str]) -> int:
    """Runs the command line.

    Args:
        arguments: what stands after the module's name.

    Returns:
        The exit code: 0 done, 1 an input is at fault, 2 usage.
    """
    if arguments != ["compile"]:
        print("usage: python -m loader.gazetteer compile", file=sys.stderr)
        return 2
    # Imported here: look-ups never need the compiler.
    from loader.gazetteer.compiling import compile_gazetteer  # noqa: PLC0415

    try:
        record = compile_gazetteer(COMPILED)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    RECORD.write_text(record, encoding="utf-8")
    print(record, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
