"""arXiv's four interfaces: the daily announcements, papers by id, searches, and the harvest of whole sets.

https://info.arxiv.org/help/rss.html, https://info.arxiv.org/help/api/user-manual.html and
https://info.arxiv.org/help/oa/index.html. The pace arXiv asks for is the client's to keep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from digest.errors import SourceUnavailable
from digest.models import Reading
from digest.sources.addresses import shown
from digest.sources.arxiv import total_results
from digest.sources.fetch_web import read_page
from digest.sources.oai import resumption_token
from digest.sources.source import ReadContext

SOURCE = "arxiv"
"""What is read here is filed under this name, whichever interface it came by."""
IDS_AT_ONCE = 100
RESULTS_AT_ONCE = 100
"""arXiv allows 2,000 but answers large pages slowly, and at times with nothing."""
DAY_RESULTS = 10_000
"""Most results of a search for one day: all that arXiv gives."""
MAX_PARTS = 500
"""Longest harvest that is followed; a part holds up to a thousand records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivAnnouncements:
    """What arXiv announced today in `categories`, such as `cs.CL+cs.LG`."""

    name: str
    categories: str

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """One reading.

        Raises:
            SourceError: as `Source.read`.
        """
        url = f"{context.settings.arxiv_feed_url}/{self.categories}"
        yield from read_page(url, context, source=SOURCE, conditional=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivPapers:
    """The papers of `ids`, which are plain: versionless or with a version, without `arXiv:`."""

    name: str
    ids: tuple[str, ...]

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """One reading for each hundred ids.

        Raises:
            SourceError: as `Source.read`.
        """
        for start in range(0, len(self.ids), IDS_AT_ONCE):
            batch = self.ids[start : start + IDS_AT_ONCE]
            context.progress(start, len(self.ids), "papers of arXiv")
            query = urlencode({"id_list": ",".join(batch), "max_results": len(batch)}, safe=",")
            url = f"{context.settings.arxiv_api_url}?{query}"
            data = context.get(url, done=start, total=len(self.ids)).data
            yield context.interpret(data, source=SOURCE, hint=shown(url))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivSearch:
    """The newest papers that answer `query`, in arXiv's own language: `all:agents AND cat:cs.CL`."""

    name: str
    query: str
    limit: int | None = None
    """Most results; None: as `[ingest] search_results` says."""

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """One reading a page, until all results were read or as many as are wanted.

        Raises:
            SourceError: as `Source.read`; also for a page without results before the last, which arXiv sends at times.
        """
        start, end = 0, self.limit or context.settings.search_results
        while start < end:
            context.progress(start, end, self.name)
            url = self._address(context, start, min(RESULTS_AT_ONCE, end - start))
            data = context.get(url, done=start, total=end).data
            reading = context.interpret(data, source=SOURCE, hint=shown(url))
            end = min(end, total_results(data) or 0)
            if not reading.papers and not reading.rejected and start < end:
                raise SourceUnavailable(f"{self.name}: arXiv left out results {start + 1} to {end}; try later")
            yield reading
            start += RESULTS_AT_ONCE

    def _address(self, context: ReadContext, start: int, size: int) -> str:
        query = {
            "search_query": self.query,
            "sortBy": "submittedDate",
            "sortOrder": "descending",
            "start": start,
            "max_results": size,
        }
        return f"{context.settings.arxiv_api_url}?{urlencode(query)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivHarvest:
    """The records of the OAI set `subset` that changed in `[since, until)`; without days: since the day before."""

    name: str
    subset: str
    since: date | None = None
    until: date | None = None

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """One reading for each part of the list.

        Raises:
            SourceError: as `Source.read`; also when a list has no end.
        """
        url = self._first_address(context)
        read = 0
        for _ in range(MAX_PARTS):
            context.progress(read, None, self.name)
            data = context.get(url, done=read).data
            reading = context.interpret(data, source=SOURCE, hint=shown(url))
            yield reading
            read += len(reading.papers)
            token = resumption_token(data)
            if token is None:
                return
            url = self._address(context, {"resumptionToken": token})
        raise SourceUnavailable(
            f"{self.name}: goes on after {MAX_PARTS} parts; read shorter spans (arxiv:oai:SET/SINCE/UNTIL)"
        )

    def _first_address(self, context: ReadContext) -> str:
        """OAI-PMH counts `until` as included (§2.7.1)."""
        query = {"metadataPrefix": "arXivRaw", "set": self.subset}
        query["from"] = f"{self.since or context.today - timedelta(days=1):%Y-%m-%d}"
        if self.until is not None:
            query["until"] = f"{self.until - timedelta(days=1):%Y-%m-%d}"
        return self._address(context, query)

    @staticmethod
    def _address(context: ReadContext, query: dict[str, str]) -> str:
        return f"{context.settings.arxiv_oai_url}?{urlencode({'verb': 'ListRecords', **query})}"
