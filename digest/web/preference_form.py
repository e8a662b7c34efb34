"""The preference form: what a browser sends as the texts `digest.curation.preferences` reads, and back.

Every field is judged by itself, so that a reader sees all mistakes at once, each at its place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from digest.curation.preferences import PREFERENCE_FIELDS, format_preferences, parse_preferences
from digest.errors import SubscriptionError
from digest.models import Preferences
from digest.web.form import Form

_QUOTED = re.compile("`([^`]*)`")
FORM_FIELDS = tuple(name for name in PREFERENCE_FIELDS if name != "personal")
"""An own order has a button of its own."""
_SEVERAL = ("topics", "weekdays")
"""Fields with a box for every value; a browser sends nothing for a box that is not ticked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A form with what is in it and what is wrong with it, as the template shows it."""

    values: Mapping[str, str]
    errors: Mapping[str, str]
    """By field."""

    def ticked(self, name: str) -> frozenset[str]:
        """The values of a field of boxes."""
        return frozenset(self.values.get(name, "").split())


def filled(preferences: Preferences) -> FilledForm:
    """The form with preferences as they are."""
    return FilledForm(values=format_preferences(preferences), errors={})


def given_by(form: Form, names: Collection[str] = FORM_FIELDS) -> dict[str, str]:
    """What a form says of the fields `names`, as texts."""
    boxes = {name: " ".join(form.all(name)) for name in _SEVERAL if name in names}
    return boxes | {name: form[name] for name in names if name in form and name not in _SEVERAL}


def checked(given: Mapping[str, str], *, start: Preferences, topics: Collection[str]) -> FilledForm:
    """The form with what was given over `start`, and what is not possible of it."""
    errors = {}
    for name, text in given.items():
        try:
            parse_preferences({name: text}, start=start, topics=topics)
        except SubscriptionError as error:
            errors[name] = _QUOTED.sub("“\\1”", str(error).removeprefix(f"{name}: "))
    return FilledForm(values={**format_preferences(start), **given}, errors=errors)


@cache
def zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The time zones people live in, by part of the world."""
    named = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return tuple((region, tuple(names)) for region, names in groupby(named, key=lambda name: name.partition("/")[0]))
