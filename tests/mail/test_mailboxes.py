"""The places returned mail is read from, each with the real thing on the other side."""

from __future__ import annotations

import io
import mailbox
import socketserver
import threading

import pytest

from digest.errors import MailError
from digest.mail.mailboxes import read_imap, read_messages, read_stream
from digest.mail.returned import MAX_BYTES

MESSAGES = [b"Subject: one\n\nFrom here on\n", b"Subject: two\n\nx\n"]


def test_maildir(tmp_path):
    """New and seen messages, and nothing of `tmp`."""
    box = mailbox.Maildir(tmp_path / "box")
    box.add(MESSAGES[0])
    seen = mailbox.MaildirMessage(MESSAGES[1])
    seen.set_subdir("cur")
    box.add(seen)
    (tmp_path / "box/tmp/half").write_bytes(b"half")
    assert sorted(data for _, data in read_messages(tmp_path / "box")) == sorted(MESSAGES)


def test_mbox(tmp_path):
    """Messages are told apart, and numbered by the file's name."""
    box = mailbox.mbox(tmp_path / "mail.mbox")
    for message in MESSAGES:
        box.add(message)
    box.close()
    found = list(read_messages(tmp_path / "mail.mbox"))
    assert [name for name, _ in found] == ["mail.mbox#1", "mail.mbox#2"]
    assert [data.splitlines()[0] for _, data in found] == [b"Subject: one", b"Subject: two"]


def test_files_and_folders(tmp_path):
    """A folder of .eml in order of names, one .eml even if it begins with `From `, cut to what a report needs."""
    (tmp_path / "b.eml").write_bytes(b"From VM Sat\nSubject: x\n\nFrom y\n\nFrom z\n")
    (tmp_path / "a.eml").write_bytes(b"x" * (MAX_BYTES + 1))
    (tmp_path / ".hidden").write_bytes(b"x")
    found = list(read_messages(tmp_path))
    assert [(name, len(data)) for name, data in found] == [("a.eml", MAX_BYTES), ("b.eml", 39)]
    assert [name for name, _ in read_messages(tmp_path / "b.eml")] == ["b.eml"]
    assert next(read_messages(tmp_path / "a.eml"))[1] == b"x" * MAX_BYTES


def test_nothing_there(tmp_path):
    """The error names the path."""
    with pytest.raises(MailError, match="nowhere"):
        list(read_messages(tmp_path / "nowhere"))


def test_standard_input():
    """All is read, so that the mail server's pipe does not break; only the beginning is kept."""
    stream = io.BytesIO(b"x" * (3 * MAX_BYTES))
    assert [len(data) for _, data in read_stream(stream)] == [MAX_BYTES]
    assert stream.read() == b""


class ImapServer(socketserver.ThreadingTCPServer):
    """As much of IMAP4rev1 as a client needs to fetch what it has not seen."""

    daemon_threads = True

    def __init__(self):
        self.seen = set()
        super().__init__(("127.0.0.1", 0), _ImapSession)


class _ImapSession(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            status = self._answer(command)
            self.wfile.write(f"{tag} {status}\r\n".encode())

    def _answer(self, command):
        verb = command.upper()
        if verb.startswith("CAPABILITY"):
            self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
        elif verb.startswith("LOGIN"):
            return "OK in" if command == 'LOGIN me@example.org "s/cret"' else "NO wrong"
        elif verb.startswith("SELECT"):
            self.wfile.write(b"* 2 EXISTS\r\n")
            return "OK done" if command == 'SELECT "Bounces"' else "NO no such mailbox"
        elif verb.startswith("UID SEARCH UNSEEN"):
            unseen = [str(uid) for uid in (7, 9) if uid not in self.server.seen]
            self.wfile.write(f"* SEARCH {' '.join(unseen)}\r\n".encode())
        elif verb.startswith("UID FETCH"):
            uid = int(command.split()[2])
            data = MESSAGES[0 if uid == 7 else 1]
            self.wfile.write(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (uid, len(data), data))
        elif verb.startswith("UID STORE"):
            self.server.seen.add(int(command.split()[2]))
        return "OK done"


@pytest.fixture
def imap():
    """A running IMAP server."""
    with ImapServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def url(server, *, login="me%40example.org:s%2Fcret", box="Bounces") -> str:
    """The server's mailbox."""
    return f"imap://{login}@127.0.0.1:{server.server_address[1]}/{box}"


def test_imap_reads_what_is_unseen_once(imap):
    """Both messages the first time, none the second."""
    found = list(read_imap(url(imap)))
    assert found == [("Bounces;UID=7", MESSAGES[0]), ("Bounces;UID=9", MESSAGES[1])]
    assert list(read_imap(url(imap))) == []


def test_imap_marks_only_what_was_dealt_with(imap):
    """A failure while a message is handled leaves it unseen."""
    reading = read_imap(url(imap))
    next(reading)
    next(reading)
    reading.close()
    assert imap.seen == {7}


@pytest.mark.parametrize("wrong", [{"login": "me%40example.org:guess"}, {"box": "Elsewhere"}])
def test_imap_refusals_are_one_line(imap, wrong):
    """A wrong password or mailbox is an error that names the host and not the password."""
    with pytest.raises(MailError, match=r"127\.0\.0\.1") as caught:
        list(read_imap(url(imap, **wrong)))
    assert "guess" not in str(caught.value)
