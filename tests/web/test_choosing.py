"""Facts about the preference page: what is shown, stored, refused, exported and erased."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from digest.models import Preferences, Suppression
from digest.subscribe import pause, revoke_links, unsubscribe
from tests.web.conftest import NOW

EVERYTHING = {
    "topics": ["agents", "code"],
    "searches": 'tool use\n"world model" NOT robot',
    "authors": "Ada Lovelace\nEmmy Noether",
    "cadence": "weekly",
    "weekdays": ["fri"],
    "hour": "18",
    "zone": "Asia/Tokyo",
    "max_papers": "20",
    "min_upvotes": "3",
    "when_empty": "say",
    "pause_until": "2026-06-01",
}


def form_of(html: str) -> dict[str, list[str]]:
    """What a browser would send of the preference form as it is shown."""
    from lxml import html as parser

    form = parser.document_fromstring(html).xpath('//form[.//*[@name="cadence"]]')[0]
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return sent


def test_every_preference_is_stored_and_shown(web):
    """What the form sends is what is stored, and what the form shows next time."""
    reader = web.reader()
    path = web.path("preferences", reader)
    saved = web.client.post(path, data=EVERYTHING)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{path.rpartition('/')[2]}?saved")
    assert "Saved." in web.client.get(f"{path}?saved").text
    stored = web.store.subscribers.get(reader.id).preferences
    assert stored.topics == ("agents", "code")
    assert stored.searches == ("tool use", '"world model" NOT robot')
    assert stored.authors == ("Ada Lovelace", "Emmy Noether")
    assert (stored.cadence, stored.weekdays, stored.hour, stored.zone) == ("weekly", ("fri",), 18, "Asia/Tokyo")
    assert (stored.max_papers, stored.min_upvotes, stored.when_empty) == (20, 3, "say")
    assert f"{stored.pause_until}" == "2026-06-01"
    web.client.post(path, data=form_of(web.client.get(path).text))
    assert web.store.subscribers.get(reader.id).preferences == stored


def test_the_next_three_deliveries(web):
    """By the reader's own clock and calendar: Fridays at six in the evening in Tokyo, after the pause."""
    path = web.path("preferences", web.reader())
    web.client.post(path, data=EVERYTHING)
    page = web.client.get(path).text
    assert re.findall(r"<li>(Friday [^<]*)</li>", page) == [
        "Friday 5 June 2026, 18:00 JST",
        "Friday 12 June 2026, 18:00 JST",
        "Friday 19 June 2026, 18:00 JST",
    ]


def test_an_empty_form_is_the_default(web):
    """Nothing ticked and nothing typed means everything."""
    reader = web.reader()
    path = web.path("preferences", reader)
    web.client.post(path, data=EVERYTHING)
    web.client.post(path, data={name: "" for name in EVERYTHING if name not in {"topics", "weekdays"}})
    stored = web.store.subscribers.get(reader.id).preferences
    assert stored == Preferences()


MISTAKES = [
    ("max_papers", "many"),
    ("max_papers", "0"),
    ("min_upvotes", "-1"),
    ("hour", "24"),
    ("zone", "Mars/Olympus"),
    ("cadence", "hourly"),
    ("weekdays", "caturday"),
    ("topics", "gardening"),
    ("pause_until", "tomorrow"),
    ("when_empty", "shout"),
    ("searches", "\n".join(map(str, range(60)))),
    ("authors", "x" * 300),
]


@pytest.mark.parametrize(("name", "value"), MISTAKES)
def test_a_mistake_is_said_at_its_place(web, name, value):
    """422, a summary that links the field, the field tied to its message; nothing is stored."""
    reader = web.reader()
    answer = web.client.post(web.path("preferences", reader), data={"hour": "9", name: value})
    assert answer.status_code == 422
    assert f'href="#{name}"' in answer.text
    assert f'id="{name}-error"' in answer.text
    assert f'aria-describedby="{name}-error' in answer.text
    assert web.store.subscribers.get(reader.id).preferences == reader.preferences


def test_all_mistakes_at_once(web):
    """Two wrong fields are two lines."""
    answer = web.client.post(web.path("preferences", web.reader()), data={"hour": "25", "min_upvotes": "few"})
    assert len(re.findall(r'<a href="#\w+">', answer.text.split("</section>")[0])) == 2
    assert "Please correct these" in answer.text


