"""Characters that no document of ours may hold, whatever its form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.lint.finding import Finding
from digest.lint.rules import found

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""C0 and C1 controls but tab and line ends, noncharacters, and what reorders the text around it (UTR 36 §2.5)."""


def decoded(data: bytes, part: str) -> tuple[str, list[Finding]]:
    """UTF-8 as text, without a byte order mark; what is no UTF-8 is replaced and found."""
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wrong = found("charset", f"{part}line {line}", f"byte 0x{data[error.start]:02x} is no UTF-8")
        return data.decode("utf-8", "replace"), [wrong]


def control_characters(text: str, part: str) -> Iterator[Finding]:
    """The first control character; where there is one there are many. `part` names the text: `subject, ` or empty."""
    if bad := _CONTROL.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        total = sum(1 for _ in _CONTROL.finditer(text))
        yield found(
            "control-character",
            f"{part}line {line}",
            f"U+{ord(bad[0]):04X}" + (f", and {total - 1} more like it" if total > 1 else ""),
        )
