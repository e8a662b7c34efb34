"""The letterhead: what every mail of a site says of its sender and its list, and a mail as it looks with it.

It addresses nobody and sends nothing; a preview is a message like any other, to `preview@localhost`.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parseaddr

from digest.mail.message import Letterhead, MessageTemplate
from digest.models import Mail
from digest.settings import Settings

PREVIEW_RECIPIENT = "preview@localhost"
_TAG = re.compile(r"tag:(?P<authority>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*),")
"""The authority of a tag URI (RFC 4151 §2.1) that is a domain name."""


def letterhead_of(settings: Settings) -> Letterhead:
    """The letterhead of the site's digests.

    The list is named after the site's permanent ids, so that its name outlives a move of host (RFC 2919 §3).
    """
    address = parseaddr(settings.mail.sender)[1]
    tag = _TAG.match(settings.id_prefix)
    domain = tag["authority"] if tag else address.rpartition("@")[2] or "localhost"
    return Letterhead(
        sender=settings.mail.sender,
        list_id=f"digest.{domain}",
        list_title=settings.title,
        unsubscribe_mailto=f"mailto:{address}?subject=unsubscribe",
        help_url=f"{settings.base_url}/",
        owner=f"mailto:{address}",
    )


def preview_message(mail: Mail, settings: Settings, *, at: datetime, issue: str) -> bytes:
    """`mail`, its personal places filled in, as the message to one reader is: every header, but to nobody.

    `at` is its date; `issue` makes its Message-ID. The same arguments give the same bytes.

    Raises:
        MailError: `mail.sender` is no mail address.
    """
    secure = re.sub(r"^http:", "https:", settings.base_url)  # what RFC 8058 asks for, also before the site is public
    return MessageTemplate(mail, letterhead_of(settings)).message(
        identity=f"preview {issue}", recipient=PREVIEW_RECIPIENT, at=at, unsubscribe_url=f"{secure}/unsubscribe"
    )
