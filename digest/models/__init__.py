"""The vocabulary: frozen values that every room speaks in.

Moments (`*_at`) are aware UTC datetimes; days (`*_on`) are calendar dates. A value holds facts and small questions
about itself; what to do with it is decided in `digest.curation`.

::

    topics    what papers are about          editions  editions, digests, their rendered form
    papers    papers and their signals       readers   who gets what, and when
    sources   what a source gave
"""

from digest.models.editions import Digest, Edition, EditionPaper, Emerging, Mail, Reason, Section, Selection, Variant
from digest.models.papers import Announcement, Author, KnownPaper, Merged, Metric, Paper, Query, Signal
from digest.models.readers import (
    MOST_MARKS,
    WEEKDAYS,
    Delivery,
    Mark,
    Preferences,
    Status,
    Subscriber,
    Suppression,
    Weekday,
)
from digest.models.sources import Content, Reading, RejectedRecord, Rejection, SourceRun, SourceState, Verdict
from digest.models.topics import OTHER, Assignment, Rules, Score, Topic

__all__ = [
    "MOST_MARKS",
    "OTHER",
    "WEEKDAYS",
    "Announcement",
    "Assignment",
    "Author",
    "Content",
    "Delivery",
    "Digest",
    "Edition",
    "EditionPaper",
    "Emerging",
    "KnownPaper",
    "Mail",
    "Mark",
    "Merged",
    "Metric",
    "Paper",
    "Preferences",
    "Query",
    "Reading",
    "Reason",
    "RejectedRecord",
    "Rejection",
    "Rules",
    "Score",
    "Section",
    "Selection",
    "Signal",
    "SourceRun",
    "SourceState",
    "Status",
    "Subscriber",
    "Suppression",
    "Topic",
    "Variant",
    "Verdict",
    "Weekday",
]
