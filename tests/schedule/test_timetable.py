"""Facts about the timetable: what may be written in `cron/schedule.toml`, and what is said of what may not."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SettingsError
from digest.models import WEEKDAYS
from digest.schedule.timetable import JOBS, After, At, Every, Job, parse_timetable, read_timetable
from digest.site import Site, shipped

WORKING = WEEKDAYS[:5]


def parsed(folder, text):
    path = folder / "schedule.toml"
    path.write_text(text, encoding="utf-8")
    return parse_timetable(path)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ('at = "08:30"', At(times=(time(8, 30),))),
        ('at = ["17:00", "8:30"]', At(times=(time(8, 30), time(17)))),
        ('at = "08:30"\ndays = "mon-fri"', At(times=(time(8, 30),), days=WORKING)),
        ('at = "08:30"\ndays = "Sat , mon"', At(times=(time(8, 30),), days=("mon", "sat"))),
        ('at = "00:00"\ndays = "fri-mon"', At(times=(time(0),), days=("mon", "fri", "sat", "sun"))),
        ('every = "5m"', Every(step=timedelta(minutes=5))),
        ('every = "24h"', Every(step=timedelta(days=1))),
        (
            'every = "2h"\nbetween = "06:00-20:00"\ndays = "mon-fri"',
            Every(step=timedelta(hours=2), start=time(6), until=time(20), days=WORKING),
        ),
    ],
)
def test_a_time_is_written_so(tmp_path, text, when):
    """Each way to say when is understood."""
    assert parsed(tmp_path, f"[publish]\n{text}") == (Job(name="publish", when=when),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[publish]\nat = "8h30"', 'publish.at: `8h30` is no time of day; write "08:30"'),
        ('[publish]\nat = "24:00"', "publish.at: `24:00` is no time of day"),
        ("[publish]\nat = []", "publish.at: is empty"),
        ("[publish]\nat = 8", "publish.at"),
        ("[publish]", '[publish] needs exactly one of at = "08:30"'),
        ('[publish]\nat = "08:30"\nevery = "2h"', "[publish] needs exactly one of"),
        ('[ingest]\nevery = "0m"', "ingest.every: `0m` is no step"),
        ('[ingest]\nevery = "25h"', "ingest.every: `25h` is no step of at most a day"),
        ('[ingest]\nevery = "soon"', 'ingest.every: `soon` is no step of at most a day; write "5m" or "2h"'),
        ('[ingest]\nevery = "2h"\nbetween = "06:00"', "ingest.between: `06:00` is no span"),
        ('[ingest]\nevery = "2h"\nbetween = "20:00-06:00"', "ingest.between: `20:00-06:00` must end after it starts"),
        ('[ingest]\nat = "08:00"\nbetween = "06:00-07:00"', "ingest.between: goes with `every` only"),
        ('[ingest]\nat = "08:00"\ndays = "1-5"', 'ingest.days: `1` is no day; write "mon-fri"'),
        ('[ingest]\nat = "08:00"\ndays = ""', "ingest.days: `` is no day"),
        ('[feeds]\nafter = "publish"', "feeds.after: `publish` is no earlier job with times of its own"),
        ('[publish]\nafter = "feeds"\n[feeds]\nat = "08:00"', "publish.after: `feeds` is no earlier job"),
        ('[publish]\nat = "08:00"\n[feeds]\nafter = "publish"\ndays = "mon"', "feeds.days: goes with"),
        ('[lunch]\nat = "12:00"', "[lunch] is no job; there are ingest, publish"),
        ('[publish]\nhour = 8\nat = "08:00"', "publish.hour: is not a known key"),
        ("[publish", "schedule.toml: "),
    ],
)
def test_a_mistake_is_named(tmp_path, text, said):
    """The message has the file, the key and how it is written."""
    with pytest.raises(SettingsError) as caught:
        parsed(tmp_path, text)
    assert "schedule.toml" in str(caught.value)
    assert said in str(caught.value)


@given(st.text(max_size=40))
def test_no_text_is_more_than_a_mistake(tmp_path_factory, text):
    """Whatever is written as a time is understood or refused with a SettingsError."""
    quoted = text.translate({ord(sign): "" for sign in '"\\'})
    printable = "".join(sign for sign in quoted if sign.isprintable())
    for key in ("at", "every", "days"):
        other = 'at = "08:00"\n' if key == "days" else ""
        try:
            assert parsed(tmp_path_factory.getbasetemp(), f'[ingest]\n{other}{key} = "{printable}"')
        except SettingsError:
            continue


def test_a_job_that_is_not_enabled_is_no_job(tmp_path):
    """`enabled = false` takes it out, and what would follow it is a mistake."""
    assert parsed(tmp_path, '[ingest]\nat = "08:00"\nenabled = false') == ()


def test_jobs_come_in_the_order_of_their_work(tmp_path):
    """However the file has them: papers, the edition, feeds, mail."""
    text = "".join(f'[{name}]\nat = "08:00"\n' for name in reversed(JOBS))
    assert tuple(job.name for job in parsed(tmp_path, text)) == JOBS


def test_the_shipped_timetable_has_every_job(tmp_path):
    """A site without one of its own gets the shipped one; its own replaces it whole."""
    site = Site.open(tmp_path)
    assert tuple(job.name for job in read_timetable(site)) == JOBS
    assert After(job="publish") in {job.when for job in parse_timetable(shipped("cron") / "schedule.toml")}
    (tmp_path / "cron").mkdir()
    (tmp_path / "cron" / "schedule.toml").write_text('[publish]\nat = "06:00"')
    assert [job.name for job in read_timetable(site)] == ["publish"]
