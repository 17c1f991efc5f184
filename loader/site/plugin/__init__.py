"""The plugin that Datasette finds by its entry point; it does nothing unless an archive is attached.

Datasette loads this module while it is itself being imported, and in every environment in which the package
is installed. So nothing of Datasette or of the site is imported here before a hook needs it.

This is a package of its own because Datasette looks for folders `static` and `templates` beside the module:
the site's templates must not replace those of a Datasette that serves something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response
    from jinja2 import Environment
    from markupsafe import Markup

    from loader.site.room import Room


def _room(datasette: Datasette) -> Room | None:
    """The reading room of a Datasette, or None if no archive is attached to it."""
    from loader.site.room import room_of  # noqa: PLC0415 - see the module's docstring

    return room_of(datasette)


@hookimpl(tryfirst=True)  # before those of datasette-search-all, whose page may not work
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """Add the reading room's pages."""
    room = _room(datasette)
    if room is None:
        return []
    from loader.site import hooks  # noqa: PLC0415

    return hooks.routes(room, datasette)


@hookimpl
def prepare_jinja2_environment(
    env: Environment, datasette: Datasette
) -> Callable[[], Awaitable[None]] | None:
    """Add templates and filters, and put the complete metadata in place before Datasette reads it."""
    room = _room(datasette)
    if room is None:
        return None
    from loader.site import hooks  # noqa: PLC0415

    return hooks.prepare_pages(room, env, datasette)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]] | None:
    """Check what the site needs, and cut what would be slow on large tables."""
    room = _room(datasette)
    if room is None:
        return None
    from loader.site import hooks  # noqa: PLC0415

    return hooks.start(room, datasette)


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Add the SQL functions to the archive's connections, and limit what a visitor's SQL may do there."""
    room = _room(datasette)
    if room is not None and room.is_current and database == room.name:
        from loader.site import hooks  # noqa: PLC0415

        hooks.prepare_connection(conn)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Put the guard between the network and the site."""
    room = _room(datasette)
    if room is None or not room.is_current:
        return lambda application: application
    from loader.site import hooks  # noqa: PLC0415

    return hooks.guarded(datasette, room)


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Answer errors that Datasette has no words for."""
    room = _room(datasette)
    if room is None or not room.is_current:
        return None
    from loader.site import hooks  # noqa: PLC0415

    return hooks.answer_exception(datasette, request, exception)


@hookimpl
def render_cell(value: object, column: str, database: str, datasette: Datasette) -> Markup | None:
    """Mark what a search found, and link to the reading pages, in rows of the archive."""
    if not isinstance(value, str) or column not in ("snippet", "best_snippet", "slug", "read"):
        return None
    room = _room(datasette)
    if room is None or not room.is_current or database != room.name:
        return None
    from loader.site import hooks  # noqa: PLC0415

    return hooks.cell(value, column, datasette)


@hookimpl(optionalhook=True)
def block_robots_extra_lines(datasette: Datasette, request: Request) -> list[str]:
    """Tell robots where the list of pages is."""
    room = _room(datasette)
    if room is None or not room.is_current:
        return []
    from loader.site import hooks  # noqa: PLC0415

    return hooks.robots_lines(datasette, request)
