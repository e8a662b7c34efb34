"""A finding: what is wrong, where, and what to do about it. What is looked for is listed in `digest.lint.rules`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]
"""`error`: it must not go out; `warning`: some readers are worse off; `note`: worth knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong in one document."""

    level: Level
    rule: str
    """The name of the rule, as in `docs/lint.md`."""
    place: str
    """Where in the document: `line 12, <img>`, `header Date`, `entry 3`."""
    message: str
    """What is wrong there, in one line."""
    remedy: str
    """What to do, in one line."""


Findings = tuple[Finding, ...]


def errors(findings: Iterable[Finding]) -> Findings:
    """Those that forbid to publish or send."""
    return tuple(finding for finding in findings if finding.level == "error")
