"""Notices in free text, as mail programs of all kinds write them: who is meant, and what is the matter.

Each is written here after the form of its program, with addresses of ours.
"""

from __future__ import annotations

import base64

import pytest

from digest.mail.bounces import read_bounces
from digest.mail.reasons import kind_of, status_of

SERVER = "MAILER-DAEMON@mx.example.com"
COPY = """
Received: from papers.example.org by mx.example.com
From: Daily Papers <digest@papers.example.org>
To: reader@example.com
Subject: mailbox full, user unknown, spam
Message-ID: <1@papers.example.org>
"""
LOST, PASSING, NONE = [("reader@example.com", "permanent")], [("reader@example.com", "temporary")], []


def notice(body: str, subject: str = "Undelivered Mail", sender: str = SERVER, more: str = "") -> bytes:
    """One raw message."""
    head = f"From: {sender}\nTo: digest+1.tag@papers.example.org\nSubject: {subject}\nMIME-Version: 1.0\n{more}"
    return f"{head}\n{body}\n".encode()


QMAIL = "Hi. This is the qmail-send program.\nI wasn't able to deliver your message to the following addresses.\n"
EXIM = "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error.\n"
HTML = "Content-Type: text/html; charset=utf-8\n"
BASE64 = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"
SAID = b"<reader@example.com>: host mx.example.com said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n"

