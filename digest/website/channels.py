"""The feeds of a site, still without entries: what they are called, who they are for, where they are found."""

from __future__ import annotations

from collections.abc import Mapping

from digest.models import Topic
from digest.render.feeds.feed import Feed
from digest.render.imprint import Imprint
from digest.render.safety import plain

_RUNS: Mapping[str, tuple[str, str]] = {
    "all": ("Every paper", "One entry for each paper, all topics."),
    "editions": ("Issues", "One entry for each issue, with all its papers by topic."),
    "weekly": ("Top of the week", "One entry for each week, with the papers that were received best."),
    "monthly": ("Top of the month", "One entry for each month, with the papers that were received best."),
}


def run_feeds(imprint: Imprint) -> tuple[Feed, ...]:
    """`all`, `editions`, `weekly` and `monthly`."""
    return tuple(
        _feed(imprint, name, label, description, "editions.html" if name == "all" else f"{name}.html")
        for name, (label, description) in _RUNS.items()
    )


def topic_feed(imprint: Imprint, topic: Topic) -> Feed:
    """The feed of one topic."""
    label = plain(topic.title, limit=120)
    return _feed(imprint, topic.slug, label, plain(topic.description, limit=1000), f"{topic.slug}.html")


def _feed(imprint: Imprint, name: str, label: str, description: str, page: str) -> Feed:
    site = imprint.site
    return Feed(
        name=name,
        id=imprint.id("feed", name),
        title=site.title if name == "all" else f"{label} · {site.title}",
        label=label,
        description=description,
        site_title=site.title,
        base_url=site.base_url,
        html_url=imprint.url(page),
        language=site.language,
        hub=imprint.settings.feeds.hub,
        ttl_minutes=imprint.settings.feeds.ttl_minutes,
    )
