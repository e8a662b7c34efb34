"""`digest.toml`: who and where.

Every key is also an environment variable: `DIGEST_TITLE`, `DIGEST_MAIL__SENDER`, …

Order of precedence: what the command line says, the environment, the file, the defaults below. Nothing here opens
anything; `digest.site` finds the file.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from digest.errors import SettingsError

WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s/?#]+[^\s?#]*[^\s?#/]$")]
"""An http or https address without a query and without a final slash."""


class Section(BaseModel):
    """A table of `digest.toml`; a key that is not known is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class MailSettings(Section):
    """`[mail]`: how the digest presents itself in a mailbox."""

    sender: str = "Daily Papers Digest <digest@localhost>"
    """The From address."""
    subject: str = "{title} · {date}"
    """The subject; `{title}`, `{date}`, `{number}`, `{papers}` and `{top}` are filled in."""
    layout: Literal["compact", "full"] = "full"
    """`full` shows a summary of every paper, `compact` titles and one line."""
    thumbnails: bool = False
    """Show each paper's picture. It is loaded from the source's host, which sees who opens the mail."""
    postal_address: str = ""
    """The legal sender, shown in the footer where the law wants it."""
    max_bytes: Annotated[int, Field(ge=20_000, le=100_000)] = 80_000
    """The decoded HTML never exceeds this; Gmail clips at 102 kB."""

    @field_validator("sender")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isprintable():  # what Python's parser makes of a second line depends on its version
            raise ValueError("must be one line, such as Daily Papers <digest@example.org>")
        return value


class SmtpSettings(Section):
    """`[smtp]`: the server that takes the mail."""

    host: str = "localhost"
    """Its name, as its certificate has it."""
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    """25 for a server of one's own, 587 with `required`, 465 with `implicit`."""
    security: Literal["off", "offered", "required", "implicit"] = "offered"
    """STARTTLS never, when the server offers it, or always; `implicit` is TLS from the first byte."""
    username: str = ""
    """Empty: no login."""
    password: SecretStr = SecretStr("")
    """Better given as DIGEST_SMTP__PASSWORD than in the file."""
    hello: str = ""
    """The name this machine gives for itself; empty: its own full name."""
    sessions: Annotated[int, Field(ge=1, le=50)] = 4
    """Connections used side by side."""
    timeout_seconds: Annotated[float, Field(gt=0, le=900)] = 120.0
    """Longest wait for one answer."""


class FeedSettings(Section):
    """`[feeds]`: what is written for feed readers."""

    entries: Annotated[int, Field(ge=1, le=1000)] = 100
    """Entries in a subscription document; older ones go to archive pages."""
    hub: str = ""
    """A WebSub hub's address, announced in every feed."""
    ttl_minutes: Annotated[int, Field(ge=5, le=1440)] = 60
    """How long a reader may wait before it asks again (RSS `ttl`)."""


class IngestSettings(Section):
    """`[ingest]`: limits of what is read from outside."""

    announcements: tuple[Literal["new", "cross", "replace", "replace-cross"], ...] = ("new", "cross")
    """Which arXiv announcements count."""
    dead_after_hours: Annotated[int, Field(ge=1, le=8760)] = 36
    """A source that has not answered for so long is reported to the operator, once."""
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    """Longest wait for one answer."""
    max_megabytes: Annotated[int, Field(ge=1, le=2000)] = 64
    """Largest answer or file, after decompression."""
    max_stream_megabytes: Annotated[int, Field(ge=1, le=100_000)] = 2000
    """Largest file or stream of JSON lines, after decompression; it is read piece by piece."""
    search_results: Annotated[int, Field(ge=1, le=10_000)] = 1000
    """How many of the newest results of `arxiv:search:…` are read; arXiv gives at most 10,000."""
    hf_url: WebAddress = "https://huggingface.co/api/daily_papers"
    """Where the Daily Papers API answers; change it to read from a mirror. So with the three below."""
    arxiv_api_url: WebAddress = "https://export.arxiv.org/api/query"
    """The arXiv API."""
    arxiv_feed_url: WebAddress = "https://rss.arxiv.org/atom"
    """arXiv's announcement feeds; the categories are appended."""
    arxiv_oai_url: WebAddress = "https://oaipmh.arxiv.org/oai"
    """arXiv's OAI-PMH interface."""


