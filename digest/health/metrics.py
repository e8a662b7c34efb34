"""The state of a site as Prometheus reads it (text exposition format 0.0.4). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from digest import __version__
from digest.health.state import Health

Sample = tuple[dict[str, str], float]
"""Labels and a value."""


def metrics_text(health: Health) -> str:
    """Every gauge with its help; moments are Unix times, so that an age is `time() - …`."""
    return "".join(_gauge(name, help_, samples) for name, help_, samples in _gauges(health))


def _gauges(health: Health) -> Iterator[tuple[str, str, list[Sample]]]:
    jobs = health.jobs
    yield "info", "The version that runs.", [({"version": __version__}, 1)]
    yield "healthy", "1 when nothing needs a hand.", [({}, health.ok)]
    yield (
        "job_last_success_timestamp_seconds",
        "When a job last succeeded.",
        _moments(({"job": job.name}, job.last_success_at) for job in jobs),
    )
    yield "job_late", "1 when a job's moment has long passed.", [({"job": job.name}, job.is_late) for job in jobs]
    yield "job_running", "1 while a job runs.", [({"job": job.name}, job.is_running) for job in jobs]
    yield (
        "job_next_timestamp_seconds",
        "When a job is to run next.",
        _moments(({"job": job.name}, job.next_at) for job in jobs),
    )
    if edition := health.edition:
        yield "edition_number", "The last edition.", [({}, edition.number)]
        yield "edition_papers", "Papers in the last edition.", [({}, edition.papers)]
        yield "edition_closed_timestamp_seconds", "When it was closed.", _moments([({}, edition.closed_at)])
        yield "edition_verdict", "How far it can be trusted to be whole.", [({"verdict": edition.verdict.value}, 1)]
    yield (
        "source_last_success_timestamp_seconds",
        "When a source last answered whole.",
        _moments(({"source": source.source}, source.last_success_at) for source in health.sources),
    )
    yield (
        "source_verdict",
        "How far its last answer can be trusted to be whole.",
        [({"source": one.source, "verdict": one.last.verdict.value}, 1) for one in health.sources if one.last],
    )
    queue = health.queue
    yield "deliveries_waiting", "Digests that are still to be sent.", [({}, queue.waiting)]
    yield "deliveries_paused", "1 while nothing is sent until the operator lets it go on.", [({}, queue.is_paused)]
    yield (
        "deliveries_last_day",
        "Digests settled in the last 24 hours, by what became of them.",
        [({"status": name}, count) for name, count in sorted(queue.last_day.items())],
    )
    if queue.shared:
        yield "queue_batches", "Batches in the queue, waiting or with a worker.", [({}, queue.shared.batches)]
        yield "queue_workers", "Workers that showed a sign of life of late.", [({}, queue.shared.workers)]
    yield "readers", "Readers by status.", [({"status": name}, count) for name, count in sorted(health.readers.items())]


def _moments(given: Iterable[tuple[dict[str, str], datetime | None]]) -> list[Sample]:
    return [(labels, moment.timestamp()) for labels, moment in given if moment is not None]


def _gauge(name: str, help_: str, samples: list[Sample]) -> str:
    if not samples:
        return ""
    lines = [f"# HELP digest_{name} {help_}", f"# TYPE digest_{name} gauge"]
    lines += [f"digest_{name}{_labels(labels)} {float(value):.15g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
