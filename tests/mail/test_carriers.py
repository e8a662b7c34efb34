"""The carriers that need no server: a folder, and the system's sendmail command."""

from __future__ import annotations

import mailbox
import sys
from dataclasses import replace

import pytest

from digest.errors import CarrierUnavailable
from digest.mail.carrier import Fate
from digest.mail.folder import Folder
from digest.mail.sendmail import Sendmail

from .servers import envelope, gather


def test_a_maildir_any_program_opens(tmp_path):
    """Python's own Maildir reads what was written, byte by byte, and nothing is left half done."""
    outcomes = list(Folder(tmp_path / "out").send(envelope(n, content=b"Subject: %d\r\n\r\nx\r\n" % n) for n in (1, 2)))
    assert {outcome.fate for outcome in outcomes} == {Fate.ACCEPTED}
    box = mailbox.Maildir(tmp_path / "out", create=False)
    assert sorted(message["Subject"] for message in box) == ["1", "2"]
    assert (tmp_path / "out/new/d1").read_bytes() == b"Subject: 1\r\n\r\nx\r\n"
    assert list((tmp_path / "out/tmp").iterdir()) == []


def test_a_delivery_written_twice_is_one_file(tmp_path):
    """A restart that repeats a delivery leaves no second copy."""
    for _ in range(2):
        list(Folder(tmp_path, form="eml").send([envelope(7)]))
    assert [path.name for path in tmp_path.iterdir()] == ["d7.eml"]


@pytest.mark.parametrize("identity", ["../../etc/passwd", "a/b", "", ".", "x" * 300, "ü"])
def test_an_identity_never_leaves_the_folder(tmp_path, identity):
    """What cannot name a file is named by its hash."""
    out = tmp_path / "out"
    list(Folder(out, form="eml").send([replace(envelope(), id=identity)]))
    assert [path.parent for path in tmp_path.rglob("*.eml")] == [out]


def test_a_folder_that_cannot_be_made(tmp_path):
    """One line that says which and why."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CarrierUnavailable, match="file"):
        list(Folder(tmp_path / "file" / "out").send([envelope()]))


def program(tmp_path, code):
    """A command in place of sendmail."""
    path = tmp_path / "sendmail.py"
    path.write_text(code)
    return (sys.executable, str(path))


def test_sendmail_is_given_the_envelope_and_the_message(tmp_path):
    """The recipient stands behind `--`, the text has the line ends of the system, and no shell is involved."""
    seen = tmp_path / "seen"
    write = f"pathlib.Path({str(seen)!r}).write_bytes"
    command = program(
        tmp_path, f"import sys, pathlib\n{write}(repr(sys.argv[1:]).encode() + sys.stdin.buffer.read())\n"
    )
    (outcome,) = Sendmail(command).send([envelope(1, content=b"Subject: x\r\n\r\n.\r\ny\r\n")])
    assert outcome.fate is Fate.ACCEPTED
    arguments = ["-i", "-f", "bounce+1@papers.example.org", "--", "reader1@example.com"]
    assert seen.read_bytes() == repr(arguments).encode() + b"Subject: x\n\n.\ny\n"


@pytest.mark.parametrize(
    ("status", "fate"), [(67, Fate.PERMANENT), (68, Fate.PERMANENT), (75, Fate.TEMPORARY), (1, Fate.TEMPORARY)]
)
def test_sendmail_status(tmp_path, status, fate):
    """sysexits.h: no such user and no such host are final, everything unclear may pass."""
    command = program(tmp_path, f"import sys; sys.stderr.write('why it\\nfailed'); sys.exit({status})")
    (outcome,) = Sendmail(command).send([envelope()])
    assert (outcome.fate, outcome.text) == (fate, "why it failed")


def test_sendmail_that_hangs_is_stopped(tmp_path):
    """It may have taken the message: unknown."""
    command = program(tmp_path, "import sys, threading; threading.Event().wait(60)")
    (outcome,) = Sendmail(command, timeout_seconds=0.3).send([envelope()])
    assert outcome.fate is Fate.UNKNOWN


def test_sendmail_that_is_not_there():
    """The envelope is put off, and the error names the command."""
    outcomes = []
    with pytest.raises(CarrierUnavailable, match="/no/such"):
        gather(Sendmail(("/no/such/sendmail",)).send([envelope(), envelope(2)]), outcomes)
    assert [outcome.fate for outcome in outcomes] == [Fate.TEMPORARY]


def test_sendmail_refuses_what_is_no_address(tmp_path):
    """An address that looks like an option or holds a second one never reaches the command."""
    command = program(tmp_path, "")
    (outcome,) = Sendmail(command).send([envelope(recipient="a@example.com,b@example.com")])
    assert outcome.fate is Fate.PERMANENT
