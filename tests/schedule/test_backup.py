"""Facts about backups: whole, checked, taken and put back while others read and write."""

from __future__ import annotations

import io
import json
import stat
import tarfile
import threading

import pytest

from digest.backup import restore_backup, take_backup
from digest.errors import DigestError, StoreError
from digest.site import Site
from digest.store import Store
from tests.builders import NOON, make_edition, make_entry, make_paper
from tests.store.saving import save

SITE_FILES = {
    "digest.toml": 'title = "Ours"\n',
    "secret.key": "a key of thirty-two characters ....\n",
    "feeds/agents.toml": 'title = "Agents"\n',
    "notes/2026-05-18.md": "Good morning.\n",
}


@pytest.fixture
def site(tmp_path):
    """A site with files of its own, an edition, and things that are no part of a backup."""
    root = tmp_path / "site"
    for name, text in (SITE_FILES | {"public/index.html": "<p>", "feeds/.DS_Store/x": "", "other.txt": ""}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    with Store.open(Site.open(root).database_url) as store:
        store.save_edition(make_edition(1, make_entry(1)))
    return Site.open(root)


@pytest.fixture
def backup(site, tmp_path):
    """A backup of it."""
    path = tmp_path / "backup.tar.gz"
    take_backup(site, site.database_url, path, now=NOON)
    return path


def files_of(root):
    return {name: (root / name).read_text() for name in SITE_FILES if (root / name).exists()}


def test_a_backup_becomes_the_same_site_elsewhere(backup, tmp_path):
    """Its files and its database, in an empty folder."""
    there = tmp_path / "there"
    there.mkdir()
    done = restore_backup(backup, there)
    assert done.made_at == NOON
    assert set(done.files) == set(SITE_FILES) | {"feeds/.DS_Store/x"}
    assert files_of(there) == SITE_FILES
    with Store.open(Site.open(there).database_url) as store:
        assert store.edition(1) == make_edition(1, make_entry(1))
    assert not (there / "public").exists()


def test_keys_and_addresses_are_for_the_owner_only(backup, tmp_path):
    """Nobody else may read the backup, or a key that came out of it."""
    there = tmp_path / "there"
    there.mkdir()
    restore_backup(backup, there)
    for path in (backup, there / "secret.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_overwritten_unasked(site, backup):
    """Neither the database nor a changed file; with `force` both are, and other files stay."""
    (site.root / "digest.toml").write_text('title = "Changed"\n')
    with pytest.raises(DigestError, match="the database and 1 more would be overwritten; --force does so"):
        restore_backup(backup, site.root)
    assert Site.open(site.root).settings.title == "Changed"
    restore_backup(backup, site.root, force=True)
    assert files_of(site.root) == SITE_FILES
    assert (site.root / "other.txt").exists()


def test_a_backup_is_of_one_moment_while_others_write(site, tmp_path):
    """Editions are closed all the while: every backup has the first n, whole."""
    stop, closed = threading.Event(), []

    def publish():
        with Store.open(site.database_url) as store:
            while not stop.is_set():
                number = 2 + len(closed)
                store.save_edition(make_edition(number, *(make_entry(number * 10 + place) for place in range(3))))
                closed.append(number)

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        for turn in range(3):
            path, there = tmp_path / f"{turn}.tar.gz", tmp_path / f"{turn}"
            there.mkdir()
            take_backup(site, site.database_url, path, now=NOON)
            restore_backup(path, there)
            with Store.open(Site.open(there).database_url) as store:
                found = list(store.editions())
            assert [edition.number for edition in found] == list(range(1, len(found) + 1))
            assert all(len(edition.papers) == 3 for edition in found[1:])
    finally:
        stop.set()
        thread.join()
    assert len(closed) > 5


def test_running_processes_see_what_was_restored(site, backup):
    """A store that was open before reads the old edition only, and can write on."""
    with Store.open(site.database_url) as running:
        running.save_edition(make_edition(2, make_entry(2)))
        restore_backup(backup, site.root, force=True)
        assert [edition.number for edition in running.editions()] == [1]
        running.save_edition(make_edition(2, make_entry(3)))
        save(running, make_paper(7))
        assert running.paper("arxiv:2605.00007") is not None


def edited(backup, **changes):
    """The backup with members changed (None: left out)."""
    draft = backup.with_name("edited.tar.gz")
    with tarfile.open(backup) as old, tarfile.open(draft, "w:gz") as new:
        for member in old:
            content = changes.get(member.name, old.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
        for name in set(changes) - set(old.getnames()):
            member = tarfile.TarInfo(name)
            member.size = len(changes[name])
            new.addfile(member, io.BytesIO(changes[name]))
    return draft


def manifest_with(backup, **changes):
    with tarfile.open(backup) as archive:
        manifest = json.loads(archive.extractfile("manifest.json").read())
    manifest["files"] |= {name: {"sha256": "0", "bytes": 1} for name in changes}
    return json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"site/digest.toml": b"title = 'No'\n!"}, "does not belong|is not what it was"),
        ({"site/digest.toml": b'title = "Ourz"\n'}, "site/digest.toml is not what it was"),
        ({"site/secret.key": None}, "site/secret.key is missing"),
        ({"database/digest.sqlite3": None}, "database/digest.sqlite3 is missing"),
        ({"site/feeds/more.toml": b"x"}, "site/feeds/more.toml does not belong there"),
        ({"manifest.json": b"{}"}, "backup"),
        ({"manifest.json": b"no JSON"}, "backup"),
        ({"manifest.json": None}, "is no backup"),
    ],
)
def test_a_damaged_backup_changes_nothing(site, backup, changes, said):
    """One line says what is wrong, also with `force`, and the site is as it was."""
    (site.root / "digest.toml").write_text('title = "Changed"\n')
    with pytest.raises(DigestError, match=said):
        restore_backup(edited(backup, **changes), site.root, force=True)
    assert Site.open(site.root).settings.title == "Changed"


