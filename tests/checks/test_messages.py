"""Messages are strict MIME, and SpamAssassin takes them for what they are."""

from __future__ import annotations

import email
import email.policy
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.checks.conftest import program
from tests.checks.material import MAILS, message
from tests.mail.strict import parse

MOST = 1.0
"""Of SpamAssassin's points; at 5 a message is spam."""


@pytest.mark.parametrize("name", MAILS)
def test_strict_reading(name: str) -> None:
    """A reader that guesses nothing reads every message, and the standard library finds no defect."""
    raw = message(name)
    assert [part.headers["content-type"].split(";")[0] for part in parse(raw).parts] == ["text/plain", "text/html"]
    walked = list(email.message_from_bytes(raw, policy=email.policy.strict).walk())
    assert [part.defects for part in walked] == [[], [], []]


@pytest.mark.parametrize("name", ["full", "crowded"])
def test_spam_score(name: str, tmp_path: Path) -> None:
    """SpamAssassin's own rules, without the network, give less than one point."""
    done = subprocess.run(
        [program("spamassassin"), "--local", "--test-mode"],
        input=message(name),
        capture_output=True,
        check=True,
        env=os.environ | {"HOME": str(tmp_path), "LC_ALL": "C"},
    )
    report = done.stdout.decode(errors="replace")
    score = re.search(r"^X-Spam-Status:.*?score=(-?[\d.]+)", report, re.MULTILINE)
    assert score, report[:2000]
    assert float(score[1]) < MOST, report[report.find("Content analysis details") :][:2000]
