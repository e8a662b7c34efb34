"""Facts about the jobs: each does the verb it is named after, says so in the log, and tells the operator of trouble."""

from __future__ import annotations

import json
import mailbox

import pytest

from digest.deliver import DeliveryReport
from digest.schedule.watch import watch_delivery
from tests.builders import NOON
from tests.cli.conftest import record

TUESDAY = "2026-05-19T07:30Z"


@pytest.fixture
def site(digest, tmp_path, write_papers):
    """A site with one reader, who gets the digest at seven, and papers in a file."""
    write_papers(record(1), record(2))
    (tmp_path / "digest.toml").write_text('sources = ["papers.jsonl"]\noperator = "me@example.org"\n')
    assert digest("subscribers", "add", "ada@example.org").code == 0
    return digest


def once(digest, *jobs, now=TUESDAY):
    """The lines of the log, and the exit code."""
    done = digest("--now", now, "--json", "run", "--once", *jobs)
    return [json.loads(line) for line in done.err.splitlines()], done.code


def test_papers_come_in_and_digests_go_out(site, tmp_path):
    """Each job by its name; the line of the delivery has its id, and no line has the address."""
    lines, code = once(site, "ingest", "publish", "deliver", "bounces", "housekeeping")
    assert code == 0
    said = {line["job"]: line["message"] for line in lines if "delivery" not in line}
    assert said["ingest"] == "2 new, 0 updated, from 1 sources"
    assert said["publish"] == "edition 1, 2 papers (fresh)"
    assert said["deliver"] == "1 sent, 0 deferred, 0 failed, 0 skipped"
    assert said["bounces"] == "no mailbox to read (bounces.mailbox)"
    assert said["housekeeping"].endswith("old runs forgotten")
    assert "files written" in said["feeds"]
    delivery = next(line for line in lines if "delivery" in line)
    assert (delivery["job"], delivery["message"], delivery["level"]) == ("deliver", "accepted", "info")
    assert "ada@example.org" not in json.dumps(lines)
    assert len(mailbox.Maildir(tmp_path / "outbox")) == 1


def test_a_weekend_sends_nothing(site, tmp_path):
    """Nothing new: no edition, and no mail on the days after it."""
    once(site, "ingest", "publish", "deliver")
    for day in ("2026-05-20", "2026-05-23", "2026-05-24"):
        lines, code = once(site, "ingest", "publish", "deliver", now=f"{day}T07:30Z")
        assert code == 0
        assert "nothing new, no edition" in [line["message"] for line in lines]
    assert len(mailbox.Maildir(tmp_path / "outbox")) == 1


def test_a_dead_source_is_told_by_mail(site, tmp_path):
    """One letter to the operator after 36 hours, and the job has failed each time."""
    (tmp_path / "papers.jsonl").unlink()
    for moment in ("2026-05-19T07:30Z", "2026-05-20T07:30Z", "2026-05-20T20:00Z", "2026-05-21T07:30Z"):
        lines, code = once(site, "ingest", now=moment)
        assert code == 1
        assert "no source answered" in lines[-1]["message"]
    letters = list(mailbox.Maildir(tmp_path / "outbox"))
    assert [letter["To"] for letter in letters] == ["<me@example.org>"]
    assert "papers.jsonl does not answer" in letters[0]["Subject"].replace("\n ", " ")


def test_returned_mail_is_read(site, tmp_path):
    """From the mailbox of the settings, relative to the site."""
    mailbox.Maildir(tmp_path / "returned").add(b"Subject: hello\r\n\r\nNo bounce.\r\n")
    with (tmp_path / "digest.toml").open("a") as file:
        file.write('[bounces]\nmailbox = "returned"\n')
    lines, code = once(site, "bounces")
    assert (code, lines[-1]["message"]) == (0, "1 without effect")


def test_mail_that_is_kept_back_is_told_once(store):
    """Until it goes out; then, if it happens again, again."""
    letters = []

    def watch(report):
        watch_delivery(store, report, now=NOON, tell=lambda subject, text, _now: letters.append((subject, text)))

    for _ in range(3):
        watch(DeliveryReport(held=("edition 3: a link leads nowhere",)))
    assert letters == [("digests are kept back", "edition 3: a link leads nowhere\n")]
    watch(DeliveryReport())
    watch(DeliveryReport(held=("edition 4: too large",), paused="20 of 100 were refused"))
    assert [subject for subject, _ in letters[1:]] == ["digests are kept back", "nothing is sent any more"]
    assert "digest send --resume" in letters[2][1]


def test_the_log_is_readable_too(site):
    """Without --json: moment, job, what was done, ids; with --quiet only what went wrong."""
    done = site("--now", TUESDAY, "run", "--once", "ingest")
    assert done.err.splitlines()[-1].split("  ")[1] == "ingest: 2 new, 0 updated, from 1 sources"
    assert site("--now", "2026-05-19T07:31Z", "--quiet", "run", "--once", "ingest").err == ""
