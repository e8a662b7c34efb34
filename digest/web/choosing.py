"""The preference page: the link in every mail opens it. What a reader gets and when, their data, and an end to it.

The token in the address is all the authority there is; a browser adds none by itself, so no other site can act here.
"""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from digest.curation.preferences import parse_preferences
from digest.errors import SubscriptionError
from digest.models import Subscriber
from digest.subscribe import erase, export_data, resubscribe, resume, set_preferences
from digest.tokens import Tokens
from digest.web.form import AnyForm, Form, SentForm
from digest.web.guard import MAIL_POLICY
from digest.web.page import PRIVATE, message, page, see_other
from digest.web.preference_form import FilledForm, checked, filled, given_by, zones
from digest.web.reader_link import reader_behind
from digest.web.sample import sample_mail
from digest.web.schema import PREFERENCES, described
from digest.web.service import Service
from digest.web.when import coming_deliveries

router = APIRouter()

_NOTICES = {"saved": "Saved.", "resumed": "The digest comes again."}


@router.get("/preferences", **described("Where a reader's own link is found."))
def show_way(request: Request) -> HTMLResponse:
    """For who follows the link of a test mail or of a preview, which belong to nobody."""
    return message(request, "Your preferences", "The link to your preferences is at the end of every mail you get.")


@router.get("/preferences/{token}", **described("A reader's preferences and next deliveries.", link=True))
def show_preferences(request: Request, token: str) -> HTMLResponse:
    """The form as it is stored; a query of `saved` or `resumed` says what was just done."""
    reader = _reader(request, token)
    notice = next((text for name, text in _NOTICES.items() if name in request.query_params), "")
    return _show(request, reader, filled(reader.preferences), notice=notice)


@router.post("/preferences/{token}", **described("Change preferences.", link=True, form=PREFERENCES, leads_on=True))
def save_preferences(request: Request, token: str, form: SentForm) -> Response:
    """Store what is possible, or show what is not and store nothing."""
    service, reader = Service.of(request), _reader(request, token)
    given = given_by(form)
    wanted = checked(given, start=reader.preferences, topics=list(service.imprint.site.topics))
    if wanted.errors:
        return _show(request, reader, wanted, status=422)
    set_preferences(service.store, service.site, reader.id, given, now=service.now)
    return see_other(f"{token}?saved")


@router.post(
    "/preferences/{token}/resume", **described("End a pause, or come back.", link=True, form={}, leads_on=True)
)
def go_on(request: Request, token: str, form: AnyForm) -> Response:  # noqa: ARG001 - read so that it is bounded
    """Let the digest come again."""
    service, reader = Service.of(request), _reader(request, token)
    again = resubscribe if reader.status == "unsubscribed" else resume
    again(service.store, reader.id, now=service.now)
    return see_other(f"../{token}?resumed")


@router.get(
    "/preferences/{token}/sample", **described("The digest the preferences make.", link=True, asked=PREFERENCES)
)
def show_sample(request: Request, token: str) -> HTMLResponse:
    """What the reader would get now, by what is stored, or by a form that is not stored yet."""
    service, reader = Service.of(request), _reader(request, token)
    preferences, topics = reader.preferences, list(service.imprint.site.topics)
    asked = Form(request.query_params.multi_items())
    if asked:
        wanted = checked(given_by(asked), start=preferences, topics=topics)
        if wanted.errors:
            return _show(request, reader, wanted, status=422)
        preferences = parse_preferences(given_by(asked), start=preferences, topics=topics)
    try:
        html = sample_mail(service.store, service.site, preferences, now=service.now)
    except SubscriptionError as error:
        return message(request, "Nothing yet", f"{error}.")
    return HTMLResponse(html, headers={**PRIVATE, "content-security-policy": MAIL_POLICY})


@router.get(
    "/preferences/{token}/data",
    **described("All that is known of the reader, as JSON.", link=True) | {"response_class": JSONResponse},
)
def export(request: Request, token: str) -> Response:
    """The reader's data as a file."""
    data = export_data(Service.of(request).store, _reader(request, token))
    return Response(
        json.dumps(data, ensure_ascii=False, indent=2) + "\n",
        media_type="application/json",
        headers={**PRIVATE, "content-disposition": 'attachment; filename="my-data.json"'},
    )


@router.get("/preferences/{token}/erase", **described("What is about to be erased.", link=True))
def show_erase(request: Request, token: str) -> HTMLResponse:
    """The button."""
    return page(request, "erase.html", title="Erase my data", reader=_reader(request, token), token=token)


@router.post("/preferences/{token}/erase", **described("Erase a reader's data.", link=True, form={}))
def forget(request: Request, token: str, form: AnyForm) -> HTMLResponse:  # noqa: ARG001 - read so that it is bounded
    """Forget the reader wholly."""
    erase(Service.of(request).store, _reader(request, token))
    return message(request, "Erased", "Everything known about you here is gone. Nothing more is sent.")


def _reader(request: Request, token: str) -> Subscriber:
    return reader_behind(request, "preferences", token)


def _show(
    request: Request, reader: Subscriber, form: FilledForm, *, notice: str = "", status: int = 200
) -> HTMLResponse:
    service = Service.of(request)
    suppression = service.store.subscribers.suppression(reader.address)
    return page(
        request,
        "preferences.html",
        title="Correct your preferences" if form.errors else "Your preferences",
        status=status,
        reader=reader,
        form=form,
        notice=notice,
        coming=coming_deliveries(reader, service.now),
        refusal=suppression.reason if suppression else "",
        zones=zones(),
        marks=len(service.store.marks.ids(reader.id)),
        token=request.path_params["token"],
        unsubscribe_token=Tokens.of(service.site).issue("unsubscribe", reader),
    )
