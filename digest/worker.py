"""The worker: takes batches from the queue and sends them, beside other workers on this machine and others.

Procrastinate gives them out as jobs and hears whether the worker lives; what is done is `deliver` for the deliveries
of one batch. Imported only where the extra `queue` is installed.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from psycopg_pool import PoolTimeout

from digest.deliver import DeliveryReport, deliver
from digest.deliver.carriers import carrier_of
from digest.deliver.queueing import goes_alone
from digest.errors import CarrierUnavailable, DigestError, StoreError
from digest.schedule.carrying import Logged
from digest.schedule.logs import about
from digest.site import Site
from digest.store import Store
from digest.store.queue import ALONE, QUEUE, TASK

_LOOK_SECONDS = 0.1
"""How soon it notices that it is told to stop."""
_BEATS = 4
"""Signs of life, and looks for batches, in the time after which a silent worker counts as gone."""
_POLL_SECONDS = 5.0
"""A new batch is announced by the database; one that was put off until now has to be looked for."""
_SILENT_SECONDS = 5.0
"""How long a database may take to answer before it counts as away."""
_PAUSE_SECONDS = 5.0
"""Before the database is asked again that did not answer."""
_REST_SECONDS = 60.0
"""Before mail is tried again that nobody took from this machine."""

_log = logging.getLogger(__name__)


class Worker:
    """One worker. What it did is counted in `report`."""

    def __init__(self, store: Store, site: Site, *, clock: Callable[[], datetime], stop: threading.Event) -> None:
        self._store, self._site, self._clock, self._stop = store, site, clock, stop
        self._silence = float(site.settings.sending.lease_seconds)
        self._trouble: DigestError | None = None
        """Why this machine cannot send: it takes nothing more, so that others can."""
        self.report = DeliveryReport()

    def run(self, *, once: bool = False) -> None:
        """Take batches until `stop` is set; with `once`, until there are none.

        When it is told to stop, what is in flight is finished and recorded, and the rest of the batch is for others.

        Raises:
            StoreError: there is no queue; with `once`, also when the database does not answer.
            SettingsError, TemplateError: the site's files are wrong on this machine; its batch is for others.
        """
        self._store.queue.prepare()
        asyncio.run(self._run(once=once))

    async def _run(self, *, once: bool) -> None:
        asyncio.get_running_loop().set_exception_handler(_log_stray)
        while not self._stop.is_set():
            failed = await self._shift(once=once)
            if self._trouble and not isinstance(self._trouble, CarrierUnavailable):
                raise self._trouble
            if once and failed:
                raise StoreError(failed)
            if once or self._stop.is_set():
                return
            pause = _REST_SECONDS if self._trouble else _PAUSE_SECONDS
            _log.error("%s; tried again in %d seconds", self._trouble or failed or "the queue does not answer", pause)
            await self._until_stopped(pause)
            self._trouble = None

    async def _shift(self, *, once: bool) -> str:
        """Work under one registration, to the end or until the database fails; says how it failed."""
        address = self._store.queue.address
        app = App(connector=PsycopgConnector(conninfo=address, min_size=1, max_size=4, timeout=_SILENT_SECONDS))
        app.task(name=TASK, queue=QUEUE, pass_context=True, retry=_Retries())(self._send)
        try:
            async with app.open_async():
                await self._sweep(app)
                return await self._work(app, once=once)
        except (ConnectorException, PoolTimeout) as error:
            return _explained(error)

    async def _work(self, app: App, *, once: bool) -> str:
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                wait=not once,
                delete_jobs="always",
                install_signal_handlers=False,
                fetch_job_polling_interval=min(_POLL_SECONDS, self._silence / _BEATS),
                update_heartbeat_interval=self._silence / _BEATS,
                stalled_worker_timeout=self._silence,
            )
        )
        watching = asyncio.create_task(self._watch(app))
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()  # it finishes its batch first
        watching.cancel()
        ends = await asyncio.gather(working, watching, return_exceptions=True)
        return next((_explained(end) for end in ends if isinstance(end, Exception)), "")

    async def _watch(self, app: App) -> None:
        """Until told to stop, or unable to send, give the batches of workers that are gone to others."""
        while not self._stop.is_set() and self._trouble is None:
            await self._until_stopped(self._silence / _BEATS)
            await self._sweep(app)

    async def _sweep(self, app: App) -> None:
        stalled = await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self._silence)
        for job in stalled:
            with suppress(ConnectorException):  # another one was quicker
                await app.job_manager.retry_job(job)
                _log.warning("its worker is gone; given to another", extra={"job": TASK, "run": job.id})

    async def _until_stopped(self, seconds: float) -> None:
        """Wait, unless it is told to stop or becomes unable to send."""
        before = self._trouble
        for _ in range(max(1, round(seconds / _LOOK_SECONDS))):
            if not self._stop.is_set() and self._trouble is before:
                await asyncio.sleep(_LOOK_SECONDS)

    def _send(self, context: JobContext) -> None:
        """One batch, in a thread of its own."""
        batch, locked = context.job.id, context.job.lock is not None
        assert batch is not None, "it has been stored"  # noqa: S101
        with about(job=TASK, run=batch):
            if self._trouble:
                raise _Later
            if goes_alone(self._site.settings.sending) and not locked:
                raise _Later(lock=ALONE)  # it was queued before there was a limit
            try:
                later = self._later(self._deliver(batch), batch)
            except StoreError as error:
                _log.error("%s", error)
                raise _Later(_PAUSE_SECONDS) from error
            except DigestError as error:
                self._trouble = error
                raise _Later from error
            if later is not None:
                raise _Later((later - self._clock()).total_seconds())

    def _deliver(self, batch: int) -> DeliveryReport:
        """Send it; raises CarrierUnavailable when nobody takes mail from this machine."""
        carrier = Logged(carrier_of(self._site))
        report = deliver(self._store, self._site, now=self._clock(), stop=self._stop, carrier=carrier, batch=batch)
        self.report.add(report)
        _log.info("%d sent, %d deferred, %d failed, %d skipped", *report.counts)
        if report.paused:
            _log.error("%s", report.paused)
        if report.unavailable:
            raise CarrierUnavailable(report.unavailable)
        return report

    def _later(self, report: DeliveryReport, batch: int) -> datetime | None:
        """When the batch is to be gone on with: it was broken off, a limit was reached, or a claim has to lapse.

        What a server put off is no reason: it will be in another batch, with others.
        """
        if report.stopped and report.waiting:
            return self._clock()
        return report.resumes_at or self._store.queue.in_hand_until(batch)


class _Later(Exception):  # noqa: N818 - no failure
    """The batch is to be gone on with after so many seconds."""

    def __init__(self, seconds: float = 0.0, lock: str | None = None) -> None:
        super().__init__(f"gone on with in {seconds:.0f} seconds")
        self.seconds, self.lock = seconds, lock


class _Retries(BaseRetryStrategy):
    """Procrastinate's way to ask when a job is to be tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        """See the base class."""
        if not isinstance(exception, _Later):
            return None
        return RetryDecision(retry_in={"seconds": math.ceil(exception.seconds)}, lock=exception.lock)


def _explained(error: BaseException) -> str:
    cause = error.__cause__ or error
    return " ".join(str(cause).split()) or type(cause).__name__


def _log_stray(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody waits for: a batch that another has ended meanwhile cannot be ended here."""
    error = context.get("exception")
    _log.warning("%s", _explained(error) if error else context["message"])
