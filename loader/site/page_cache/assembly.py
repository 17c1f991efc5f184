"""Puts the cache of pages in front of a site, if its pages can be stored at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from datasette.plugins import pm

from loader.site.page_cache.addresses import CacheableAddresses
from loader.site.page_cache.edge import PageCache
from loader.site.page_cache.fingerprint import FileHash, fingerprint
from loader.site.room import PLUGIN

if TYPE_CHECKING:
    from datasette.app import Datasette

    from loader.site.room import Room
    from loader.site.security.middleware import Application

# Hooks with which a plugin can answer one visitor otherwise than another.
_HOOKS_THAT_TELL_VISITORS_APART = ("actor_from_request", "asgi_wrapper")


def in_front(
    application: Application,
    datasette: Datasette,
    room: Room,
    own_pages: Iterable[re.Pattern[str]],
    below_base: Callable[[str], str],
) -> Application:
    """Return an application that stores the pages of another.

    It stores nothing of a mutable archive, and nothing beside a plugin that tells visitors apart.

    Args:
        application: the site, behind its guard.
        datasette: the site; pages are stored after its startup, when its metadata is complete.
        room: its archive.
        own_pages: the routes of the reading room's pages.
        below_base: takes the site's base address off a path.
    """
    if room.database.is_mutable or _tells_visitors_apart():
        return application
    file_hash = FileHash(room.database)
    pages = list(own_pages)

    @cache  # room.queries and the counts are there after startup
    def addresses() -> CacheableAddresses:
        return CacheableAddresses(room, pages)

    @cache
    def of_file(known: str) -> bytes:
        return fingerprint(datasette, room, known)

    def site() -> bytes | None:
        known = file_hash.known if datasette._startup_invoked else None
        return None if known is None else of_file(known)

    return PageCache(
        application,
        site,
        lambda path, query: addresses().holds(below_base(path), query),
        int(datasette.setting("default_cache_ttl")),
    )


def _tells_visitors_apart() -> bool:
    """Tell whether a plugin that is neither Datasette's nor ours sees requests before the pages do."""
    hooks = (getattr(pm.hook, name) for name in _HOOKS_THAT_TELL_VISITORS_APART)
    names = {implementation.plugin_name for hook in hooks for implementation in hook.get_hookimpls()}
    return any(name != PLUGIN and not name.startswith("datasette.") for name in names)
