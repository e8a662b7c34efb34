"""Real servers, keys and a sample mail for the tests of this room."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator

import pytest

from digest.mail.dkim_keys import Key, generate_key
from digest.mail.message import Letterhead
from digest.models import Mail
from digest.settings import SmtpSettings

from .servers import DOMAIN, Answer, ScriptedServer, running_sink


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedServer]]:
    """Starts scripted servers: `scripted({"RCPT": "550 no"}, …)`."""
    servers: list[ScriptedServer] = []

    def start(*scripts: dict[str, Answer]) -> ScriptedServer:
        server = ScriptedServer(*scripts)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def sink() -> Iterator[Callable[..., SmtpSettings]]:
    """Starts smtp-sinks: `sink("-f", "rcpt")`."""
    if not shutil.which("smtp-sink"):
        pytest.skip("Postfix's smtp-sink is not installed")
    stack = []

    def start(*options: str) -> SmtpSettings:
        context = running_sink(("-u", "nobody", *options))
        settings = context.__enter__()
        stack.append(context)
        return settings

    yield start
    for context in stack:
        context.__exit__(None, None, None)


@pytest.fixture(scope="session")
def keys() -> tuple[Key, Key]:
    """An RSA and an Ed25519 key of the sending domain."""
    return (
        Key.read(generate_key("rsa"), domain=DOMAIN, selector="r2026"),
        Key.read(generate_key("ed25519"), domain=DOMAIN, selector="e2026"),
    )


@pytest.fixture
def letterhead() -> Letterhead:
    """A letterhead with everything in it that can go wrong in a header."""
    return Letterhead(
        sender=f"Daily Papers · «Morgen» <digest@{DOMAIN}>",
        reply_to=f"editor@{DOMAIN}",
        list_id=f"daily.{DOMAIN}",
        list_title="Daily Papers, every morning",
        unsubscribe_mailto=f"mailto:leave@{DOMAIN}?subject=leave",
        help_url=f"https://{DOMAIN}/help",
        owner=f"mailto:owner@{DOMAIN}",
        feedback_id=f"digest:daily:{DOMAIN.replace('.', '-')}",
    )


@pytest.fixture
def mail() -> Mail:
    """A digest with long lines, dots at line starts, equals signs and letters of several scripts."""
    rows = "".join(
        f'<p><a href="https://arxiv.org/abs/2401.{number:05d}?a=1&amp;b=2">Über {number} — 𝒪(n²) = ok</a>  x</p>'
        for number in range(60)
    )
    lines = "".join(f".{number} Über die 論文 = https://arxiv.org/abs/2401.{number:05d} \n" for number in range(60))
    return Mail(
        subject="Daily Papers · 21 Nov — 論文 über α→β, and one rather long title of a paper to fold",
        preheader="60 papers",
        html=f"<html lang=en><body>{rows}<a href='UNSUBSCRIBEHERE'>leave</a> ADDRESSHERE</body></html>",
        text=f"{lines}\nTo leave: UNSUBSCRIBEHERE\nSent to ADDRESSHERE.\n",
    )