NOTICES = {
    "qmail": (notice(f"{QMAIL}\n<reader@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n"), LOST),
    "qmail, no connection": (
        notice(f"{QMAIL}\n<reader@example.com>:\nI wasn't able to establish an SMTP connection. (#4.4.1)\n"),
        PASSING,
    ),
    "exim, virus": (
        notice(
            f"{EXIM}\n  reader@example.com\n    host mx.example.com [192.0.2.5]: 550 This message contains a virus\n"
            f"\n------ This is a copy of the message, including all the headers. ------\n{COPY}",
            "Mail delivery failed: returning message to sender",
            more="X-Failed-Recipients: reader@example.com\n",
        ),
        PASSING,
    ),
    "a list": (
        notice("You are not a member of this mailing list <reader@example.com>.\n", "You are not a member (ML)"),
        PASSING,
    ),
    "exim, delayed": (
        notice(
            "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24"
            " hours.\n\nThe address to which the message has not yet been delivered is:\n\n  reader@example.com\n",
            "Warning: message delayed 24 hours",
        ),
        PASSING,
    ),
    "sendmail, delayed": (
        notice(
            "** THIS IS A WARNING MESSAGE ONLY **\n\n   ----- Transcript of session follows -----\n"
            "<reader@example.com>... Deferred: Connection timed out with mx.example.com.\n",
            "Warning: could not send message for past 4 hours",
        ),
        PASSING,
    ),
    "James": (
        notice("Failed recipient(s):\nreader@example.com\n\nError message:\n550 <reader@example.com>: User unknown\n"),
        LOST,
    ),
    "Exchange 2003": (
        notice(
            "did not reach the following recipient(s):\n\nreader@example.com on Thu, 29 Apr 2010 23:34:45 +0900\n"
            "    The recipient name is not recognized\n    EXCHANGE 0 (000C05A6) Unknown Recipient\n",
            "Undeliverable: Daily Papers",
            "System Administrator <postmaster@example.com>",
        ),
        LOST,
    ),
    "Exchange Online": (
        notice(
            "<html><title>Undeliverable</title><body>Your message to <a href='mailto:reader@example.com'>"
            "reader@example.com</a> couldn't be delivered.<br>reader wasn't found at example.com.</body></html>",
            "Undeliverable: Daily Papers",
            "Microsoft Outlook <MicrosoftExchange329e@example.com>",
            f"{HTML}Auto-Submitted: auto-replied\n",
        ),
        LOST,
    ),
    "Domino": (
        notice(
            "was not delivered to:\n\n  reader@example.com\n\nbecause:\n\n  reader not listed in Domino Directory\n",
            "DELIVERY FAILURE: User reader not listed in Domino Directory",
        ),
        LOST,
    ),
    "GroupWise": (
        notice(
            "The message that you sent was undeliverable to the following:\n\treader@example.com (user not found)\n",
            "Message status - undeliverable",
            "postmaster@example.com",
        ),
        LOST,
    ),
    "InterScan": (
        notice(
            "Sent <<< RCPT TO:<reader@example.com>\nReceived >>> 550 5.1.1 <reader@example.com>... user unknown\n",
            "Mail could not be delivered",
            "InterScan MSS <imss@mx.example.com>",
        ),
        LOST,
    ),
    "MailMarshal": (
        notice(
            "Your message:\n   From:    digest@papers.example.org\n\nCould not be delivered because of\n\n550 5.1.1"
            " User unknown\n\nThe following recipients were affected:\n    reader@example.com\n",
            'Undeliverable Mail: "Daily Papers"',
        ),
        LOST,
    ),
    "SurfControl": (
        notice(
            "The number of attempts made: 1\nAddressed To: reader@example.com\n\nFailed to send to identified host,\n"
            "reader@example.com: [192.0.2.5], 550 reader@example.com... No such user\n",
            "Message delivery failure: Undeliverable",
        ),
        LOST,
    ),
    "MailFoundry": (
        notice(
            "Unable to deliver message to: <reader@example.com>\nServer mx.example.com[192.0.2.2] failed with: 550 No"
            " such user here\n",
            "Message delivery has failed",
        ),
        LOST,
    ),
    "a relay's words": (
        notice(
            "SMTP Server <mx.example.com> rejected recipient <reader@example.com>: 550 5.1.1 User unknown\n",
            "There was an error sending your mail",
        ),
        LOST,
    ),
    "Yahoo, full": (
        notice(
            "<reader@example.com>:\nRemote host said: 552 5.2.2 mailbox full [BODY]\n\n--- Below this line is a copy of"
            f" the message.\n{COPY}",
            "Failure Notice",
        ),
        PASSING,
    ),
    "Gmail, content": (
        notice(
            "Delivery to the following recipient failed permanently:\n\n     reader@example.com\n\nThe error that the"
            " other server returned was:\n550 5.7.1 Message rejected due to content restrictions\n\n----- Original"
            f" message -----\n{COPY}",
            "Delivery Status Notification (Failure)",
            "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        ),
        PASSING,
    ),
    "several": (
        notice("<reader@example.com>: 550 5.1.1 user unknown\n<other@example.com>: 552 5.2.2 mailbox full\n"),
        [*LOST, ("other@example.com", "temporary")],
    ),
    "HTML alone": (
        notice("<p>Your message to <b>reader@example.com</b> was not delivered.</p><p>550 No such user</p>", more=HTML),
        LOST,
    ),
    "base64": (notice(base64.encodebytes(SAID).decode(), more=BASE64), LOST),
    "quoted-printable": (
        notice(
            "<reader=40example.com>: 550 5.2.2 over quo=\nta\n", more="Content-Transfer-Encoding: quoted-printable\n"
        ),
        PASSING,
    ),
    "only our copy names them": (notice(f"Your message was returned.\n\n--- Returned message ---\n{COPY}"), LOST),
    "relayed": (
        notice(
            "Your message has been successfully relayed to the following recipients:\n\nreader@example.com\n",
            "Delivery Status Notification (Relay)",
        ),
        NONE,
    ),
    "read": (
        notice("Your message was read.\n\nreader@example.com\n", "Read: Daily Papers", "reader@example.com"),
        NONE,
    ),
    "holiday": (
        notice("Ich bin nicht im Büro.\n\nother@example.com\n", "Abwesenheitsnotiz: Daily Papers", "r@example.com"),
        NONE,
    ),
    "holiday, from nobody": (
        notice(
            "I am on vacation. Write to\n\nother@example.com\n",
            "Away from my mail",
            "Reader <reader@example.com>",
            "Auto-Submitted: auto-replied (vacation)\nReturn-Path: <>\n",
        ),
        NONE,
    ),
    "challenge": (
        notice(
            "To control spam, I allow mail only from senders I have approved. Please confirm.\n\nreader@example.com\n",
            "Re: Daily Papers [verify]",
            "Reader <reader@example.com>",
        ),
        NONE,
    ),
    "a question": (
        notice("Why did this fail? It was returned by b@example.com.\n", "Re: error", "Reader <reader@example.com>"),
        NONE,
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_notices(name):
    """Who could not be reached, and whether for good; nobody where it is no failure."""
    raw, expected = NOTICES[name]
    assert [(bounce.address, bounce.kind) for bounce in read_bounces(raw)] == expected


LOST_WORDS = """
    550 <reader@example.com>... User unknown; address does not exist; no such user; mailbox not found;
    invalid recipient; unknown local part reader in <reader@example.com>; this user doesn't have a yahoo.com account;
    user not active;
    the email account that you tried to reach does not exist; sorry, no mailbox here by that name; host unknown;
    requested action not taken: mailbox unavailable; RESOLVER.ADR.RecipNotFound; unrouteable address; unknown host;
    domain does not exist; recipient address rejected: access denied; user has moved; host does not accept mail;
    there is no one at this address; this account has been disabled or discontinued; utilisateur inconnu;
    552 1 requested mail action aborted, mailbox not found;
    an MX record indicated no SMTP service; bad destination host;
    el usuario no existe; Empfänger unbekannt; 宛先不明
"""
PASSING_WORDS = """
    mailbox full; over quota; user is over disk quota; not enough storage space; boite du destinataire pleine;
    sender address rejected: User unknown in local recipient table; sender verify failed; <> invalid sender;
    domain of sender address digest@papers.example.org does not exist; helo command rejected: host not found;
    client host rejected: cannot find your hostname; no PTR record; relay access denied; authentication required;
    blocked using zen.spamhaus.org; poor reputation; identified as spam; message contains a virus; too many connections;
    sending too fast; rate limited; message size exceeds fixed maximum; line too long; too many hops; mail loop;
    connection timed out; no route to host; connection refused; local configuration error; disk full; i/o error;
    mailer error 1; rejected due to content; executable attachment; DMARC policy of the domain; greylisted;
    try again later; user suspended; mailbox is frozen; account is locked; mailbox is disabled;
    refused due to recipient preferences;
    recipients are restricted; not authorized to send to this group; 550 5.7.1 access denied;
    must issue a STARTTLS first; syntax error; non-ascii characters in header; retry timeout exceeded;
    administrative prohibition
"""


def words(text: str) -> list[str]:
    """One by one."""
    return [" ".join(part.split()) for part in text.split(";")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [(text, "permanent") for text in words(LOST_WORDS)] + [(text, "temporary") for text in words(PASSING_WORDS)],
)
def test_a_servers_words(text, kind):
    """Without a code that says more: what is wrong with the address, and what with anything else."""
    assert kind_of("failed", status_of("", text), text) == kind


def test_the_boilerplate_of_a_long_notice_is_no_reason():
    """It speaks of retries, policies and attachments whatever happened; what follows the server's code counts."""
    long = "Please try again, or ask about our security policy, its filters and blocked attachments. " * 10
    assert kind_of("failed", "", long) == "permanent"
    assert kind_of("failed", "", f"{long} The server said: 550 no such user") == "permanent"
    assert kind_of("failed", "", f"{long} The server said: 550 blocked by policy") == "temporary"
