"""Facts about lists of readers as CSV."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.curation.preferences import PREFERENCE_FIELDS
from digest.errors import SubscriptionError
from digest.models import MOST_MARKS, Subscriber, Suppression
from digest.site import Site
from digest.store import Store
from digest.subscribe import add_reader, export_csv, import_csv, set_preferences, unsubscribe
from digest.subscribe.list_rows import COLUMNS
from digest.subscribe.listed_marks import save_cells
from digest.subscribe.marks import mark_papers
from tests.builders import make_edition, make_entry, make_paper
from tests.readers.conftest import NOW
from tests.store.saving import save


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def exported(store: Store) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    export_csv(store, out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def test_an_import_keeps_when_and_where_readers_consented(store, site):
    """They get what is published from now on; what a line does not say is the site's default."""
    store.save_edition(make_edition(1, make_entry(1)))
    text = (
        "Email Address,Name,confirmed_at,source,topics,hour,zone,status\n"
        "ada@example.org,Ada,2024-02-29,paper list,agents code,6,Europe/Zurich,\n"
        "bo@example.org,Bo,2025-01-01T12:00:00+02:00,,,,,Active\n"
        "cy@example.org,Cy,,,,,,\n"
        "di@example.org,Di,,,,,,paused\n"
    )
    done = import_csv(store, site, lines(text), now=NOW, source="old list")
    assert (done.added, done.refused) == (4, ())
    ada, bo, cy, di = (store.subscribers.find(f"{name}@example.org") for name in ("ada", "bo", "cy", "di"))
    assert (ada.confirmed_at, ada.source) == (datetime(2024, 2, 29, tzinfo=UTC), "paper list")
    assert (ada.preferences.topics, ada.preferences.hour, ada.preferences.zone) == (
        ("agents", "code"),
        6,
        "Europe/Zurich",
    )
    assert (bo.confirmed_at, bo.source) == (datetime(2025, 1, 1, 10, tzinfo=UTC), "old list")
    assert (cy.confirmed_at, cy.status, cy.watermark, cy.created_at) == (NOW, "active", 1, NOW)
    assert (di.status, di.next_at) == ("paused", None)


@pytest.mark.usefixtures("ada")
def test_every_refused_line_is_said_with_its_reason(store, site):
    """The others come in; nobody who left or complained is brought back; nothing is imported twice."""
    left = add_reader(store, site, "left@example.org", now=NOW)
    unsubscribe(store, left.id)
    store.subscribers.suppress(Suppression(address="angry@example.org", reason="complaint", at=NOW))
    text = (
        "address;status;confirmed_at;hour;topics\n"
        "good@example.org;active;2024-01-01;7;\n"
        "ADA@example.org;;;;\n"
        "left@example.org;;;;\n"
        "angry@example.org;;;;\n"
        "Good@example.org;;;;\n"
        "no address;;;;\n"
        "gone@example.org;unsubscribed;;;\n"
        "late@example.org;;tomorrow;;\n"
        "early@example.org;;2030-01-01;;\n"
        "hour@example.org;;;25;\n"
        "topic@example.org;;;;sports\n"
        "\n"
        ";active;;;\n"
        "last@example.org\n"
    )
    done = import_csv(store, site, lines(text), now=NOW)
    assert done.added == 2
    assert [(line.record.split(":")[0], line.reason.split(":")[0]) for line in done.refused] == [
        ("line 3", "is known already (active)"),
        ("line 4", "is known already (unsubscribed)"),
        ("line 5", "is known already (suppressed)"),
        ("line 6", "is in the list twice"),
        ("line 7", "'no address' is no mail address"),
        ("line 8", "wants no mail (unsubscribed)"),
        ("line 9", "confirmed_at"),
        ("line 10", "confirmed_at"),
        ("line 11", "hour"),
        ("line 12", "topics"),
        ("line 14", "'' is no mail address"),
    ]
    assert import_csv(store, site, lines(text), now=NOW).added == 0


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org\nbo@example.org\n",
        "ada@example.org,more\r\nbo@example.org,more\r\n",
        "\ufeffE-Mail\r\nada@example.org\r\nbo@example.org",
        "name\taddress\nA, da\tada@example.org\nBo\tbo@example.org\n",
        'address,source\n"ada@example.org","two\nlines, one reader"\nbo@example.org,x\n',
    ],
)
def test_lists_of_many_systems_are_read(store, site, text):
    """With and without headings, with a byte order mark, tabs, semicolons or quotes."""
    done = import_csv(store, site, lines(text), now=NOW)
    found = [reader.address for reader in store.subscribers.all()]
    assert sorted([*found, *(line.record.split(": ")[1] for line in done.refused)]) == [
        "ada@example.org",
        "bo@example.org",
    ]
    assert "bo@example.org" in found


