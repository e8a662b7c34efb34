"""The front: files of the website are answered at once, from memory; everything else goes on to the application."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.web.conditional import accepts_gzip, not_modified
from digest.web.guard import SECURITY
from digest.web.published import File, Published

_SECURITY = tuple((name.encode(), value.encode()) for name, value in SECURITY.items())
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_ALLOW = (b"allow", b"GET, HEAD")


class Front:
    """Serves `published` (replace it when there is something new) before `app`.

    `prefix` is the path of the site's address; a proxy may cut it off or not, `app` never sees it.
    """

    def __init__(self, app: ASGIApp, published: Published, *, prefix: str = "") -> None:
        self._app = app
        self._prefix = prefix
        self.published = published

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification, as do the other applications here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = self._path(scope)
        file = self.published.files.get(path)
        if path in self.published.gone:
            await _send(send, 410, (_TEXT, *_SECURITY), b"This feed has ended.\n")
        elif file is None:
            await self._app({**scope, "path": path}, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _send(send, 405, (_ALLOW, (b"content-length", b"0"), *_SECURITY))
        else:
            await send_file(file, scope, send)

    def _path(self, scope: Scope) -> str:
        path: str = scope["path"]
        return path.removeprefix(self._prefix) if path.startswith(f"{self._prefix}/") else path


async def send_file(file: File, scope: Scope, send: Send) -> None:
    """Answer a GET or HEAD of `file`: the content, compressed where that is understood, or that it has not changed."""
    asked = Headers(scope=scope)
    zipped = accepts_gzip(asked.get("accept-encoding", ""))
    etag = file.gzip_etag if zipped else file.etag
    headers = ((b"etag", etag.encode("ascii")), *file.headers, *_SECURITY)
    if not_modified(asked, (file.etag, file.gzip_etag), file.modified_at):
        await _send(send, 304, headers)
        return
    content = file.gzipped if zipped else file.content
    coding = ((b"content-encoding", b"gzip"),) if zipped else ()
    about = ((b"content-type", file.media_type.encode("ascii")), (b"content-length", str(len(content)).encode("ascii")))
    await _send(send, 200, (*about, *coding, *headers), b"" if scope["method"] == "HEAD" else content)


async def _send(send: Send, status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
