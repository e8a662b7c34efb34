"""Tag lists: what DKIM keys and DMARC policies are written in (RFC 6376 §3.2, RFC 7489 §6.3)."""

from __future__ import annotations


def tags(text: str) -> dict[str, str]:
    """The values by tag, in order, white space within them left as it is.

    Raises:
        ValueError: it is no such list, or says something twice; says where.
    """
    found: dict[str, str] = {}
    for part in text.strip().removesuffix(";").split(";"):
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            raise ValueError(f"`{part.strip()[:40]}` is no tag")
        if name in found:
            raise ValueError(f"it says `{name}` twice")
        found[name] = value.strip()
    return found
