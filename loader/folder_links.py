"""Links in a folder of sources: one that leads out of it could bring in any file of the machine."""

from __future__ import annotations

import os
from pathlib import Path

from loader.errors import InputError


def link_target(link: Path) -> Path:
    """Return where a link leads in the end.

    Raises:
        InputError: it leads nowhere; the reason alone, without its name.
    """
    try:
        return Path(os.path.realpath(link, strict=True))
    except OSError as error:
        raise InputError(
            f"is a link that leads nowhere ({error.strerror}); take the link out of the folder"
        ) from error


def require_inside(target: Path, folder: Path, remedy: str) -> None:
    """Refuse what a link leads to if it is not in the folder.

    Args:
        target: where the link leads in the end.
        folder: the folder that a user gave, itself perhaps reached by a link.
        remedy: what the error proposes.

    Raises:
        InputError: it is outside; the reason alone, without the link's name and without the target's.
    """
    root = Path(os.path.realpath(folder))
    if root != target and root not in target.parents:
        raise InputError(f"is a link that leads out of the folder; {remedy}")
