"""The one HTTP client of the project: polite, patient within bounds, and on its guard.

It follows at most five redirects and checks each; asks again after failures that may pass; remembers what it has seen
so that the same is not sent twice; and keeps the pace a service asks for. What a single request may do is decided in
`digest.sources.exchange`, what it may connect to in `digest.sources.transport`. It does not look into what it fetches.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from digest import __version__
from digest.errors import SourceRefused, SourceUnavailable
from digest.settings import Settings
from digest.sources.addresses import is_public, same_place, shown, split, without_credentials
from digest.sources.names import Permit, Resolver, system_resolver
from digest.sources.pacing import Pace, service_paces
from digest.sources.retry import PassingFailure, RetryPolicy
from digest.sources.validators import MemoryValidators, Validator, Validators

if TYPE_CHECKING:
    from digest.sources.exchange import Reply

MAX_REDIRECTS = 5
MEGABYTE = 1_000_000
_ACCEPT = "application/atom+xml, application/rss+xml, application/json, application/xml;q=0.9, */*;q=0.5"

OnBytes = Callable[[int, int | None], None]
"""Told how many bytes have come, decoded, and how many will (None: the server did not say)."""
OnWait = Callable[[float, str], None]
"""Told before a pause: its seconds and the reason."""


@cache
def system_trust() -> ssl.SSLContext:
    """The certificates the operating system trusts; read once, as that is slow."""
    import httpx2  # noqa: PLC0415 - slow to import, and files are read without

    return httpx2.create_ssl_context()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a URL held. `unchanged`: the same as when its validator was remembered; `data` is empty then."""

    url: str
    data: bytes = b""
    content_type: str = ""
    unchanged: bool = False
    validator: Validator = field(default_factory=Validator)


