"""A preview is the mail as it would be sent, with every header, but to nobody and without a reader's token."""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from digest.curation.digest import build_digest
from digest.errors import MailError
from digest.letterhead import letterhead_of, preview_message
from digest.models import Digest, Mail, Selection
from digest.press import templates_of
from digest.preview import render_preview
from digest.publish import publish
from digest.settings import MailSettings, Settings
from digest.site import Site
from digest.store import Store
from tests.builders import NOON, make_edition, make_entry
from tests.render.mail_digest import SETTINGS

MAIL = Mail(subject="Papers · Zürich", preheader="", html="<p>Zürich</p>\n", text="Zürich\n")


def parsed(message: bytes) -> EmailMessage:
    """The message as the standard library reads it, without a defect."""
    result = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(result, EmailMessage)
    assert not result.defects
    return result


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store in memory."""
    with Store.open("sqlite://") as opened:
        yield opened


def digest_of(site: Site) -> Digest:
    """A digest of one paper."""
    return build_digest([make_edition(1, make_entry(1, "agents", title="Agents"))], Selection(), site.topics())


def test_headers_are_those_of_a_sent_mail() -> None:
    """List, unsubscribe and automation headers are there (RFC 2369, 2919, 3834, 8058), for a neutral address."""
    raw = preview_message(MAIL, SETTINGS, at=NOON, issue="12-12")
    assert raw.isascii()
    message = parsed(raw)
    assert len(message.keys()) == len(set(message.keys()))
    flat = {name: re.sub(r"\r?\n ", " ", value) for name, value in email.message_from_bytes(raw).items()}
    assert flat["To"] == "<preview@localhost>"
    assert message["Subject"] == MAIL.subject
    assert parsedate_to_datetime(flat["Date"]) == NOON
    assert flat["List-Id"] == "Morning Papers <digest.papers.example.org>"
    assert flat["List-Unsubscribe"] == (
        "<https://papers.example.org/unsubscribe>, <mailto:digest@papers.example.org?subject=unsubscribe>"
    )
    assert flat["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert flat["List-Post"] == "NO"
    assert flat["Auto-Submitted"] == "auto-generated"
    assert [part.get_content() for part in message.iter_parts()] == ["Zürich\r\n", "<p>Zürich</p>\r\n"]


def test_same_bytes_and_own_ids() -> None:
    """The same issue is the same file; another issue has another Message-ID."""
    first, again = (preview_message(MAIL, SETTINGS, at=NOON, issue="12-12") for _ in range(2))
    other = preview_message(MAIL, SETTINGS, at=NOON + timedelta(days=1), issue="13-13")
    assert first == again
    assert parsed(first)["Message-ID"] != parsed(other)["Message-ID"]


def test_a_site_that_is_not_yet_public() -> None:
    """The shipped defaults make a valid message: the unsubscribe address is https whatever the base address is."""
    message = parsed(preview_message(MAIL, Settings(), at=NOON, issue="1-1"))
    assert message["List-Unsubscribe"].startswith("<https://localhost:8000/unsubscribe>")
    assert message["List-Id"] == "Daily Papers Digest <digest.localhost>"


@pytest.mark.parametrize(
    ("id_prefix", "list_id"),
    [
        ("tag:papers.example.org,2026:", "digest.papers.example.org"),
        ("https://moved.example/ids/", "digest.sender.example"),
        ("tag:me@x.org,2026:", "digest.sender.example"),
    ],
)
def test_the_lists_name_outlives_a_move(id_prefix: str, list_id: str) -> None:
    """The list is named after the permanent ids, or the sender's domain, never after the base address (RFC 2919)."""
    mail = MailSettings(sender="A <a@sender.example>")
    for host in ("https://one.example", "https://two.example"):
        assert letterhead_of(Settings(base_url=host, id_prefix=id_prefix, mail=mail)).list_id == list_id


@pytest.mark.parametrize("sender", ["", "nobody", "A <a b@x.org>"])
def test_a_wrong_sender_is_refused(sender: str) -> None:
    """A sender that is no address is an error, not a header."""
    with pytest.raises(MailError):
        preview_message(MAIL, Settings(mail=MailSettings(sender=sender)), at=NOON, issue="1-1")


def test_a_sender_makes_no_header() -> None:
    """A sender of two lines is refused: the second could be a header of its own."""
    with pytest.raises(ValidationError, match="must be one line"):
        MailSettings(sender="a@x.org\r\nBcc: c@z.org")


def test_what_is_kept_is_shown(store: Store, tmp_path: Path) -> None:
    """Of a closed edition the kept bytes are shown, whatever the templates are now; `fresh` shows those of now."""
    site = Site.open(tmp_path)
    digest = digest_of(site)
    store.save_edition(make_edition(1, make_entry(1, "agents", title="Agents")))
    before = render_preview(store, site, digest, "html")
    (tmp_path / "templates" / "email").mkdir(parents=True)
    (tmp_path / "templates" / "email" / "digest.html").write_text("<title>{{ subject }}</title>Other")
    assert render_preview(store, site, digest, "html") == before
    assert b"Other" in render_preview(store, site, digest, "html", fresh=True)
    assert publish(store, site, now=NOON) is None


def test_templates_are_compiled_once(tmp_path: Path) -> None:
    """A process keeps a site's templates, and reads one again that was changed on disk."""
    site = Site.open(tmp_path)
    assert templates_of(site) is templates_of(Site.open(tmp_path))
