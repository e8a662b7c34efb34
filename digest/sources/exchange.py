"""One request and its one answer, read to the end within its limits of time and size.

Every way in which a server can misbehave becomes one of two errors here: `SourceRefused`, when asking again would not
help, or `PassingFailure`, when it might. It does not follow redirects, wait, or ask twice.
"""

from __future__ import annotations

import gzip
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx2

from digest.errors import SourceRefused, SourceUnavailable
from digest.sources.addresses import shown
from digest.sources.byte_file import PIECE, of_pieces
from digest.sources.client import OnBytes
from digest.sources.retry import RETRIED, PassingFailure, retry_after

IDLE_SECONDS = 60.0
"""Longest silence of a server, where the deadline allows as much."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TEMPORARY = frozenset({408, 425})
_UNREADABLE = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip")
"""Content that holds no list of papers. Any other type is judged by what was sent, as types are often wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back. `location` is set when it is a redirect, `data` when it is an answer."""

    status: int
    headers: Mapping[str, str]
    location: str | None = None
    data: bytes = b""


def exchange(
    url: str, *, transport: httpx2.BaseTransport, headers: Mapping[str, str], max_bytes: int, on_bytes: OnBytes
) -> Reply:
    """GET `url`, decoded, of at most `max_bytes`.

    Raises:
        SourceRefused: the answer is too large, of a form nobody asked for, forbidden, or not what is there.
        PassingFailure: nobody answered, or with a failure that may pass.
        SourceUnavailable: it took too long.
    """
    timeout = httpx2.Timeout(IDLE_SECONDS)
    try:
        with (
            httpx2.Client(transport=transport, trust_env=False, timeout=timeout) as client,
            client.stream("GET", url, headers=dict(headers)) as response,
        ):
            return _reply(url, response, max_bytes, on_bytes)
    except httpx2.TimeoutException as error:
        raise SourceUnavailable(f"{shown(url)}: did not answer in time; try later, or raise timeout_seconds") from error
    except httpx2.ConnectError as error:
        if (reason := _certificate_problem(error)) is not None:
            raise SourceRefused(f"{shown(url)}: its certificate is not trusted ({reason})") from error
        raise PassingFailure(f"{shown(url)}: cannot be reached ({_line(error)})") from error
    except httpx2.NetworkError as error:
        raise PassingFailure(f"{shown(url)}: broke off ({_line(error)})") from error
    except httpx2.ProtocolError as error:
        raise PassingFailure(f"{shown(url)}: broke off, or the rules of HTTP ({_line(error)})") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PassingFailure(f"{shown(url)}: sent damaged gzip ({_line(error)})") from error
    except (httpx2.InvalidURL, httpx2.HTTPError) as error:
        raise SourceRefused(f"{shown(url)}: cannot be asked for ({_line(error)})") from error


def _reply(url: str, response: httpx2.Response, max_bytes: int, on_bytes: OnBytes) -> Reply:
    status, headers = response.status_code, response.headers
    if status in _REDIRECTS and "location" in headers:
        return Reply(status=status, headers=headers, location=headers["location"])
    if status == HTTPStatus.NOT_MODIFIED:
        return Reply(status=status, headers=headers)
    if status != HTTPStatus.OK:
        _refuse_status(url, status, headers)
    kind = headers.get("content-type", "").strip().lower()
    if kind.startswith(_UNREADABLE):
        raise SourceRefused(f"{shown(url)}: sent {kind.partition(';')[0]} where a list or feed of papers was expected")
    return Reply(status=status, headers=headers, data=_body(url, response, max_bytes, on_bytes))


def _refuse_status(url: str, status: int, headers: Mapping[str, str]) -> None:
    try:
        name = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        name = str(status)
    message = f"{shown(url)}: answered {name}"
    if status in RETRIED | _TEMPORARY:
        raise PassingFailure(message, retry_after(headers))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SourceUnavailable(f"{message}; try later")
    raise SourceRefused(f"{message}; check the address")


def _body(url: str, response: httpx2.Response, max_bytes: int, on_bytes: OnBytes) -> bytes:
    """The decoded body. Only gzip was asked for, so nothing else is unpacked; what counts is the size unpacked."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise SourceRefused(f"{shown(url)}: is packed as `{encoding[:40]}`, which was not asked for")
    packed = "gzip" in encoding
    length = response.headers.get("content-length", "")
    announced = int(length[:18]) if length.isascii() and length.isdigit() else None
    if announced is not None and announced > max_bytes:
        raise _too_large(url, max_bytes)
    raw = of_pieces(response.iter_raw())
    body = bytearray()
    with gzip.GzipFile(fileobj=raw) if packed else raw as stream:
        while piece := stream.read(PIECE):
            body += piece
            if len(body) > max_bytes:
                raise _too_large(url, max_bytes)
            on_bytes(len(body), None if packed else announced)
    return bytes(body)


def _too_large(url: str, max_bytes: int) -> SourceRefused:
    megabytes = max_bytes / 1_000_000
    return SourceRefused(f"{shown(url)}: is larger than {megabytes:g} MB; raise max_megabytes if it is to be read")


def _certificate_problem(error: BaseException) -> str | None:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
    return None


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:160]
