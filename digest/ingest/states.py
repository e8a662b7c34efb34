"""How the sources do: what an operator looks at when something seems to be missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from digest.curation.verdict import next_list, usual_of_day
from digest.errors import SettingsError
from digest.models import SourceState, Verdict
from digest.sources import resolve
from digest.store import Store

_LOOKED_AT = timedelta(days=60)
_FAILED = (Verdict.DOWN, Verdict.PARTIAL)


def source_states(store: Store, sources: Iterable[str], *, now: datetime) -> tuple[SourceState, ...]:
    """The state of each source, in order; a source is a source string or the name of a run."""
    names = dict.fromkeys(_name(source) for source in sources)
    return tuple(_state(store, name, now) for name in names)


def _state(store: Store, name: str, now: datetime) -> SourceState:
    runs = store.runs(name, now - _LOOKED_AT)
    last = runs[-1] if runs else next((run for run in store.last_runs() if run.source == name), None)
    whole = [run for run in (*runs, *([last] if last else ())) if run.verdict not in _FAILED]
    return SourceState(
        source=name,
        last=last,
        last_success_at=max((run.finished_at for run in whole), default=None),
        usual=usual_of_day(runs, now),
        due_at=next_list(name, runs, now),
    )


def _name(source: str) -> str:
    try:
        return resolve(source).name
    except SettingsError:
        return source
