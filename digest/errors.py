"""The errors a person is meant to read.

::

    DigestError                   anything said in one line on standard error
    ├── SettingsError             digest.toml, a topic file, the schedule or the note is wrong
    ├── TemplateError             a template does not compile or uses what it is not given
    ├── SourceError               a source could not be read as a whole
    │   ├── SourceUnavailable     nobody answered, or with an error (worth trying again)
    │   └── SourceRefused         answered, but it may not or cannot be read (size, form, address)
    ├── MailError                 a message, an address or a key is not fit to be sent
    │   └── CarrierUnavailable    nobody takes mail: no connection, no TLS, login refused (worth trying again)
    ├── SubscriptionError         what a reader asks for is not possible: an address, a preference
    │   ├── LinkError             the link in a mail is forged, too old or revoked
    │   └── TooManyRequests       too much from one network or reader (worth trying again later)
    ├── StoreError                the database cannot be opened, is busy or is of another version
    └── NotFoundError             no such edition, paper or topic

A single record that cannot be read is no error: it is a `digest.models.Rejection`, set aside and counted.
"""


class DigestError(Exception):
    """A failure with a message that says what happened and what to do."""


class SettingsError(DigestError):
    """The site's own files are wrong; the message names the file and the key."""


class TemplateError(DigestError):
    """A template is wrong; the message names the file and the line."""


class SourceError(DigestError):
    """A source could not be read as a whole."""


class SourceUnavailable(SourceError):  # noqa: N818 - reads as the fact it states
    """Nobody answered, or the answer was a failure that may pass."""


class SourceRefused(SourceError):  # noqa: N818 - reads as the fact it states
    """The answer may not be read: too large, of no known form, or from a forbidden address."""


class MailError(DigestError):
    """A message cannot be built, signed or addressed; the message says what is wrong with it."""


class CarrierUnavailable(MailError):  # noqa: N818 - reads as the fact it states
    """Nobody takes mail: the server cannot be reached, lacks the TLS that is asked for, or refuses the login."""


class SubscriptionError(DigestError):
    """What a reader, or an operator for them, asks for is not possible; the message is fit for the reader's eyes."""


class LinkError(SubscriptionError):
    """A link is not ours, too old or revoked; which of these is not said of one that is forged."""


class TooManyRequests(SubscriptionError):  # noqa: N818 - reads as the fact it states
    """Too much was asked from one network or by one reader; it may be asked again later."""


class StoreError(DigestError):
    """The database cannot be opened, is busy, or is of another version."""


class NotFoundError(DigestError):
    """There is no edition, paper or topic of that name."""
