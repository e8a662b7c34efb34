"""Delivery end to end with its ledger, against Postfix's own load generator; planning; and memory.

`python benchmarks/bench_deliver.py [--readers N] [--rounds R] [--memory]`. Every contender sends messages of 44 kB into
the same `smtp-sink`, in turn. Ours plans, claims, personalises, sends and records in SQLite. Needs Postfix's programs.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench_mail_send import SESSIONS, SIZE, mail, send_with_postfix, sink
from digest.curation.due import scheduled
from digest.deliver import deliver
from digest.deliver.planning import plan
from digest.mail.dkim_keys import generate_key
from digest.models import (
    Assignment,
    Edition,
    EditionPaper,
    Mail,
    Paper,
    Score,
    Selection,
    Subscriber,
    Variant,
    Verdict,
)
from digest.render.email import PREFERENCES_URL, RECIPIENT, UNSUBSCRIBE_URL
from digest.site import Site
from digest.store import Store
from digest.variants import variant_key

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
DUE = datetime(2026, 11, 20, 7, tzinfo=UTC)
GOALS = {"unsigned": 0.8, "ed25519": 0.7, "rsa": 0.45}
PEMS = {name: generate_key(name) for name in ("rsa", "ed25519")}


def prepare(folder: Path, port: int, readers: int, keys: Sequence[str] = ()) -> tuple[Site, Store]:
    """A site with readers who are due, an edition, and its digest rendered to 44 kB."""
    (folder / "keys").mkdir(parents=True)
    for name in keys:
        (folder / "keys" / f"{name}.pem").write_bytes(PEMS[name])
    (folder / "digest.toml").write_text(
        f"""base_url = "https://papers.example.org"
        [mail]
        sender = "Daily Papers <digest@papers.example.org>"
        [smtp]
        host = "127.0.0.1"
        port = {port}
        security = "off"
        sessions = {SESSIONS}
        hello = "localhost"
        [sending]
        carrier = "smtp"
        dkim_keys = {json.dumps(list(keys))}
        """,
        encoding="utf-8",
    )
    site = Site.open(folder)
    store = Store.open(site.database_url)
    edition = Edition(
        number=1,
        closed_at=NOON,
        dated_on=NOON.date(),
        verdict=Verdict.FRESH,
        papers=(
            EditionPaper(
                paper=Paper(id="arxiv:2611.00001", title="A paper", aliases=("arxiv:2611.00001",)),
                assignments=(Assignment(topic="agents", confidence=1.0, why="so"),),
                score=Score(value=1.0, why="so"),
            ),
        ),
    )
    store.save_edition(edition)
    key = variant_key(1, 1, Selection())
    store.save_variant(Variant(key=key, first=1, last=1, mail=placed(mail())))
    for start in range(0, readers, 10_000):
        store.subscribers.add([reader(number) for number in range(start, min(start + 10_000, readers))])
    return site, store


def placed(plain: Mail) -> Mail:
    """The benchmark's mail with the places of a digest."""
    foot = f"Sent to {RECIPIENT}. {PREFERENCES_URL} {UNSUBSCRIBE_URL}\n"
    old = "Sent to ADDRESSHERE. Leave: UNSUBSCRIBEHERE\n"
    body = plain.html[6:-7].replace(old, f'<a href="{UNSUBSCRIBE_URL}">leave</a> {foot}')
    return Mail(
        subject=plain.subject,
        preheader="Papers",
        html=f'<!doctype html><html lang="en"><head><title>x</title></head><body>{body}</body></html>',
        text=plain.text.replace(old, foot),
    )


def reader(number: int) -> Subscriber:
    fresh = Subscriber(
        id=f"{number:020x}",
        address=f"reader{number}@example.com",
        status="active",
        created_at=NOON,
        schedule_since=NOON,
    )
    return scheduled(fresh, NOON)


def send(port: int, readers: int, keys: Sequence[str] = ()) -> tuple[float, float]:
    """Messages per second and CPU seconds per 1,000, plan and record included."""
    with tempfile.TemporaryDirectory() as folder:
        site, store = prepare(Path(folder) / "site", port, readers, keys)
        with store:
            began, worked = time.perf_counter(), time.process_time()
            report = deliver(store, site, now=DUE)
            seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    assert report.sent == readers, report
    return readers / seconds, cpu / readers * 1000


def measure_planning(readers: int) -> float:
    """Seconds to plan for so many readers."""
    with tempfile.TemporaryDirectory() as folder:
        site, store = prepare(Path(folder) / "site", 25, readers)
        with store:
            began = time.perf_counter()
            assert plan(store, site, DUE).planned == readers
            return time.perf_counter() - began


def measure_memory(port: int, readers: int) -> float:
    """Peak megabytes of a process that sends to so many readers and has done nothing else (Linux)."""
    with tempfile.TemporaryDirectory() as folder:
        _, store = prepare(Path(folder) / "site", port, readers)
        store.close()
        arguments = ["--site", f"{folder}/site", "--now", "2026-11-20T07:00Z", "--json", "send"]
        program = (
            "import sys; from digest.__main__ import main; main(sys.argv[1:]); print(open('/proc/self/status').read())"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], check=True, stdout=subprocess.PIPE, encoding="utf-8"
        )
    report, _, status = done.stdout.partition("\n}\n")
    assert json.loads(report + "}")["sent"] == readers
    return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="also 1,000 and 100,000 readers, for memory")
    chosen = parser.parse_args()
    if not shutil.which("smtp-sink"):
        parser.error("Postfix's smtp-sink and smtp-source are not on the PATH")
    contenders: dict[str, tuple[str, ...]] = {"unsigned": (), "ed25519": ("ed25519",), "rsa": ("rsa",)}
    ratios: dict[str, list[float]] = {name: [] for name in contenders}
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    cpus: dict[str, list[float]] = {name: [] for name in contenders}
    with sink() as port:
        for _ in range(chosen.rounds):
            began = time.perf_counter()
            send_with_postfix(port, chosen.readers)
            reference = chosen.readers / (time.perf_counter() - began)
            for name, keys in contenders.items():
                rate, cpu = send(port, chosen.readers, keys)
                rates[name].append(rate)
                ratios[name].append(rate / reference)
                cpus[name].append(cpu)
        print(f"{chosen.readers} messages of {SIZE // 1000} kB, {SESSIONS} sessions; plan, send and record")
        print(f"{'':10} {'messages/s':>10} {'of smtp-source':>15} {'goal':>6} {'CPU s/1000':>11}")
        for name in contenders:
            rate, ratio, cpu = (statistics.median(values[name]) for values in (rates, ratios, cpus))
            print(f"{name:10} {rate:10.0f} {ratio:14.2f}x {GOALS[name]:>6} {cpu:11.3f}")
        print(f"planning 100,000 readers: {measure_planning(100_000):.2f} s (goal 2)")
        if chosen.memory:
            few, many = measure_memory(port, 1000), measure_memory(port, 100_000)
            print(f"peak memory: {few:.0f} MB for 1,000 readers, {many:.0f} MB for 100,000 (goal 80, flat)")


if __name__ == "__main__":
    main()
