"""Every operation of the OpenAPI document with what it allows and what it forbids, as schemathesis thinks it up.

It runs as a program beside the server, so that the other tests need not load it (`-p no:schemathesis`).
"""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from .conftest import NOW, Running

EXAMPLES, SECONDS = 12, 300
"""Requests of each kind to an operation, and how long it may take before something hangs."""
FORMS = """
[[operations]]
include-tag = "pages"
checks.positive_data_acceptance.enabled = false
checks.negative_data_rejection.enabled = false
"""
"""A form may say no (422) to what its document allows: that tells types, not which addresses or searches there are.
And what a form does not know is passed over: a button works whatever else is sent with it (RFC 8058)."""
OPEN = """
[[operations]]
include-path-regex = "^{start}"
parameters = {{ "path.{name}" = "{value}" }}
"""
"""What a path needs to lead anywhere."""


def run(web: Running, folder: Path, config: str, *options: str) -> None:
    """`schemathesis run` against a running site; what it finds is in the failure's message."""
    (folder / "schemathesis.toml").write_text(FORMS + config)
    given = ("--max-examples", str(EXAMPLES), "--phases", "coverage,fuzzing", "--warnings", "off", "--no-color")
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{web.url}/openapi.json", "--url", web.url]
    done = subprocess.run(
        [*command, *given, *options], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_whoever_asks(web, tmp_path):
    """Links nobody was given, forms and queries of any kind: no failure, and no answer but those it tells of."""
    run(web, tmp_path, "")


def test_a_reader(web, tmp_path):
    """The same with a reader's own links, which open everything but the end of their data."""
    reader = web.reader()
    pending = web.reader("bob@example.org")
    paths = (
        web.path("confirm", pending, expires_at=NOW + timedelta(days=1)),
        web.path("preferences", reader),
        web.path("unsubscribe", reader),
    )
    tokens = [(path.rpartition("/")[0] + "/", "token", path.rpartition("/")[2]) for path in paths]
    opened = [*tokens, ("/papers/", "name", "2605.15298")]
    config = "".join(OPEN.format(start=start, name=name, value=value) for start, name, value in opened)
    run(web, tmp_path, config, "--include-path-regex", "{", "--exclude-path-regex", "erase")
    assert web.store.subscribers.get(reader.id)
