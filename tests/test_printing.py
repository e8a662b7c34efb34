"""Mails printed beside: the same as those printed here, whatever becomes of the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.errors import SettingsError, TemplateError
from digest.models import Edition, Mark, Selection
from digest.printing import Job, Printer, Printing, Proof
from digest.site import Site
from tests.builders import NOON, make_edition, make_entry, make_paper
from tests.deliver.sites import make_site

EDITIONS = {
    number: make_edition(number, make_entry(number * 10, "agents"), make_entry(number * 10 + 1, "code"))
    for number in (1, 2, 3)
}
MARKS = tuple(Mark(paper=make_paper(number), wish="more", at=NOON + timedelta(hours=number)) for number in (10, 21))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """With the shipped templates."""
    return make_site(tmp_path)


def jobs(count: int) -> list[Job]:
    """Of readers who share a run and a choice, of some who have an order of their own, and of one who gets nothing."""
    selections = [
        Selection(),
        Selection(topics=("code",), personal="ada"),
        Selection(topics=("audio",)),
        Selection(personal="bob"),
    ]
    return [
        Job(
            first=1 + number % 2,
            last=2 + number % 2,
            selection=replace(chosen, personal=chosen.personal and f"{chosen.personal}{number}"),
            skip_empty=True,
            marks=MARKS if chosen.personal else (),
        )
        for number in range(count)
        for chosen in (selections[number % 4],)
    ]


def edition(number: int) -> Edition:
    return EDITIONS[number]


def printed(printing: Printing, wanted: list[Job]) -> Iterator[tuple[int, Proof | None]]:
    """Every second thing comes without a job, and each job with its number."""
    return printing.proofs(
        (number, job) for place, job in enumerate(wanted) for number, job in ((place, job), (-1, None))
    )


def test_it_prints_the_same_beside(site: Site) -> None:
    """Every mail, its order and its reasons, in the order they were asked for."""
    printer = Printer(site, edition)
    expected = [printer.proof(job) for job in jobs(12)]
    assert {proof.verdict for proof in expected} == {"printed", "empty"}
    for beside in (False, True):
        with Printing(site, edition, beside=beside) as printing:
            answers = list(printed(printing, jobs(12)))
            assert (printing._process is not None) == beside
        assert answers == [pair for place, proof in enumerate(expected) for pair in ((place, proof), (-1, None))]


def test_each_edition_is_asked_for_once(site: Site) -> None:
    """However many mails are made of it."""
    asked: list[int] = []
    with Printing(site, lambda number: asked.append(number) or EDITIONS[number], beside=True) as printing:  # type: ignore[func-returns-value]
        list(printed(printing, jobs(8)))
    assert sorted(asked) == [1, 2, 3]


def test_it_goes_on_without_the_process(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Killed in the middle, nothing that was asked for is missing, and it is said once."""
    printer = Printer(site, edition)
    answers = []
    with Printing(site, edition, beside=True) as printing:
        for answer in printed(printing, jobs(8)):
            answers.append(answer)
            if len(answers) == 3:
                assert printing._process is not None
                os.kill(printing._process.process.pid, signal.SIGKILL)
    assert [proof for number, proof in answers if number >= 0] == [printer.proof(job) for job in jobs(8)]
    assert [record.message for record in caplog.records] == [
        "the process that prints mails has ended; printing goes on without it"
    ]


def test_the_process_ends_when_it_is_left(site: Site) -> None:
    """Also in the middle of a job, by an error of whoever asks."""
    begun = []
    with suppress(RuntimeError), Printing(site, edition, beside=True) as printing:
        for _ in printed(printing, jobs(8)):
            begun.append(printing._process)
            raise RuntimeError
    (process,) = begun
    assert process is not None
    assert process.process.returncode is not None


def test_without_a_job_there_is_no_process(site: Site) -> None:
    """A morning without a new edition starts none."""
    with Printing(site, edition, beside=True) as printing:
        assert list(printing.proofs([("nothing to print", None)])) == [("nothing to print", None)]
        assert printing._process is None


@pytest.mark.parametrize("beside", [False, True])
def test_a_wrong_template_is_said(site: Site, *, beside: bool) -> None:
    """With its file, wherever the mail is printed."""
    write_template(site, "{{ nothing.of.the.kind }}")
    with Printing(site, edition, beside=beside) as printing, pytest.raises(TemplateError, match=r"digest\.html"):
        list(printed(printing, jobs(4)))


@pytest.mark.parametrize("beside", [False, True])
def test_a_wrong_topic_file_is_said(site: Site, capfd: pytest.CaptureFixture[str], *, beside: bool) -> None:
    """With its name and nothing else: the process is not heard."""
    (site.root / "feeds").mkdir()
    (site.root / "feeds" / "birds.toml").write_text("title = 3", encoding="utf-8")
    with Printing(site, edition, beside=beside) as printing, pytest.raises(SettingsError, match=r"birds\.toml"):
        list(printed(printing, jobs(4)))
    assert capfd.readouterr().err == ""


def test_a_kept_mail_stays_as_long_as_it_is_fit(site: Site) -> None:
    """One that is not is printed anew, and refused while the template is wrong."""
    job = Job(first=1, last=1, selection=Selection(), skip_empty=False)
    printer = Printer(site, edition)
    mail = printer.proof(job).mail
    assert mail is not None
    older = replace(mail, subject="As it was that morning")
    assert printer.proof(job._replace(kept=older)).verdict == "kept"
    unfit = replace(mail, subject="")
    assert printer.proof(job._replace(kept=unfit)) == Proof("mended", mail)
    write_template(site, "{{ recipient }} {{ preferences_url }}")
    refused = Printer(site, edition).proof(job._replace(kept=unfit))
    assert (refused.verdict, refused.mail) == ("refused", None)
    assert "unsubscribe" in refused.refusal


def write_template(site: Site, footer: str) -> None:
    """The mail with another footer."""
    template = site.root / "templates" / "email" / "digest.html"
    template.parent.mkdir(parents=True)
    template.write_text(
        f'{{% extends "shipped/email/digest.html" %}}{{% block footer %}}{footer}{{% endblock %}}', encoding="utf-8"
    )
