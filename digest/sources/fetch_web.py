"""Any feed or list at an address of one's own choice.

Only such single answers are asked for conditionally: where a list has pages, one that is unchanged would hide whether
another follows, and where a list has a day, it would hide which.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from digest.models import Reading
from digest.sources.addresses import shown
from digest.sources.contents import UNCHANGED
from digest.sources.read_stream import read_stream
from digest.sources.source import ReadContext


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """Whatever is at `url`: a feed, a list, a saved page."""

    name: str
    url: str

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """One reading, or several of a long list of JSON lines.

        Raises:
            SourceError: as `Source.read`.
        """
        yield from read_page(self.url, context, source=self.name)


def read_page(url: str, context: ReadContext, *, source: str, conditional: bool = True) -> Iterator[Reading]:
    """The readings of one address; when `conditional`, one of form `UNCHANGED` if it holds nothing new.

    Raises:
        SourceError: as `Source.read`.
    """
    context.progress(0, None, source)
    answer = context.get(url, conditional=conditional)
    if answer.unchanged:
        yield Reading(form=UNCHANGED)
        return
    yield from read_stream(
        io.BytesIO(answer.data), context, source=source, hint=shown(url), content_type=answer.content_type
    )
    if conditional:
        context.client.remember(url, answer)
