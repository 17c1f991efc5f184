"""Datasette loads this file; it hands over the hooks of the package beside it."""

import sys
from pathlib import Path

# Datasette runs each plugin file on its own and does not put their folder on the path.
_FOLDER = str(Path(__file__).resolve().parent)
if _FOLDER not in sys.path:
    sys.path.insert(0, _FOLDER)

from reading_room.hooks import (  # noqa: E402, F401 - hooks are found by their names here
    asgi_wrapper,
    block_robots_extra_lines,
    handle_exception,
    prepare_connection,
    prepare_jinja2_environment,
    register_routes,
    render_cell,
    startup,
)
