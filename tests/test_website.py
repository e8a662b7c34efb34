"""The website: everything is written once, only what changed again, and nothing of others is touched."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest

from digest.errors import DigestError
from digest.models import Edition
from digest.settings import FeedSettings
from digest.site import Site
from digest.store import Store
from digest.website import WebsiteReport, write_website
from tests.builders import make_edition, make_entry
from tests.render.published import editions


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store in memory."""
    with Store.open("sqlite://") as opened:
        yield opened


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site of two topics, with small feed documents."""
    root = tmp_path / "site"
    (root / "feeds").mkdir(parents=True)
    opened = Site.open(root)
    for topic in opened.topics():
        if topic.slug not in {"agents", "code"}:
            (root / "feeds" / f"{topic.slug}.toml").write_text('title = "Off"\nenabled = false\n')
    return Site(
        root=root,
        settings=opened.settings.model_copy(
            update={"base_url": "https://papers.example", "feeds": FeedSettings(entries=3)}
        ),
    )


def save(store: Store, *given: Edition) -> None:
    """Close the editions."""
    for edition in given:
        store.save_edition(edition)


def monthly(number: int) -> Edition:
    """Edition `number` of one a month, each with two papers of `agents`, one of them of `code` too."""
    first, second = make_entry(2 * number, "agents", score=2), make_entry(2 * number + 1, "agents", "code", score=1)
    edition = make_edition(number, first, second)
    closed_at = edition.closed_at.replace(month=number, day=1)
    return replace(edition, closed_at=closed_at, dated_on=closed_at.date())


def write(store: Store, site: Site, folder: Path) -> WebsiteReport:
    """Write, with progress that is checked to advance."""
    steps: list[int] = []
    report = write_website(store, site, folder, progress=lambda done, _total, _text: steps.append(done))
    assert steps == sorted(steps)
    return report


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Bytes and time of every file."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_everything_is_there(store: Store, site: Site, tmp_path: Path) -> None:
    """All feeds in three formats, the pages, OPML and both stylesheets; no temporary file is left."""
    save(store, *editions())
    report = write(store, site, tmp_path / "out")
    feeds = ("all", "editions", "weekly", "monthly", "agents", "code")
    names = {f"{feed}.{form}" for feed in feeds for form in ("rss", "atom", "json")}
    assert names <= set(report.written)
    assert {"index.html", "feeds.opml", "style.css", "feed.css", "agents.html", "editions/1.html"} <= set(
        report.written
    )
    assert {"weekly/2026-W21.html", "monthly/2026-05.html", "weekly.html", "monthly.html"} <= set(report.written)
    assert set(snapshot(tmp_path / "out")) == {*report.written, ".website.json"}
    assert (tmp_path / "out" / "index.html").stat().st_mode & 0o444 == 0o444


def test_topics_and_repeats(store: Store, site: Site, tmp_path: Path) -> None:
    """A paper is in the feeds of all its topics, once; a paper that came back is first and keeps its date."""
    save(store, *editions())
    write(store, site, tmp_path / "out")
    for name in ("all", "agents", "code"):
        entries = feedparser.parse((tmp_path / "out" / f"{name}.atom").read_bytes()).entries
        ids = [entry.id for entry in entries]
        assert len(ids) == len(set(ids))
        assert ids[0].endswith("paper:arxiv:2605.00001")
        assert (entries[0].published, entries[0].updated) == ("2026-05-18T12:00:00+00:00", "2026-05-19T12:00:00+00:00")
    weeks = feedparser.parse((tmp_path / "out" / "weekly.atom").read_bytes()).entries
    assert [entry.id.rsplit(":", 2)[1:] for entry in weeks] == [["week", "2026-W21"]]
    assert (weeks[0].published, weeks[0].updated) == ("2026-05-18T12:00:00+00:00", "2026-05-19T12:00:00+00:00")


def test_nothing_changed_nothing_written(store: Store, site: Site, tmp_path: Path) -> None:
    """A second run renders nothing, writes nothing and leaves every file's time as it was."""
    save(store, *editions())
    first = write(store, site, tmp_path / "out")
    before = snapshot(tmp_path / "out")
    again = write(store, site, tmp_path / "out")
    assert again == WebsiteReport(
        written=(), unchanged=len(first.written), removed=(), files=tuple(sorted(first.written))
    )
    assert snapshot(tmp_path / "out") == before


def test_same_bytes_elsewhere(store: Store, site: Site, tmp_path: Path) -> None:
    """From scratch and step by step give the same bytes, so no reader sees a difference after a move or a loss."""
    for number in range(1, 8):
        save(store, monthly(number))
        write(store, site, tmp_path / "grown")
    write(store, site, tmp_path / "fresh")
    grown, fresh = snapshot(tmp_path / "grown"), snapshot(tmp_path / "fresh")
    assert {name: data for name, (data, _) in grown.items() if name != ".website.json"} == {
        name: data for name, (data, _) in fresh.items() if name != ".website.json"
    }


def test_one_new_edition(store: Store, site: Site, tmp_path: Path) -> None:
    """A new edition leaves full archives, older pages and other topics' files as they are."""
    save(store, *(monthly(number) for number in range(1, 7)))
    write(store, site, tmp_path / "out")
    before = snapshot(tmp_path / "out")
    save(store, replace(monthly(7), papers=(make_entry(99, "agents"),)))
    report = write(store, site, tmp_path / "out")
    after = snapshot(tmp_path / "out")
    assert {"all.rss", "agents.atom", "editions/7.html", "editions/6.html", "index.html"} <= set(report.written)
    kept = {"code.rss", "code.html", "editions/5.html", "archive/all-0001.atom", "feeds.opml", "monthly/2026-05.html"}
    assert not kept & set(report.written)
    assert {name: before[name] for name in before if name not in report.written and name != ".website.json"} == {
        name: after[name] for name in before if name not in report.written and name != ".website.json"
    }


