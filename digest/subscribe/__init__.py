"""Subscribe: readers come, choose, pause, leave and come back; a whole list of them goes to a file and back.

What is said to the outside is the same for known and unknown addresses. It sends nothing: `sign_up` hands back the
letter that is to be sent.
"""

from digest.subscribe.joining import Letter, add_reader, admit, confirm, network_of, open_link, sign_up
from digest.subscribe.lists import Imported, export_csv, import_csv, listed
from digest.subscribe.newcomer import default_preferences, reader_address
from digest.subscribe.reader import (
    erase,
    export_data,
    forget_unconfirmed,
    pause,
    reader_record,
    resubscribe,
    resume,
    revoke_links,
    set_preferences,
    unsubscribe,
)

__all__ = [
    "Imported",
    "Letter",
    "add_reader",
    "admit",
    "confirm",
    "default_preferences",
    "erase",
    "export_csv",
    "export_data",
    "forget_unconfirmed",
    "import_csv",
    "listed",
    "network_of",
    "open_link",
    "pause",
    "reader_address",
    "reader_record",
    "resubscribe",
    "resume",
    "revoke_links",
    "set_preferences",
    "sign_up",
    "unsubscribe",
]