@dataclass(frozen=True, kw_only=True)
class Client:
    """Fetches URLs. One connection at a time, opened for one request.

    Args:
        user_agent: names the program and the site.
        timeout_seconds: the longest an answer may take, redirects included and pauses not.
        max_bytes: the largest answer, decoded.
        validators: what is remembered between runs.
        paces: turns to be kept at the hosts they cover.
        retry: how often failures that may pass are tried again.
        permit: which addresses a URL that came from data may lead to.
        resolve: looks names up.
        trust: the certificates that are trusted.
        sleep: waits; `monotonic` counts seconds; `random` spreads the pauses.
    """

    user_agent: str
    timeout_seconds: float = 30.0
    max_bytes: int = 64 * MEGABYTE
    validators: Validators = field(default_factory=MemoryValidators)
    paces: tuple[Pace, ...] = ()
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    permit: Permit = is_public
    resolve: Resolver = system_resolver
    trust: Callable[[], ssl.SSLContext] = system_trust
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    random: Random = field(default_factory=Random)

    def get(
        self,
        url: str,
        *,
        trusted: bool = False,
        conditional: bool = False,
        on_bytes: OnBytes = lambda _done, _total: None,
        on_wait: OnWait = lambda _seconds, _why: None,
    ) -> Answer:
        """The answer of `url`.

        Args:
            url: http or https.
            trusted: it came from the operator, not from data: it may be on a private network.
            conditional: ask only for what is new since `remember` was last called for it.
            on_bytes: told while the answer comes in.
            on_wait: told before every pause.

        Raises:
            SourceUnavailable: nobody answered, or with a failure, as often as it was tried.
            SourceRefused: the answer may not or cannot be read.
        """
        known = self.validators.get(url) if conditional else None
        attempt = 1
        while True:
            try:
                return self._follow(url, known=known, trusted=trusted, on_bytes=on_bytes, on_wait=on_wait)
            except PassingFailure as failure:
                pause = self.retry.pause(attempt, failure.wanted, self.random)
                self._tell_others(url, failure)
                if pause is None:
                    raise SourceUnavailable(_gave_up(failure, attempt)) from failure
                on_wait(pause, str(failure))
                self.sleep(pause)
                attempt += 1

    def remember(self, url: str, answer: Answer) -> None:
        """From now on only what is newer than `answer` is asked for. Call it once its papers are kept, not before."""
        if not answer.unchanged:
            self.validators.set(url, answer.validator)

    def _follow(
        self, url: str, *, known: Validator | None, trusted: bool, on_bytes: OnBytes, on_wait: OnWait
    ) -> Answer:
        headers = {"User-Agent": self.user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip"}
        headers |= known.headers() if known else {}
        asked, seconds = url, self.timeout_seconds
        for _ in range(MAX_REDIRECTS + 1):
            with self._turn(url, on_wait):
                began = self.monotonic()
                reply = self._ask(url, headers, trusted=trusted, deadline=began + seconds, on_bytes=on_bytes)
                seconds -= self.monotonic() - began
            if reply.location is None:
                return _answer(url, reply, known)
            target = _redirected(url, reply.location)
            trusted = trusted and same_place(url, target)
            url = target
        raise SourceRefused(f"{shown(asked)}: redirects more than {MAX_REDIRECTS} times; give the final address")

    def _ask(self, url: str, headers: dict[str, str], *, trusted: bool, deadline: float, on_bytes: OnBytes) -> Reply:
        from digest.sources.exchange import exchange  # noqa: PLC0415 - as in `system_trust`
        from digest.sources.transport import CheckedTransport  # noqa: PLC0415

        transport = CheckedTransport(
            permit=(lambda _: True) if trusted else self.permit,
            seconds_left=lambda: deadline - self.monotonic(),
            resolve=self.resolve,
            tls=self.trust(),
        )
        return exchange(url, transport=transport, headers=headers, max_bytes=self.max_bytes, on_bytes=on_bytes)

    def _turn(self, url: str, on_wait: OnWait) -> AbstractContextManager[None]:
        """The time in which `url` may be asked for; waiting for it does not count as waiting for the answer."""
        pace = self._pace(url)
        if pace is None:
            return nullcontext()
        return pace.turn(lambda seconds: on_wait(seconds, f"{pace.host} gets one request in {pace.seconds:g} s"))

    def _pace(self, url: str) -> Pace | None:
        host = split(url).hostname or ""
        return next((pace for pace in self.paces if pace.covers(host)), None)

    def _tell_others(self, url: str, failure: PassingFailure) -> None:
        """A service with a pace that asks to be left alone is left alone by every process."""
        if failure.wanted and (pace := self._pace(url)):
            pace.hold(min(failure.wanted, self.retry.longest_seconds))


def site_client(settings: Settings, *, validators: Validators | None = None, state: Path | None = None) -> Client:
    """The client of a site.

    Args:
        settings: its limits and its address, which the User-Agent names.
        validators: the store's; None forgets when the process ends.
        state: the folder in which services' paces are kept, shared by all sites; None: the user's.
    """
    return Client(
        user_agent=f"DailyPapersDigest/{__version__} (+{settings.base_url})".encode("ascii", "replace").decode("ascii"),
        timeout_seconds=settings.ingest.timeout_seconds,
        max_bytes=settings.ingest.max_megabytes * MEGABYTE,
        validators=MemoryValidators() if validators is None else validators,
        paces=service_paces(state),
    )


def _answer(url: str, reply: Reply, known: Validator | None) -> Answer:
    if reply.status == HTTPStatus.NOT_MODIFIED:
        if not known:
            raise SourceRefused(f"{shown(url)}: answered 304 Not Modified to a question that had no condition")
        return Answer(url=url, unchanged=True, validator=known)
    named = (reply.headers.get("etag"), reply.headers.get("last-modified"))
    etag, modified = (value if value and value.isascii() else None for value in named)
    return Answer(
        url=url,
        data=reply.data,
        content_type=reply.headers.get("content-type", ""),
        validator=Validator(etag=etag, last_modified=modified),
    )


def _redirected(url: str, location: str) -> str:
    try:
        target = without_credentials(urljoin(url, location))
        scheme = split(target).scheme
    except ValueError as error:
        raise SourceRefused(f"{shown(url)}: redirects to what is no address") from error
    except SourceRefused as error:
        raise SourceRefused(f"{shown(url)}: redirects to {error}") from error
    if split(url).scheme == "https" and scheme == "http":
        raise SourceRefused(
            f"{shown(url)}: redirects from https to http ({shown(target)}), which anyone may read along"
        )
    return target


def _gave_up(failure: PassingFailure, attempts: int) -> str:
    if failure.wanted:
        return f"{failure}; it asks to be left alone for {failure.wanted:g} s, try after that"
    return f"{failure}; tried {attempts} times, try later"