def test_archives_hold_the_rest(store: Store, site: Site, tmp_path: Path) -> None:
    """From the subscription document, archive by archive, every paper ever printed is found."""
    save(store, *(monthly(number) for number in range(1, 7)))
    write(store, site, tmp_path / "out")
    found: set[str] = set()
    address: str | None = "https://papers.example/all.json"
    while address:
        document = json.loads((tmp_path / "out" / address.removeprefix("https://papers.example/")).read_bytes())
        found |= {item["id"] for item in document["items"]}
        address = document.get("next_url")
    assert len(found) == 12


def test_withdrawn_papers_leave(store: Store, site: Site, tmp_path: Path) -> None:
    """A paper that a later edition declares withdrawn is no longer in the subscription documents."""
    first, second = editions()
    save(store, first, replace(second, papers=second.papers[1:], withdrawn=("arxiv:2605.00001",)))
    write(store, site, tmp_path / "out")
    assert b"2605.00001" not in (tmp_path / "out" / "agents.rss").read_bytes()


def test_no_edition_yet(store: Store, site: Site, tmp_path: Path) -> None:
    """Before the first edition there are valid empty feeds and a front page that says so."""
    write(store, site, tmp_path / "out")
    assert not feedparser.parse((tmp_path / "out" / "all.rss").read_bytes()).bozo
    assert b"No issue has appeared yet." in (tmp_path / "out" / "index.html").read_bytes()


def test_what_is_no_longer_part_goes(store: Store, site: Site, tmp_path: Path) -> None:
    """Files of a topic that is turned off are removed; files of others stay, also beside ours."""
    save(store, *editions())
    write(store, site, tmp_path / "out")
    (tmp_path / "out" / "robots.txt").write_text("mine")
    (site.root / "feeds" / "code.toml").write_text('title = "Off"\nenabled = false\n')
    report = write(store, site, tmp_path / "out")
    assert set(report.removed) == {"code.rss", "code.atom", "code.json", "code.html"}
    assert (tmp_path / "out" / "robots.txt").read_text() == "mine"
    assert not (tmp_path / "out" / "code.rss").exists()


def test_damage_is_repaired(store: Store, site: Site, tmp_path: Path) -> None:
    """A file that was removed or changed, or a record that cannot be read, is made good by the next run."""
    save(store, *editions())
    write(store, site, tmp_path / "out")
    before = snapshot(tmp_path / "out")
    (tmp_path / "out" / "all.rss").unlink()
    (tmp_path / "out" / "index.html").write_text("defaced")
    assert set(write(store, site, tmp_path / "out").written) == {"all.rss", "index.html"}
    (tmp_path / "out" / ".website.json").write_text("{")
    assert write(store, site, tmp_path / "out").written == ()
    assert {name: data for name, (data, _) in snapshot(tmp_path / "out").items() if name != ".website.json"} == {
        name: data for name, (data, _) in before.items() if name != ".website.json"
    }


def test_a_forged_record_removes_nothing_outside(store: Store, site: Site, tmp_path: Path) -> None:
    """A record that names a file outside the folder cannot have it removed."""
    write(store, site, tmp_path / "out")
    (tmp_path / "precious").write_text("keep")
    record = tmp_path / "out" / ".website.json"
    content = json.loads(record.read_bytes())
    content["files"]["../precious"] = ["", 4, 0]
    record.write_text(json.dumps(content))
    assert write(store, site, tmp_path / "out").removed == ()
    assert (tmp_path / "precious").read_text() == "keep"


def test_a_template_of_the_site_counts(store: Store, site: Site, tmp_path: Path) -> None:
    """When the operator changes a template, what it makes is written again."""
    save(store, *editions())
    write(store, site, tmp_path / "out")
    (site.root / "templates" / "web").mkdir(parents=True)
    (site.root / "templates" / "web" / "style.css").write_text("body { color: green }")
    assert write(store, site, tmp_path / "out").written == ("style.css",)


@pytest.mark.parametrize("name", ["", "all.rss", "archive"])
def test_a_folder_that_cannot_be_written(store: Store, site: Site, tmp_path: Path, name: str) -> None:
    """What stands in the way is named in one line: a file where a folder should be, a folder where a file should be."""
    save(store, *(monthly(number) for number in range(1, 7)))
    target = tmp_path / "out" / name
    if name == "all.rss":
        target.mkdir(parents=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("in the way")
    with pytest.raises(DigestError, match="cannot be written"):
        write(store, site, tmp_path / "out")
    assert not [path for path in tmp_path.rglob(".*.rss.*") if path.is_file()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full to write to")
def test_a_full_disk(store: Store, site: Site, tmp_path: Path) -> None:
    """With no room left the run ends in one line that says so, and the file that was there stays whole."""
    save(store, *editions())
    write(store, site, tmp_path / "out")
    before = snapshot(tmp_path / "out")
    save(store, make_edition(3, make_entry(7, "code")))
    import resource
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(DigestError, match="cannot be written"):
            write(store, site, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert snapshot(tmp_path / "out") == before


def test_a_feed_that_is_not_fit_is_not_written(store: Store, site: Site, tmp_path: Path) -> None:
    """A template that puts relative addresses into entries stops the writing, with the rule and the remedy."""
    save(store, *editions())
    (site.root / "templates" / "feed").mkdir(parents=True)
    (site.root / "templates" / "feed" / "paper.html").write_text('<p><a href="papers/1.html">here</a></p>')
    with pytest.raises(DigestError, match=r"\.(rss|atom|json) must not go out: .*relative"):
        write(store, site, tmp_path / "out")
    assert not list((tmp_path / "out").glob("all.*"))
