"""The mail that asks a new reader whether it was them, and tells a known one where their preferences are."""

from __future__ import annotations

import jinja2

from digest.models import Mail
from digest.render.environment import render
from digest.render.view import SiteView


def render_confirmation(
    site: SiteView, templates: jinja2.Environment, *, address: str, url: str, hours: int, known: bool
) -> Mail:
    """The mail to `address`: `url` confirms within `hours`, or leads to the preferences of a `known` reader.

    Raises:
        TemplateError: a template is wrong.
    """
    subject = f"You already get {site.title}" if known else f"Confirm your subscription to {site.title}"
    preheader = "Here is where you change what you get." if known else "One click, and it comes to you."
    given = {
        "site": site,
        "subject": subject,
        "preheader": preheader,
        "recipient": address,
        "url": url,
        "hours": hours,
        "known": known,
    }
    html, text = (render(templates, f"email/confirm.{form}", **given) for form in ("html", "txt"))
    return Mail(subject=subject, preheader=preheader, html=html, text=text)
