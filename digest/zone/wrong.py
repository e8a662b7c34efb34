"""What is wrong in the zone, and the line that mends it."""

from __future__ import annotations

from digest.errors import DigestError


class Wrong(DigestError):  # noqa: N818 - reads as the fact it states
    """A record is missing or says something else; `record` is the line to put in the zone, where it is known."""

    def __init__(self, message: str, record: str = "") -> None:
        super().__init__(message)
        self.record = record


def txt_line(name: str, text: str) -> str:
    """A TXT record as a line of a zone file, in strings of at most 255 octets (RFC 1035 §3.3)."""
    strings = " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
    return f"{name}. IN TXT ( {strings} )" if len(text) > 255 else f"{name}. IN TXT {strings}"  # noqa: PLR2004 - as above