@pytest.mark.parametrize("name", ["site/../../evil.key", "/evil.key", "site/bin/evil", "site/feeds/../../evil.toml"])
def test_a_hostile_backup_reaches_nothing_outside(backup, tmp_path, name):
    """A name that leads out of the site, or to what is no file of a site, is refused."""
    there = tmp_path / "a" / "there"
    there.mkdir(parents=True)
    hostile = edited(backup, **{"manifest.json": manifest_with(backup, **{name: b"x"}), name: b"x"})
    with pytest.raises(DigestError, match="does not belong there"):
        restore_backup(hostile, there)
    assert list(tmp_path.rglob("evil*")) == []


@pytest.mark.parametrize("size", [0, 10, 500, -200])
def test_a_backup_that_was_cut_off_is_refused(site, backup, size):
    """However much of it is there."""
    content = backup.read_bytes()
    backup.write_bytes(content[:size] if size >= 0 else content[: len(content) + size])
    with pytest.raises(DigestError, match=r"backup\.tar\.gz"):
        restore_backup(backup, site.root, force=True)


def test_the_commands_take_and_put_back(digest, tmp_path):
    """On a site without a database `backup` makes one first; a file that is there is replaced whole."""
    digest("ingest", str(tmp_path / "nothing.jsonl"))
    there = tmp_path / "there"
    there.mkdir()
    assert digest("backup", str(tmp_path / "b.tar.gz")).code == 0
    assert digest("--site", str(there), "restore", str(tmp_path / "b.tar.gz")).code == 0
    again = digest("--site", str(there), "restore", str(tmp_path / "b.tar.gz"))
    assert again.code == 1
    assert "--force" in again.err
    assert len(again.err.splitlines()) == 1
    assert digest("restore", str(tmp_path / "b.tar.gz"), "--force", "--json").document["files"] == []
    assert digest("restore", str(tmp_path / "none.tar.gz")).code == 1


def test_another_kind_of_database_is_refused(backup, tmp_path):
    """What SQLite wrote cannot become a PostgreSQL database."""
    there = tmp_path / "there"
    there.mkdir()
    with pytest.raises(StoreError, match="cannot become a postgresql database"):
        restore_backup(backup, there, database_url="postgresql://localhost:1/none", force=True)
