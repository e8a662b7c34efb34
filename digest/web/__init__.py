"""Web: the site over HTTP. Feeds and pages from memory, readers' forms, the JSON API, and the operator's page.

It decides nothing: what a reader may do is `digest.subscribe`, what is shown is `digest.render` and `digest.website`.
"""

from digest.web.application import application
from digest.web.server import serve

__all__ = ["application", "serve"]