def test_nothing_of_it_is_kept_or_passed_on(web):
    """No cache stores what is behind a link, no index lists it, no Referer tells of it."""
    path = web.path("preferences", web.reader())
    for part in ("", "/sample", "/data", "/erase"):
        headers = web.client.get(path + part).headers
        assert headers["cache-control"] == "no-store", part
        assert headers["x-robots-tag"] == "noindex", part
        assert headers["referrer-policy"] == "no-referrer", part


def test_a_sample_with_what_is_stored_and_with_what_is_not(web):
    """The mail by the stored preferences, or by a form that is only tried out; nothing is stored."""
    reader = web.reader()
    path = f"{web.path('preferences', reader)}/sample"
    whole, few = web.client.get(path), web.client.get(path, params={"max_papers": "1", "topics": ""})
    assert whole.status_code == few.status_code == 200
    assert "'unsafe-inline'" in whole.headers["content-security-policy"]
    assert len(few.text) < len(whole.text)
    assert web.client.get(path, params={"max_papers": "none"}).status_code == 422
    assert web.store.subscribers.get(reader.id) == reader


def test_a_pause_ends_by_a_button(web):
    """A reader whom the operator paused goes on."""
    reader = web.reader()
    pause(web.store, reader.id, now=NOW)
    path = web.path("preferences", reader)
    assert "Your digest is paused" in web.client.get(path).text
    web.client.post(f"{path}/resume")
    assert "The digest comes again" in web.client.get(f"{path}?resumed").text
    assert web.store.subscribers.get(reader.id).status == "active"


def test_who_left_comes_back_by_a_button(web):
    """The preference page of one who left offers to begin again."""
    reader = web.reader()
    unsubscribe(web.store, reader.id)
    path = web.path("preferences", reader)
    assert "You have left" in web.client.get(path).text
    web.client.post(f"{path}/resume")
    assert web.store.subscribers.get(reader.id).status == "active"


def test_who_could_not_be_reached_tries_again(web):
    """A suppressed reader sees why, and lifts it."""
    reader = web.reader()
    web.store.subscribers.suppress(Suppression(address=reader.address, reason="550 5.1.1 no such user", at=NOW))
    path = web.path("preferences", reader)
    assert "550 5.1.1 no such user" in web.client.get(path).text
    web.client.post(f"{path}/resume")
    assert web.store.subscribers.suppression(reader.address) is None


def test_data_are_handed_out(web):
    """Everything that is stored of a reader, as a JSON file."""
    reader = web.reader()
    answer = web.client.get(f"{web.path('preferences', reader)}/data")
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.json()["address"] == "ada@example.org"
    assert answer.json()["preferences"]["hour"] == reader.preferences.hour


def test_data_are_erased_by_a_button_only(web):
    """GET shows, POST erases; afterwards the link opens nothing."""
    reader = web.reader()
    path = web.path("preferences", reader)
    assert "cannot be undone" in web.client.get(f"{path}/erase").text
    assert web.store.subscribers.get(reader.id) is not None
    assert "Erased" in web.client.post(f"{path}/erase").text
    assert web.store.subscribers.get(reader.id) is None
    assert web.client.get(path).status_code == 404


def test_a_revoked_link_opens_nothing(web):
    """After `revoke_links` neither page nor form nor data."""
    reader = web.reader()
    path = web.path("preferences", reader)
    revoke_links(web.store, reader.id)
    for part in ("", "/sample", "/data", "/erase"):
        assert web.client.get(path + part).status_code == 404
    assert web.client.post(path, data={"hour": "9"}).status_code == 404


def test_who_has_not_confirmed_chooses_nothing(web):
    """An address that was never confirmed cannot be managed with such a link."""
    reader = web.reader()
    web.store.subscribers.change(reader.id, lambda known: replace(known, status="pending"))
    assert web.client.get(web.path("preferences", reader)).status_code == 404


def test_without_an_edition_there_is_no_sample(start, tmp_path):
    """Before the first edition the page says so."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    (folder / "digest.toml").write_text('base_url = "https://papers.example.org"\n')
    web = start(folder=folder)
    assert "Nothing has been published yet" in web.client.get(f"{web.path('preferences', web.reader())}/sample").text


def test_a_sample_that_is_not_possible_leads_back_to_the_form(web):
    """The form is shown with the mistake, and its buttons and links work from there."""
    path = web.path("preferences", web.reader())
    page = web.client.get(f"{path}/sample", params={"max_papers": "none"}).text
    assert f'action="../..{path}"' in page
    assert f'formaction="../..{path}/sample"' in page
    assert f'href="../..{path}/data"' in page