class PublishSettings(Section):
    """`[publish]`: what makes an edition."""

    rising_factor: Annotated[float, Field(ge=1)] = 3.0
    """A paper of an earlier edition comes back once when its votes reach this many times what they were."""
    rising_votes: Annotated[int, Field(ge=1)] = 20
    """… and have grown by at least this many."""
    rising_days: Annotated[int, Field(ge=0, le=60)] = 7
    """… within this many days of its edition; 0 turns it off."""
    empty: bool = False
    """Close an edition also when there is nothing new, so that readers are told so."""


class SubscriptionSettings(Section):
    """`[subscriptions]`: how readers come in."""

    open: bool = True
    """Whether anyone may sign up; otherwise readers are added by the operator."""
    confirm_hours: Annotated[int, Field(ge=1, le=720)] = 48
    """How long the link of a confirmation mail is good for."""
    mails_per_day: Annotated[int, Field(ge=1, le=100)] = 3
    """Confirmation mails to one address in 24 hours."""
    mail_interval_minutes: Annotated[int, Field(ge=0, le=1440)] = 10
    """Shortest time between two of them."""
    sign_ups_per_hour: Annotated[int, Field(ge=1, le=100_000)] = 20
    """Sign-ups from one network (IPv4 /24, IPv6 /56)."""
    secret_keys: tuple[SecretStr, ...] = ()
    """What signs the links in mails, newest first; empty: the lines of the site's `secret.key`, made when needed."""


class WebSettings(Section):
    """`[web]`: how `digest serve` answers."""

    sign_up_link: bool = False
    """Link the sign-up page from every page that is written; `digest serve` does so by itself."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of your reverse proxies: their X-Forwarded-For says who asks. Empty: the socket does."""
    operator_password: SecretStr = SecretStr("")
    """Opens the operator's page (`/operator`); empty: there is none. Better given as DIGEST_WEB__OPERATOR_PASSWORD."""


class DeliverySettings(Section):
    """`[delivery]`: what a reader gets who asks for nothing else, in the site's zone."""

    cadence: Literal["daily", "weekdays", "weekly", "monthly"] = "daily"
    """How often; `weekdays` is Monday to Friday, `weekly` Monday, `monthly` the first."""
    hour: Annotated[int, Field(ge=0, le=23)] = 7
    """The reader's local hour."""
    when_empty: Literal["skip", "say"] = "skip"
    """Whether a digest without papers is sent."""


class SendingSettings(Section):
    """`[sending]`: how mail leaves."""

    carrier: Literal["outbox", "smtp", "sendmail"] = "outbox"
    """`outbox` writes into the folder of that name, a Maildir; `smtp` is the server of `[smtp]`; or a program."""
    sendmail: str = "/usr/sbin/sendmail"
    """The program of `sendmail`."""
    dkim_keys: tuple[str, ...] = ()
    """Selectors of the keys that sign, `keys/SELECTOR.pem` each; `digest keys make` makes them."""
    per_second: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Most messages in any second; 0 is no limit, here and below."""
    domain_per_minute: Annotated[int, Field(ge=0, le=600_000)] = 0
    """Most messages to one domain in any minute."""
    domains: dict[str, Annotated[int, Field(ge=0, le=600_000)]] = {}
    """The same for single domains, such as `{ "example.org" = 30 }`."""
    window_messages: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    """Most messages in any `window_hours`, as your provider allows."""
    window_hours: Annotated[int, Field(ge=1, le=744)] = 24
    """The provider's window."""
    retry_hours: Annotated[int, Field(ge=24, le=240)] = 48
    """How long a digest that the reader's server will not take yet is tried again."""
    pause_percent: Annotated[int, Field(ge=1, le=100)] = 20
    """Nothing more is sent when more than so many of the last hundred were refused for good; 100 never pauses."""
    queue: bool = False
    """Leave the sending to `digest worker`, on as many machines as you like; needs PostgreSQL."""
    lease_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """What a process had in hand when it died is sent by the next one after so long."""


