"""What is remembered of an answer so that the same is not sent again (conditional requests, RFC 9110 §13).

It keeps nothing on disk: the store offers the same two methods and does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """How a server names the state of a resource; both exactly as it sent them."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The request headers that ask for the resource only if it has changed."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


class Validators(Protocol):
    """The last known validator of each URL."""

    def get(self, url: str) -> Validator | None:
        """What is known of `url`; None when nothing is."""

    def set(self, url: str, validator: Validator) -> None:
        """Remember `validator` for `url` instead of what was known. An empty one forgets."""


class MemoryValidators:
    """Validators for as long as the process lives."""

    def __init__(self) -> None:
        self._known: dict[str, Validator] = {}

    def get(self, url: str) -> Validator | None:
        """As `Validators.get`."""
        return self._known.get(url)

    def set(self, url: str, validator: Validator) -> None:
        """As `Validators.set`."""
        if validator:
            self._known[url] = validator
        else:
            self._known.pop(url, None)
