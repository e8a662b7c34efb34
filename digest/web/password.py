"""The operator's password (`web.operator_password`), asked for as HTTP Basic does (RFC 7617); any user name will do."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.exceptions import HTTPException as Refusal
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from starlette.exceptions import HTTPException

from digest.subscribe import network_of
from digest.web.service import Service, client_address

CHALLENGE = {"www-authenticate": 'Basic realm="operator", charset="UTF-8"'}

_BASIC = HTTPBasic(realm="operator", auto_error=False)
_LOOKS_PER_HOUR = 120
"""Of one network, right or wrong: guessing gets nowhere, looking does."""


async def _given(request: Request) -> HTTPBasicCredentials | None:
    try:
        return await _BASIC(request)
    except Refusal:
        return None  # what is no Basic login is as good as none


Credentials = Annotated[HTTPBasicCredentials | None, Depends(_given)]
"""What a request gives as user name and password, if anything."""


def is_operator(request: Request, credentials: HTTPBasicCredentials | None) -> bool:
    """Whether the password is right; False also when there is none.

    Raises:
        HTTPException: 429, too many tries came from one network.
    """
    service = Service.of(request)
    password = service.site.settings.web.operator_password.get_secret_value()
    if credentials is None or not password:
        return False
    looks = f"operator {network_of(client_address(request))}"
    if not service.store.subscribers.admit(looks, service.now, most=_LOOKS_PER_HOUR, within=timedelta(hours=1)):
        raise HTTPException(429, "Too many tries. Please wait an hour.", {"retry-after": "3600"})
    return secrets.compare_digest(credentials.password.encode(), password.encode())
