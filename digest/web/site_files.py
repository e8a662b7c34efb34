"""The website of a served site: written into a folder, read into memory, and again when an edition was closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from digest.errors import DigestError
from digest.site import Site
from digest.store import Store
from digest.web.front import Front
from digest.web.published import Published, remember_gone
from digest.website import write_website

_SECONDS = 5.0
"""Between two looks for a new edition."""
_FOLDER = "served"
_log = logging.getLogger("digest.web")


def served(site: Site) -> Site:
    """The site with pages that link the sign-up page while sign-up is open."""
    settings = site.settings
    web = settings.web.model_copy(update={"sign_up_link": settings.subscriptions.open})
    return replace(site, settings=settings.model_copy(update={"web": web}))


class SiteFiles:
    """Brings the website in `folder` (None: `served/` in the site) up to date at once, and when `refresh` is called.

    Raises:
        DigestError: as `digest.website.write_website`.
    """

    def __init__(
        self,
        store: Store,
        site: Site,
        *,
        folder: Path | None = None,
        progress: Callable[[int, int | None, str], None],
    ) -> None:
        self._store, self._site, self._folder = store, site, folder or site.root / _FOLDER
        self._shown = self._newest()
        self.published = self._written(progress)

    def refresh(self) -> bool:
        """Look for a new edition; whether there was one.

        Raises:
            DigestError: as `digest.website.write_website`; what was published before stays.
        """
        newest = self._newest()
        if newest == self._shown:
            return False
        self.published = self._written(lambda *_: None)
        self._shown = newest
        return True

    @asynccontextmanager
    async def kept_fresh(self, front: Front) -> AsyncIterator[None]:
        """Give `front` what is new for as long as the block runs."""
        task = asyncio.create_task(self._watch(front))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self, front: Front) -> None:
        while True:
            await asyncio.sleep(_SECONDS)
            try:
                if await run_in_threadpool(self.refresh):
                    front.published = self.published
            except DigestError as error:
                _log.error("the website stays as it is: %s", error)

    def _newest(self) -> int:
        last = self._store.last_edition()
        return last.number if last else 0

    def _written(self, progress: Callable[[int, int | None, str], None]) -> Published:
        report = write_website(self._store, self._site, self._folder, progress=progress)
        remember_gone(self._folder, report.removed)
        settings = self._site.settings
        return Published.read(
            self._folder,
            report.files,
            base_url=settings.base_url,
            hub=settings.feeds.hub,
            ttl_minutes=settings.feeds.ttl_minutes,
        )
