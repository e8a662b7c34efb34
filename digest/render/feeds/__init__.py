"""Feeds: entries of closed editions as RSS 2.0, Atom 1.0 and JSON Feed 1.1.

`feed` has the values, `entries` makes them from editions, `archive` cuts a long feed into documents, and `rss`, `atom`
and `json_feed` write one document as bytes. Pure: the same values give the same bytes, whatever the day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from digest.render.feeds.feed import Feed


def _rss(feed: Feed) -> bytes:
    from digest.render.feeds.rss import render_rss  # noqa: PLC0415 - feedgen is slow to import

    return render_rss(feed)


def _atom(feed: Feed) -> bytes:
    from digest.render.feeds.atom import render_atom  # noqa: PLC0415 - feedgen is slow to import

    return render_atom(feed)


def _json(feed: Feed) -> bytes:
    from digest.render.feeds.json_feed import render_json  # noqa: PLC0415 - like its siblings

    return render_json(feed)


RENDERERS: Mapping[str, Callable[[Feed], bytes]] = MappingProxyType({"rss": _rss, "atom": _atom, "json": _json})
"""How a feed is written, by the extension of its file."""
