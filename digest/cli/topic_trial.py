"""`digest topics try`: what a topic file would catch, before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.state import State, state_of
from digest.errors import NotFoundError, SettingsError
from digest.models import Query

if TYPE_CHECKING:
    from digest.curation.trial import Caught
    from digest.models import Topic

_DEFAULT_DAYS = 28
_SHOWN = 20


def try_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A topic file, such as feeds/mine.toml.")],
    days: Annotated[
        int, typer.Option(min=1, max=3660, metavar="N", help="How many list days to look back.")
    ] = _DEFAULT_DAYS,
    limit: Annotated[int, typer.Option(min=1, help="How many papers to show of each kind.")] = _SHOWN,
) -> None:
    """Show what a topic file would have caught, how surely, and why.

    Above the line are the papers that would be in its feed, below those that only come near. Change the file and
    try again; nothing is stored.

    \b
    digest topics try feeds/speculative-decoding.toml
    digest topics try mine.toml --days 90 --limit 50
    """
    from digest.curation.trial import try_topic
    from digest.papers import example_papers
    from digest.site import read_topic

    state = state_of(context)
    site = state.site()
    topic = read_topic(file)
    if topic is None:
        raise SettingsError(f"{file}: says `enabled = false`; there is nothing to try")
    topics = site.topics()
    until = state.now(site).astimezone(site.settings.zone).date() + timedelta(days=1)
    with state.store(site) as store:
        papers = [known.paper for known in store.find_papers(Query(since=until - timedelta(days=days), until=until))]
        examples = example_papers(store, (*topics, topic))
    if not papers:
        raise NotFoundError(f"no paper of the last {days} days has been read; try more --days, or `digest ingest`")
    caught = try_topic(topic, topics, papers, examples)
    missing = [name for name in topic.examples if name not in examples]
    if state.json:
        state.emit(
            {
                "topic": topic.slug,
                "days": days,
                "looked_at": len(papers),
                "unknown_examples": missing,
                "papers": [_record(entry) for entry in caught],
            }
        )
        return
    if missing:
        state.err.print(f"not read yet, so no help: {', '.join(missing)}", style="yellow", markup=False)
    _show(state, topic, caught, looked_at=len(papers), days=days, limit=limit)


def _record(entry: Caught) -> dict[str, object]:
    return {
        "id": entry.paper.id,
        "title": entry.paper.title,
        "listed_on": entry.paper.listed_on.isoformat() if entry.paper.listed_on else None,
        "confidence": entry.belonging.confidence,
        "assigned": entry.assigned,
        "why": entry.belonging.why,
    }


def _show(state: State, topic: Topic, caught: Sequence[Caught], *, looked_at: int, days: int, limit: int) -> None:
    inside = [entry for entry in caught if entry.assigned]
    near = [entry for entry in caught if not entry.assigned]
    of_all = f"{len(inside) / looked_at:.1%}"
    state.out.print(
        f"{topic.slug}: {len(inside)} of {looked_at} papers of the last {days} days ({of_all}), {len(near)} near",
        markup=False,
    )
    _list(state, inside, limit)
    if not caught:
        state.err.print(_advice(topic))
    if near:
        lacking = "none of its keywords occurs" if topic.rules.any or topic.rules.all else "not like it enough"
        state.out.print(f"near, but not in it ({lacking}):", style="dim")
        _list(state, near, limit)


def _advice(topic: Topic) -> str:
    rules = topic.rules
    if not (
        topic.description or topic.examples or rules.any or rules.categories or rules.authors or rules.organizations
    ):
        return "It says nothing to go by: give it keywords (rules.any), a description or examples."
    return "Nothing comes near. More --days, a broader keyword or a longer description may find something."


def _list(state: State, entries: Sequence[Caught], limit: int) -> None:
    for entry in entries[:limit]:
        day = entry.paper.listed_on or ""
        state.out.print(f"{entry.belonging.confidence:>5.0%}  {day}  {entry.paper.title}", markup=False)
        state.out.print(f"{'':5}  {entry.paper.id}: {entry.belonging.why}", markup=False, style="dim")
    if len(entries) > limit:
        state.out.print(f"{'':5}  … and {len(entries) - limit} more (--limit shows them)", style="dim")
