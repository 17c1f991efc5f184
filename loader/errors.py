"""The one error that is the input's fault: a line for a person, and no traceback."""

from __future__ import annotations


class InputError(ValueError):
    """Input that cannot be used. The message is one line that names file, line and cure."""
