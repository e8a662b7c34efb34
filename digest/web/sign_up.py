"""The sign-up page: an address and topics, and the answer, which is the same for every address.

Nothing here depends on who asks: there is no cookie and no session, so there is nothing to forge a request with.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from digest.curation.preferences import parse_preferences
from digest.errors import SubscriptionError, TooManyRequests
from digest.models import Preferences
from digest.subscribe import admit, default_preferences, reader_address, sign_up
from digest.web.form import Form, SentForm
from digest.web.page import message, page, problem
from digest.web.preference_form import FilledForm, checked, filled, given_by
from digest.web.schema import described
from digest.web.service import Service, client_address

router = APIRouter()

_CHOICES = ("topics",)
_WAIT = timedelta(hours=1)


@router.get("/subscribe", **described("The sign-up form."))
def show_sign_up(request: Request) -> HTMLResponse:
    """The empty form."""
    service = Service.of(request)
    if not service.site.settings.subscriptions.open:
        return _closed(request)
    return _form(request, "", filled(default_preferences(service.site)))


@router.post("/subscribe", **described("Ask for a confirmation mail.", form={"address": "string", "topics": "array"}))
def ask(request: Request, form: SentForm) -> HTMLResponse:
    """Take a sign-up over; what becomes of it is told by mail alone."""
    service = Service.of(request)
    if not service.site.settings.subscriptions.open:
        return _closed(request)
    address = form.get("address", "")
    wanted, errors = _wanted(service, form)
    try:
        reader_address(address)
    except SubscriptionError as error:
        errors["address"] = str(error) if address.strip() else "it is missing"
    if errors:
        return _form(request, address, FilledForm(values=given_by(form, _CHOICES), errors=errors), status=422)
    try:
        admit(service.store, service.site, client_address(request), now=service.now)
    except TooManyRequests as error:
        return problem(request, 429, f"{error}.", {"retry-after": f"{_WAIT.total_seconds():.0f}"})
    if not service.outbox.put(partial(_deal_with, service, address, wanted)):
        return problem(request, 503, "Too many sign-ups wait. Please try again later.", {"retry-after": "600"})
    hours = service.site.settings.subscriptions.confirm_hours
    return message(
        request,
        "Check your mail",
        f"If the address you gave can get mail, a letter is on its way. Open its link within {hours} hours to confirm. "
        "Nothing else is sent before you do.",
        status=202,
    )


def _wanted(service: Service, form: Form) -> tuple[Preferences, dict[str, str]]:
    """The preferences the form asks for, and what is wrong with it."""
    given = given_by(form, _CHOICES)
    start, topics = default_preferences(service.site), list(service.imprint.site.topics)
    errors = dict(checked(given, start=start, topics=topics).errors)
    return (start if errors else parse_preferences(given, start=start, topics=topics)), errors


def _deal_with(service: Service, address: str, wanted: Preferences) -> None:
    now = service.now
    letter = sign_up(service.store, service.site, address, now=now, preferences=wanted)
    if letter is not None:  # a job of its own: tried again, it is this letter and does not count as another
        service.outbox.put(partial(service.post, letter, now))


def _closed(request: Request) -> HTMLResponse:
    return problem(request, 403, "Nobody can sign up here at the moment. The feeds are open to all.")


def _form(request: Request, address: str, form: FilledForm, *, status: int = 200) -> HTMLResponse:
    title = "Correct the form" if form.errors else "Get it by mail"
    return page(request, "subscribe.html", title=title, status=status, address=address, form=form)
