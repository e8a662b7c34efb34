"""Letters: a digest as the message to one reader, and single mails that are sent at once.

A variant becomes a template once; per reader only the personal places are filled in. The ledger is not touched here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, NamedTuple, Protocol

from digest.curation.digest import build_digest
from digest.deliver.carriers import carrier_of, keys_of, return_paths_of
from digest.errors import CarrierUnavailable, MailError, NotFoundError
from digest.letterhead import letterhead_of
from digest.mail.address import wire_address
from digest.mail.carrier import Carrier, Envelope, Fate
from digest.mail.dkim import ToSign
from digest.mail.message import Draft, Letterhead, MessageTemplate
from digest.models import Delivery, Mail, Selection
from digest.render.safety import PLACEHOLDERS
from digest.site import Site
from digest.store import Store
from digest.tokens import Claim, Purpose, Tokens, link
from digest.variants import variant_of

if TYPE_CHECKING:
    from digest.mail.dkim_keys import Key

_PLACES = dict(zip(("unsubscribe", "preferences", "recipient", "mark"), PLACEHOLDERS, strict=True))
_KEPT = 32
"""Templates kept: readers of one moment share few variants, and each takes several times its size."""
_TEST = "[Test] "


class Addressed(Protocol):
    """A mail to one address."""

    @property
    def address(self) -> str:
        """Bare: `local@domain`."""

    @property
    def mail(self) -> Mail:
        """With nothing left to fill in."""


class Letter(NamedTuple):
    """A digest for one reader, to be signed."""

    delivery: Delivery
    draft: Draft
    sender: str
    """Its return path."""
    dot_free: bool

    @property
    def to_sign(self) -> Sequence[ToSign]:
        """See `digest.mail.signing.Unsigned`."""
        return self.draft.to_sign

    def envelope(self, signatures: Sequence[bytes]) -> Envelope:
        """Ready to be carried."""
        return Envelope(
            id=self.delivery.id,
            sender=self.sender,
            recipient=self.delivery.address,
            content=self.draft.signed(signatures),
            dot_free=self.dot_free,
        )


class Writer:
    """Writes the messages of a site's digests.

    Raises:
        SettingsError, MailError: the sender, the return address or a key cannot be used.
    """

    def __init__(self, store: Store, site: Site) -> None:
        self._store = store
        self._base_url = site.settings.base_url
        self._letterhead = digest_letterhead(site)
        self._keys = keys_of(site)
        self._return_paths = return_paths_of(site)
        self._tokens = Tokens.of(site)
        self._templates: OrderedDict[str, MessageTemplate] = OrderedDict()

    @property
    def keys(self) -> tuple[Key, ...]:
        """What its letters are to be signed with."""
        return self._keys

    def letter(self, delivery: Delivery, at: datetime) -> Letter:
        """The digest as it goes to one reader; the same at every try, but for its date and signature.

        Raises:
            MailError: it cannot be addressed to them, or the rendered digest is gone.
        """
        claim = Claim(subscriber=delivery.subscriber, epoch=delivery.epoch)
        unsubscribe_url = self._link("unsubscribe", claim)
        template = self._template(delivery.variant or "")
        values = {
            "unsubscribe": unsubscribe_url,
            "preferences": self._link("preferences", claim),
            "recipient": delivery.address,
        }
        if template.has("mark"):  # a signature that the mails without an own order do without
            values["mark"] = self._link("mark", claim)
        draft = template.draft(
            identity=delivery.id, recipient=delivery.address, at=at, unsubscribe_url=unsubscribe_url, values=values
        )
        return Letter(delivery, draft, self._return_paths.encode(delivery.id), template.dot_free)

    def _link(self, purpose: Purpose, claim: Claim) -> str:
        return link(self._base_url, purpose, self._tokens.write(purpose, claim))

    def _template(self, key: str) -> MessageTemplate:
        template = self._templates.pop(key, None) or self._build(key)
        self._templates[key] = template
        if len(self._templates) > _KEPT:
            self._templates.popitem(last=False)
        return template

    def _build(self, key: str) -> MessageTemplate:
        variant = self._store.variant(key)
        if variant is None:
            raise MailError("the rendered digest is no longer there")
        return MessageTemplate(variant.mail, self._letterhead, places=_PLACES, keys=self._keys)


def digest_letterhead(site: Site) -> Letterhead:
    """The letterhead of the site's digests. One click needs https (RFC 8058 §3.1); without it, it is left out."""
    return replace(letterhead_of(site.settings), one_click=site.settings.base_url.startswith("https://"))


def send_letter(site: Site, letter: Addressed, *, now: datetime, carrier: Carrier | None = None) -> None:
    """Send one mail at once, such as the one that asks to confirm. It belongs to no list and is not tried again here.

    Raises:
        CarrierUnavailable: it was not taken now; it may be tried again.
        MailError: it was refused for good, or cannot be addressed.
    """
    alone = replace(letterhead_of(site.settings), list_id="")
    _send(site, letter.mail, alone, letter.address, now=now, carrier=carrier)


def send_test(store: Store, site: Site, address: str, *, now: datetime, carrier: Carrier | None = None) -> str:
    """Send the last edition to `address`, marked as a test; nothing is recorded. Returns the subject.

    Raises:
        NotFoundError: nothing has been published.
        CarrierUnavailable, MailError: as `send_letter`.
    """
    last = store.last_edition()
    if last is None:
        raise NotFoundError("there is no edition to send yet; `digest publish` closes one")
    mail = variant_of(store, site, build_digest([last], Selection(), site.topics())).mail
    mail = replace(mail, subject=_TEST + mail.subject)
    _send(site, mail, digest_letterhead(site), address, now=now, carrier=carrier)
    return mail.subject


def _send(
    site: Site, mail: Mail, letterhead: Letterhead, address: str, *, now: datetime, carrier: Carrier | None
) -> None:
    recipient = wire_address(address)
    base_url = site.settings.base_url
    leave, choose = f"{base_url}/unsubscribe", f"{base_url}/preferences"
    template = MessageTemplate(mail, letterhead, places=_PLACES, keys=keys_of(site))
    identity = f"{recipient} {mail.subject} {now.isoformat()}"
    content = template.message(
        identity=identity,
        recipient=recipient,
        at=now,
        unsubscribe_url=leave,
        values={"unsubscribe": leave, "preferences": choose, "recipient": recipient},
    )
    sender = site.settings.bounces.address or parseaddr(letterhead.sender)[1]
    envelope = Envelope(id=identity, sender=sender, recipient=recipient, content=content)
    for outcome in (carrier or carrier_of(site)).send([envelope]):
        if outcome.fate in {Fate.TEMPORARY, Fate.UNKNOWN}:
            raise CarrierUnavailable(f"{recipient}: {outcome.text or 'was not taken now'}")
        if outcome.fate is Fate.PERMANENT:
            raise MailError(f"{recipient}: {outcome.code or ''} {outcome.text}".replace("  ", " "))
