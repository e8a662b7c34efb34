"""A form as it comes in: bounded in size and time, in both encodings, as names and values.

It knows no form in particular; files are refused but where one is asked for (`sent_file`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

_SECONDS = 10.0
"""A form that takes longer to arrive is given up."""
_UPLOAD_SECONDS = 60.0
_MAX_FIELDS = 200
_MAX_VALUE = 20_000


class Form(Mapping[str, str]):
    """The first value of every name, and all of them by `all`."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def all(self, name: str) -> list[str]:
        """Every value of `name`, in order."""
        return self._values.get(name, [])


async def _read(request: Request) -> Form:
    try:
        async with asyncio.timeout(_SECONDS):
            async with request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_VALUE) as found:
                return Form([(name, value) for name, value in found.multi_items() if isinstance(value, str)])
    except TimeoutError as error:
        raise HTTPException(408, "the form took too long to arrive") from error


async def _read_if_possible(request: Request) -> Form:
    try:
        return await _read(request)
    except HTTPException as error:
        if error.status_code == 413:  # noqa: PLR2004 - see `digest.web.guard`
            raise
        return Form([])


async def sent_file(request: Request, name: str) -> bytes:
    """The file of a form (`multipart/form-data`); empty when there is none. How large it may be is the guard's to say.

    Raises:
        HTTPException: it cannot be read (400), is too large (413) or took too long (408).
    """
    try:
        async with asyncio.timeout(_UPLOAD_SECONDS), request.form(max_files=1, max_fields=1) as found:
            file = found.get(name)
            return await file.read() if isinstance(file, UploadFile) else b""
    except TimeoutError as error:
        raise HTTPException(408, "the file took too long to arrive") from error


SentForm = Annotated[Form, Depends(_read)]
"""The form of a request; what is none is answered with 400, 408 or 413."""
AnyForm = Annotated[Form, Depends(_read_if_possible)]
"""The same, empty where it cannot be read: for what must work whatever comes with it."""
