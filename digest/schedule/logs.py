"""What a long-running process says: one line an event, for a person or, as JSON, for a machine.

Every line knows its job and run; a line of a delivery carries its id too, so that one digest can be followed through.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

FIELDS = ("job", "run", "delivery", "edition", "source", "subscriber")
"""What `extra=` of a logging call may carry."""

_context: ContextVar[dict[str, Any]] = ContextVar("log", default={})  # noqa: B039 - replaced, never changed


@contextmanager
def about(**fields: object) -> Iterator[None]:
    """Lines written in this block carry `fields`."""
    token = _context.set(_context.get() | fields)
    try:
        yield
    finally:
        _context.reset(token)


@contextmanager
def log_to(stream: TextIO, form: Literal["plain", "json"], *, verbosity: int) -> Iterator[None]:
    """In this block the log goes to `stream`: warnings only (-1), what is done (0), everything (1)."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Json() if form == "json" else _Plain())
    handler.addFilter(_add_context)
    level = logging.WARNING if verbosity < 0 else logging.INFO if verbosity == 0 else logging.DEBUG
    # APScheduler's warnings ("maximum number of running instances reached") say nothing ours do not, nor does what
    # Procrastinate and its pool of connections say: a failure reaches `digest.worker`.
    levels = {"digest": level, "apscheduler": logging.ERROR}
    levels |= {"procrastinate": logging.CRITICAL, "psycopg.pool": logging.CRITICAL}
    for name, least in levels.items():
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(least)
        logger.propagate = False
    try:
        yield
    finally:
        for name in levels:
            logger = logging.getLogger(name)
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
            logger.propagate = True


def _add_context(record: logging.LogRecord) -> bool:
    for name, value in _context.get().items():
        if not hasattr(record, name):
            setattr(record, name, value)
    return True


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}


class _Plain(logging.Formatter):
    """`2026-11-20 08:30:01Z publish: edition 12 …  run=34`."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        fields = _fields(record)
        job = f"{fields.pop('job')}: " if "job" in fields else ""
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        at = datetime.fromtimestamp(record.created, UTC)
        rest = "".join(f"  {name}={value}" for name, value in fields.items())
        return f"{at:%Y-%m-%d %H:%M:%SZ}  {level}{job}{' '.join(record.message.split())}{rest}"


class _Json(logging.Formatter):
    """One object a line: `at`, `level`, `logger`, `message`, then the fields it has, then `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= _fields(record)
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
