"""Where papers come from.

`resolve` turns a source string into a `Source`; `Source.read` fetches or opens it and yields what the pure parsers
found. What the papers mean, and where they are kept, is for others.

::

    source_strings   what a string names          backfill       a span of days, day by day
    fetch_hf         the Daily Papers             client         HTTP, politely and on its guard
    fetch_arxiv      arXiv's interfaces           ├ exchange     one request, its limits
    fetch_web        any address                  ├ transport    the checked connection
    read_files       files, folders, stdin        ├ names        what a host is called
    read_stream      bytes of any form            ├ addresses    which may be connected to
    ├ contents       what was read before         ├ retry        when to ask again
    recognise        which parser reads it        ├ pacing       arXiv's turns
                                                  └ validators   what is known already
"""

from digest.sources.client import Client, site_client
from digest.sources.contents import UNCHANGED
from digest.sources.source import Progress, ReadContext, Source
from digest.sources.source_strings import resolve

__all__ = ["UNCHANGED", "Client", "Progress", "ReadContext", "Source", "resolve", "site_client"]