@pytest.mark.parametrize("name", ["confirmed_at", "Consent-Date", "OPTIN_TIME", "consented at", "Subscribed on"])
def test_the_date_of_consent_is_found_under_its_usual_names(store, site, name):
    """It is what the import is for; a column that is none of ours is told, not lost in silence."""
    done = import_csv(store, site, lines(f"EMAIL,{name},City\nada@example.org,2024-02-29,London\n"), now=NOW)
    (reader,) = store.subscribers.all()
    assert f"{reader.confirmed_at:%Y-%m-%d}" == "2024-02-29"
    assert done.unread == ("City",)


@pytest.mark.parametrize("text", ["", "name,city\nAda,London\n"])
def test_a_list_without_addresses_is_refused_as_a_whole(store, site, text):
    """The message says what the first line must be."""
    with pytest.raises(SubscriptionError, match="no column `address`"):
        import_csv(store, site, lines(text), now=NOW)


@pytest.mark.parametrize("bad", ["x" * 200_000, "a\x00b@example.org", '"' + "y" * 140_000 + '"', "\ufffd@example.org"])
def test_a_hostile_line_does_not_stop_the_others(store, site, bad):
    """It is refused with a short readable record."""
    text = f"address\nada@example.org\n{bad}\nbo@example.org\n"
    done = import_csv(store, site, lines(text), now=NOW)
    assert done.added == 2
    assert len(done.refused) == 1
    assert done.refused[0].record.isprintable()
    assert len(done.refused[0].record) < 120
    assert len(done.refused[0].reason) < 400


def test_ten_thousand_lines_are_imported_in_five_seconds(store, site):
    """Of processor time, with every column given; the progress is reported on the way."""
    rows = "".join(
        f"reader{n}@example.org,2024-01-{n % 28 + 1:02},list,agents code,{n % 24},Europe/Zurich,weekly\n"
        for n in range(10_000)
    )
    seen: list[tuple[int, int | None]] = []
    started = time.process_time()
    done = import_csv(
        store,
        site,
        lines("address,confirmed_at,source,topics,hour,zone,cadence\n" + rows),
        now=NOW,
        progress=lambda at, total, _what: seen.append((at, total)),
    )
    assert time.process_time() - started < 5
    assert (done.added, done.refused) == (10_000, ())
    assert seen == [(at, 10_001) for at in range(1001, 10_002, 1000)]
    assert store.subscribers.counts() == {"active": 10_000}


EVERYTHING = {
    "topics": "agents code",
    "searches": '"tool, use"\n=1+1',
    "authors": "Lovelace, Ada\n'-",
    "cadence": "weekly",
    "weekdays": "fri",
    "hour": "18",
    "zone": "Asia/Tokyo",
    "max_papers": "20",
    "min_upvotes": "3",
    "when_empty": "say",
    "pause_until": "2026-12-24",
    "personal": "on",
}
"""A value for every preference that is not the default."""


