"""Sending personalised mail, against Postfix's own load generator and against one smtplib connection per message.

`python benchmarks/bench_mail_send.py [--messages N] [--rounds R]`. Every contender sends messages of 44 kB into the
same `smtp-sink`, in turn, so that what else the machine does meets all of them. Needs Postfix's two programs.
"""

from __future__ import annotations

import argparse
import shutil
import smtplib
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage

from digest.mail.carrier import Envelope, Fate
from digest.mail.dkim_keys import Key, generate_key
from digest.mail.message import Letterhead, MessageTemplate
from digest.mail.smtp import Smtp
from digest.models import Mail
from digest.settings import SmtpSettings

SIZE = 44_000
SESSIONS = 10
AT = datetime(2026, 11, 21, 7, tzinfo=UTC)
LETTERHEAD = Letterhead(
    sender="Daily Papers <digest@papers.example.org>",
    list_id="daily.papers.example.org",
    unsubscribe_mailto="mailto:leave@papers.example.org",
)
PLACES = {"unsubscribe": "UNSUBSCRIBEHERE", "address": "ADDRESSHERE"}
GOALS = {"unsigned": 0.8, "ed25519": 0.7, "rsa": 0.45}


def mail() -> Mail:
    """A digest whose message is of `SIZE` bytes, open places at the end of both parts."""
    row = '<p><a href="https://arxiv.org/abs/2401.00000">A paper of a usual length about something</a> 12 votes</p>\n'
    line = "A paper of a usual length about something  https://arxiv.org/abs/2401.00000\n"
    foot = "Sent to ADDRESSHERE. Leave: UNSUBSCRIBEHERE\n"
    rows, lines = row * (SIZE * 7 // 10 // len(row)), line * (SIZE // 5 // len(line))
    return Mail(
        subject="Daily Papers · 21 November", preheader="", html=f"<html>{rows}{foot}</html>", text=lines + foot
    )


def personal(number: int) -> dict[str, str]:
    return {
        "unsubscribe": f"https://papers.example.org/u/{number:060d}",
        "address": f"reader{number}@example.com",
    }


def envelopes(template: MessageTemplate, count: int) -> Iterator[Envelope]:
    for number in range(count):
        values = personal(number)
        content = template.message(
            identity=f"delivery-{number}",
            recipient=values["address"],
            at=AT,
            unsubscribe_url=values["unsubscribe"],
            values=values,
        )
        yield Envelope(
            id=str(number),
            sender=f"bounce+{number}@papers.example.org",
            recipient=values["address"],
            content=content,
            dot_free=template.dot_free,
        )


def send_templates(port: int, count: int, algorithms: Sequence[str]) -> None:
    domain = "papers.example.org"
    keys = [Key.read(PEMS[name], domain=domain, selector=name) for name in algorithms]
    template = MessageTemplate(mail(), LETTERHEAD, places=PLACES, keys=keys)
    server = SmtpSettings(host="127.0.0.1", port=port, security="off", sessions=SESSIONS, hello="localhost")
    outcomes = Smtp(server).send(envelopes(template, count))
    assert sum(outcome.fate is Fate.ACCEPTED for outcome in outcomes) == count


def send_one_by_one(port: int, count: int) -> None:
    """What a first version of such a program does: build, connect, send, quit."""
    content = mail()
    for number in range(count):
        values = personal(number)
        message = EmailMessage()
        message["From"], message["To"] = "digest@papers.example.org", values["address"]
        message["Subject"] = content.subject
        message.set_content(content.text.replace("UNSUBSCRIBEHERE", values["unsubscribe"]))
        message.add_alternative(content.html.replace("UNSUBSCRIBEHERE", values["unsubscribe"]), subtype="html")
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as session:
            session.send_message(message)


def send_with_postfix(port: int, count: int) -> None:
    command = ["smtp-source", "-d", "-s", str(SESSIONS), "-l", str(SIZE), "-m", str(count)]
    subprocess.run([*command, "-f", "a@example.org", "-t", "b@example.com", f"127.0.0.1:{port}"], check=True)


@contextmanager
def sink() -> Iterator[int]:
    """A black hole for mail on a free port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


PEMS = {"rsa": generate_key("rsa"), "ed25519": generate_key("ed25519")}
CONTENDERS: dict[str, Callable[[int, int], None]] = {
    "smtp-source": send_with_postfix,
    "unsigned": lambda port, count: send_templates(port, count, ()),
    "ed25519": lambda port, count: send_templates(port, count, ("ed25519",)),
    "rsa": lambda port, count: send_templates(port, count, ("rsa",)),
    "both": lambda port, count: send_templates(port, count, ("rsa", "ed25519")),
    "one by one": lambda port, count: send_one_by_one(port, count // 20),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    if not shutil.which("smtp-sink"):
        parser.error("Postfix's smtp-sink and smtp-source are not on the PATH")
    rates: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    cpu: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    with sink() as port:
        for _ in range(chosen.rounds):
            for name, contender in CONTENDERS.items():
                count = chosen.messages // 20 if name == "one by one" else chosen.messages
                began, worked = time.perf_counter(), time.process_time()
                contender(port, chosen.messages)
                rates[name].append(count / (time.perf_counter() - began))
                cpu[name].append((time.process_time() - worked) / count * 1000)
    reference = statistics.median(rates["smtp-source"])
    print(f"{'':12} {'messages/s':>10} {'of smtp-source':>15} {'goal':>5} {'CPU s/1000':>11}")
    for name, measured in rates.items():
        rate = statistics.median(measured)
        goal = GOALS.get(name, "")
        print(f"{name:12} {rate:10.0f} {rate / reference:14.2f}x {goal:>5} {statistics.median(cpu[name]):11.3f}")
    faster = statistics.median(rates["unsigned"]) / statistics.median(rates["one by one"])
    print(f"unsigned is {faster:.0f} times as fast as one by one (goal 20)")


if __name__ == "__main__":
    main()
