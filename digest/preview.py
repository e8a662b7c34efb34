"""Preview: a digest in any of its forms, as bytes, addressed to nobody."""

from __future__ import annotations

import json
from typing import Literal

from digest.letterhead import preview_message
from digest.models import Digest, Mail
from digest.press import mail_of, templates_of
from digest.render.email import preview
from digest.render.markdown import render_markdown
from digest.render.record import digest_record
from digest.render.view import SiteView
from digest.site import Site
from digest.store import Store
from digest.variants import variant_of

Form = Literal["html", "text", "eml", "markdown", "json"]


def render_preview(store: Store, site: Site, digest: Digest, form: Form, *, fresh: bool = False) -> bytes:
    """The digest in `form`, UTF-8 (an .eml: ASCII with CRLF line ends).

    Of closed editions it shows what is kept, byte for byte as it is sent; `fresh` renders with the templates of now.

    Raises:
        TemplateError: a template is wrong.
    """
    if form == "json":
        return (json.dumps(digest_record(digest), ensure_ascii=False, indent=2) + "\n").encode()
    view = SiteView.of(site.settings, site.topics())
    if form == "markdown":
        return render_markdown(digest, view, templates_of(site)).encode()
    mail = preview(_mail(store, site, digest, fresh=fresh), view)
    if form == "eml":
        return preview_message(mail, site.settings, at=digest.closed_at, issue=f"{digest.first}-{digest.last}")
    return (mail.html if form == "html" else mail.text).encode()


def _mail(store: Store, site: Site, digest: Digest, *, fresh: bool) -> Mail:
    if fresh or store.edition(digest.last) is None:
        return mail_of(site, digest)
    return variant_of(store, site, digest).mail