def test_a_list_goes_round(store, site, ada, tmp_path):
    """What is exported is imported elsewhere without loss of consent, preferences, or marks and their order."""
    assert tuple(EVERYTHING) == PREFERENCE_FIELDS
    ada = set_preferences(store, site, ada.id, EVERYTHING, now=NOW)
    papers = [make_paper(number) for number in range(4)]
    save(store, *papers)
    for number, wish in [(2, "more"), (0, "less"), (1, "more"), (3, "less")]:
        mark_papers(store, ada, [papers[number].id], wish=wish, now=NOW + timedelta(minutes=9 - number))
    out = io.StringIO(newline="")
    assert export_csv(store, out) == 1
    (tmp_path / "other").mkdir()
    with Store.open(f"sqlite:///{tmp_path}/other/digest.db") as other:
        save(other, *papers)
        done = import_csv(other, site, lines(out.getvalue()), now=NOW)
        copy = other.subscribers.find(ada.address)
        marks = other.marks.of(copy.id)
    assert (done.added, done.refused, done.unmarked) == (1, (), ())
    assert copy.preferences.personal == copy.id
    assert replace(copy, id=ada.id) == ada
    assert [(mark.wish, mark.paper.id[-1], mark.paper.title) for mark in marks] == [
        ("more", "2", papers[2].title),
        ("more", "1", papers[1].title),
        ("less", "3", papers[3].title),
        ("less", "0", papers[0].title),
    ]


def test_marks_of_papers_nobody_read_are_named(store, site):
    """The reader comes in with the others; any spelling of an id is understood."""
    save(store, make_paper(1), make_paper(2))
    text = (
        "address,more_like,less_like\n"
        "ada@example.org,https://arxiv.org/abs/2605.00001v2 2401.99999 doi:10.1/none,2605.00002\n"
        "bo@example.org,,\n"
    )
    done = import_csv(store, site, lines(text), now=NOW)
    ada = store.subscribers.find("ada@example.org")
    assert (done.added, done.refused) == (2, ())
    assert store.marks.wishes(ada.id) == (("arxiv:2605.00001", "more"), ("arxiv:2605.00002", "less"))
    (told,) = done.unmarked
    assert told.record == "line 2: ada@example.org"
    assert told.reason == "no paper was read here of 2 marked: 2401.99999 doi:10.1/none"


def test_more_marks_than_are_kept_refuse_the_line(store, site):
    """As a reader who marks one by one is refused; the others come in."""
    many = " ".join(f"2401.{number:05}" for number in range(MOST_MARKS + 1))
    done = import_csv(store, site, lines(f"address,less_like\nada@example.org,{many}\nbo@example.org,\n"), now=NOW)
    assert (done.added, [line.reason for line in done.refused]) == (1, ["has 2,001 marks; at most 2,000 are kept"])


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x", "'=1", "''@y", "'quoted'", "plain"])
def test_no_cell_is_a_formula(store, site, ada, text):
    """A spreadsheet sees text; `import` sees what was meant."""
    set_preferences(store, site, ada.id, {"searches": text}, now=NOW)
    (row,) = exported(store)
    assert tuple(row) == COLUMNS
    assert row["searches"][:1] not in {"=", "+", "-", "@"}
    unsubscribe(store, ada.id)


@settings(max_examples=25)
@given(cells=st.lists(st.lists(st.text(max_size=30), max_size=6), max_size=6))
def test_any_csv_is_counted_line_by_line(tmp_path_factory, cells):
    """Whatever the cells hold: nothing but SubscriptionError, and readers are only what is an address."""
    folder = tmp_path_factory.mktemp("site", numbered=True)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["address", "more_like", "zone", "source"], *cells])
    with Store.open("sqlite://") as store:
        done = import_csv(store, Site.open(folder), lines(text.getvalue()), now=NOW)
        assert sum(store.subscribers.counts().values()) == done.added


@settings(max_examples=50)
@given(names=st.lists(st.text(max_size=40) | st.sampled_from(["2605.00001", "doi:10.1/x", "https://[", "arxiv:"])))
def test_whatever_is_said_to_be_marked_the_reader_comes_in(names):
    """Names that are none are told; nothing but a paper that was read is marked."""
    with Store.open("sqlite://") as store:
        save(store, make_paper(1))
        store.subscribers.add([Subscriber(id="ada", address="ada@example.org", status="active", created_at=NOW)])
        cells = {"more_like": " ".join(names)}
        missing = save_cells(store, {"ada": cells}, now=NOW)
        assert {paper for paper, _ in store.marks.wishes("ada")} <= {"arxiv:2605.00001"}
        told = missing.get("ada", ())
        assert len(told) + cells["more_like"].split().count("2605.00001") == len(cells["more_like"].split())
