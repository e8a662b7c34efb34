"""Facts about crontab and units: they say what the timetable says, and the shipped ones are the printed ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models import WEEKDAYS
from digest.schedule.moments import moments_on
from digest.schedule.systems import Place, crontab, system_files
from digest.schedule.timetable import At, Every, Job, parse_timetable

CRON = Path(__file__).resolve().parents[2] / "cron"
PLACE = Place(folder="/srv/papers", zone="UTC")
WEEK = [datetime(2026, 11, 16).date() + timedelta(days=day) for day in range(7)]  # noqa: DTZ001 - only its date counts


def shipped_files():
    return system_files(parse_timetable(CRON / "schedule.toml"), PLACE)


def test_the_shipped_files_are_those_of_the_shipped_timetable():
    """`cron/` holds what `digest cron` prints for a site in /srv/papers, nothing else and nothing less."""
    if os.environ.get("DIGEST_REFRESH_GOLDEN"):
        for path in CRON.iterdir():
            if path.name != "schedule.toml":
                path.unlink()
        for name, text in shipped_files().items():
            (CRON / name).write_text(text)
    there = {path.name: path.read_text() for path in CRON.iterdir() if path.name != "schedule.toml"}
    assert there == shipped_files()


def said_by_cron(lines):
    """The minutes of one week that the lines name, by another reader of crontabs."""
    found = set()
    for line in lines:
        minute, hour, _, _, days = line.split()[:5]
        first, dash, last = days.partition("-")
        numbers = range(int(first), int(last) + 1) if dash else [] if days == "*" else map(int, days.split(","))
        # Cron counts Sunday as 0, this reader Monday.
        days = ",".join(str((number - 1) % 7) for number in numbers) or "*"
        trigger = CronTrigger(minute=minute, hour=hour, day_of_week=days, timezone=ZoneInfo("UTC"))
        moment = datetime.combine(WEEK[0], time(), ZoneInfo("UTC")) - timedelta(seconds=1)
        while (moment := trigger.get_next_fire_time(moment, moment)) and moment.date() <= WEEK[-1]:
            found.add(moment)
    return found


days = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(lambda some: tuple(sorted(some, key=WEEKDAYS.index)))
clock_times = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@settings(max_examples=25)
@given(
    st.one_of(
        st.builds(
            At, times=st.sets(clock_times, min_size=1, max_size=5).map(lambda some: tuple(sorted(some))), days=days
        ),
        st.builds(Every, step=st.integers(45, 1440).map(lambda minutes: timedelta(minutes=minutes)), days=days),
        st.builds(
            Every,
            step=st.sampled_from([timedelta(hours=1), timedelta(hours=2), timedelta(minutes=30)]),
            start=st.integers(0, 59).map(lambda minute: time(6, minute)),
            until=st.just(time(20, 30)),
            days=days,
        ),
    )
)
def test_cron_lines_name_the_same_moments(when):
    """Read by another program, the lines give every moment of a week, and no other."""
    text = crontab([Job(name="publish", when=when)], PLACE)
    lines = [line for line in text.splitlines() if "run --once publish" in line]
    ours = {moment for day in WEEK for moment in moments_on(when, ZoneInfo("UTC"), day)}
    assert said_by_cron(lines) == ours


def test_systemd_understands_every_calendar():
    """`systemd-analyze calendar` reads them, and finds Monday's moments where the timetable has them."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    calendars = re.findall(r"OnCalendar=(.*)", "".join(shipped_files().values()))
    assert len(calendars) == 5
    command = ["systemd-analyze", "calendar", "--iterations=3", "--base-time=2026-11-22 23:59:59 UTC", *calendars]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"TZ": "UTC"}).stdout
    assert "Mon 2026-11-23 08:25:00 UTC" in told
    assert "Mon 2026-11-23 10:07:00 UTC" in told


def test_systemd_finds_nothing_wrong_with_the_units(digest, tmp_path):
    """`systemd-analyze verify` reads what the command writes, and is silent."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    digest("cron", "systemd", "--output", str(tmp_path / "units"))
    for service in (tmp_path / "units").glob("*.service"):  # it also wants the program to be there
        service.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", service.read_text()))
    units = sorted(str(path) for path in (tmp_path / "units").iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_odd_folders_are_kept_whole():
    """Blanks, quotes and percent signs mean themselves in a crontab and in a unit."""
    place = Place(folder='/srv/my "100%" papers', zone="Europe/Zurich", command="/opt/my tools/100%/digest")
    files = system_files([Job(name="publish", when=At(times=(time(8, 30),)))], place)
    assert r"  '/opt/my tools/100\%/digest' --quiet run --once publish" in files["crontab"]
    assert 'Environment="DIGEST_SITE=/srv/my \\"100%%\\" papers"' in files["digest.service"]
    assert 'ExecStart="/opt/my tools/100%%/digest" run' in files["digest.service"]
    assert "08:30:00 Europe/Zurich" in files["digest-publish.timer"]


def test_the_command_prints_or_writes_them(digest, tmp_path):
    """A crontab on standard output; units as files; both as JSON."""
    printed = digest("cron")
    assert printed.out.count("run --once") == 5
    assert f"DIGEST_SITE={tmp_path}" in printed.out
    written = digest("cron", "systemd", "--output", str(tmp_path / "units"))
    assert written.code == 0
    files = digest("cron", "systemd", "--json").document
    assert {path.name: path.read_text() for path in (tmp_path / "units").iterdir()} == files
    assert {"digest.service", "digest@.service", "digest-publish.timer"} <= set(files)


def test_the_next_times_are_shown_in_the_zone_of_the_site(digest, tmp_path):
    """Over the night clocks go forward, for a person and for a program."""
    (tmp_path / "digest.toml").write_text('time_zone = "Europe/Zurich"')
    shown = digest("--now", "2027-03-26T10:00Z", "schedule", "-n", "2")
    assert "Times in Europe/Zurich" in shown.out
    assert "Mon 29 Mar 2027  08:25" in shown.out
    assert "each time after publish" in shown.out
    record = digest("--now", "2027-03-26T10:00Z", "schedule", "--json").document
    assert record["zone"] == "Europe/Zurich"
    jobs = {job["job"]: job for job in record["jobs"]}
    assert jobs["publish"]["next"][0] == "2027-03-29T08:25:00+02:00"
    assert jobs["housekeeping"]["next"][:2] == ["2027-03-27T03:40:00+01:00", "2027-03-28T03:40:00+02:00"]
    assert jobs["feeds"] == {"job": "feeds", "after": "publish", "next": []}
