"""The zone: what the world can look up of the site, compared with what should be there. It changes nothing.

Caches know what was true an hour ago; a name server that is asked directly says what is true now.
"""

from digest.zone.look import Look, looks
from digest.zone.lookup import Lookup
from digest.zone.wrong import Wrong

__all__ = ["Look", "Lookup", "Wrong", "looks"]
