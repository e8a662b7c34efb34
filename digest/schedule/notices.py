"""Letters to the operator, through the site's own carrier. Without an address there are none: the log says the same."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from digest.deliver import send_letter
from digest.models import Mail
from digest.schedule.watch import Tell
from digest.site import Site
from digest.subscribe import Letter

_PAGE = Markup('<!doctype html><html lang="en"><head><title>{}</title></head><body>{}</body></html>')
_PARAGRAPH = Markup("<p>{}</p>")


def operator_of(site: Site) -> Tell:
    """What tells the operator of this site."""

    def tell(subject: str, text: str, now: datetime) -> None:
        address = site.settings.operator
        if address:
            send_letter(site, Letter(address=address, mail=_mail(f"{site.settings.title}: {subject}", text)), now=now)

    return tell


def _mail(subject: str, text: str) -> Mail:
    paragraphs = Markup("").join(_PARAGRAPH.format(part) for part in text.strip().split("\n\n"))
    return Mail(subject=subject, preheader="", html=str(_PAGE.format(subject, paragraphs)), text=text)