class BounceSettings(Section):
    """`[bounces]`: mail that comes back."""

    address: str = ""
    """Where it comes back to, as `address+DELIVERY@…`; empty: to the sender's address, extended like that."""
    mailbox: SecretStr = SecretStr("")
    """Where `digest run` reads it: a Maildir, an mbox or imaps://user:password@host/Mailbox; empty: nowhere."""
    soft_limit: Annotated[int, Field(ge=1, le=1000)] = 5
    """So many digests returned for a passing reason, within `soft_days`, and the reader gets no more."""
    soft_days: Annotated[int, Field(ge=1, le=366)] = 30
    """See `soft_limit`."""


class Settings(BaseSettings):
    """The whole of `digest.toml`."""

    model_config = SettingsConfigDict(
        use_attribute_docstrings=True,
        env_prefix="DIGEST_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    title: str = "Daily Papers Digest"
    """The name of the digest, in subjects, feeds and pages."""
    description: str = "New machine-learning papers, grouped by topic, every morning."
    """One line under the title."""
    language: str = "en"
    """BCP 47 tag of the digest's own words."""
    base_url: str = "http://localhost:8000"
    """Where feeds and pages are reachable, without a final slash."""
    id_prefix: str = "tag:localhost,2026:"
    """Start of every feed id. Chosen once and never changed, even when `base_url` moves."""
    time_zone: str = "UTC"
    """The site's zone: it dates editions and times the schedule."""
    database: str = "sqlite:///digest.db"
    """SQLAlchemy URL; a relative SQLite path is relative to the site."""
    sources: tuple[str, ...] = ("hf",)
    """What `digest ingest` reads when it is given nothing."""
    operator: str = ""
    """Who is told by mail when something needs a hand, such as a source that is dead; empty: only the log says so."""
    mail: MailSettings = MailSettings()
    smtp: SmtpSettings = SmtpSettings()
    feeds: FeedSettings = FeedSettings()
    ingest: IngestSettings = IngestSettings()
    publish: PublishSettings = PublishSettings()
    subscriptions: SubscriptionSettings = SubscriptionSettings()
    delivery: DeliverySettings = DeliverySettings()
    sending: SendingSettings = SendingSettings()
    bounces: BounceSettings = BounceSettings()
    web: WebSettings = WebSettings()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)  # a list of them all takes as long as all else that is validated here
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is no IANA time zone, such as Europe/Zurich") from error
        return value

    @field_validator("base_url")
    @classmethod
    def _no_final_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.time_zone)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file (which comes in as initial values)."""
        return env_settings, init_settings


def load_settings(path: Path | None) -> Settings:
    """The settings of `path` (`digest.toml`; None: defaults) and the environment.

    Raises:
        SettingsError: the file does not parse or a value is wrong; says which and why, one line.
    """
    values: dict[str, object] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{path}: {error}") from error
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(f"{path or 'environment'}: {describe(error)}") from error


_PLAINLY = {
    "extra_forbidden": "is not a known key",
    "unexpected_keyword_argument": "is not a known key",
    "missing": "is missing",
    "string_type": 'wants a text in quotes, such as "text"',
    "tuple_type": 'wants a list, such as ["one", "two"]',
    "dataclass_type": "wants a table of keys",
    "bool_type": "wants true or false",
    "bool_parsing": "wants true or false",
    "int_type": "wants a whole number",
    "int_parsing": "wants a whole number",
}
"""What pydantic finds wrong, by its type, in the words of who writes TOML; of the rest in pydantic's."""


def describe(error: ValidationError) -> str:
    """A validation error as one readable line: the dotted key and what is wrong with it."""
    parts = []
    for problem in error.errors(include_url=False):
        key = ".".join(str(step) for step in problem["loc"]) or "the file"
        parts.append(f"{key}: {_PLAINLY.get(problem['type'], problem['msg'].removeprefix('Value error, '))}")
    return "; ".join(parts)
