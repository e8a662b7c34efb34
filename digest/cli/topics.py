"""`digest topics`: what is published, and why a paper is where it is."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.given import TakesPapers
from digest.cli.state import state_of
from digest.cli.topic_evaluation import evaluate
from digest.cli.topic_training import train
from digest.cli.topic_trial import try_file
from digest.models import Query

app = typer.Typer(
    help="List topics; `digest topics explain PAPER` says why a paper is where it is.", invoke_without_command=True
)
app.command("try")(try_file)
app.command("evaluate", cls=TakesPapers)(evaluate)
app.command("train", cls=TakesPapers)(train)


@app.callback()
def topics(context: typer.Context) -> None:
    """List the topics, in the order of the digest.

    \b
    digest topics
    digest topics explain arxiv:2401.01234
    """
    if context.invoked_subcommand is not None:
        return
    from digest.papers import refresh_topics

    state = state_of(context)
    site = state.site()
    known = site.topics()
    with state.store(site) as store:
        refresh_topics(store, site)
        counts = {topic.slug: len(store.find_papers(Query(topic=topic.slug))) for topic in known}
    if state.json:
        state.emit(
            [
                {
                    "slug": topic.slug,
                    "title": topic.title,
                    "description": topic.description,
                    "papers": counts[topic.slug],
                }
                for topic in known
            ]
        )
        return
    width = max((len(topic.slug) for topic in known), default=0)
    for topic in known:
        state.out.print(f"{topic.slug:<{width}}  {counts[topic.slug]:>6}  {topic.title}", markup=False)


@app.command("explain")
def explain(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="An id such as arxiv:2401.01234, or its address.")],
) -> None:
    """Say why a paper is in its topics and why it ranks where it does.

    \b
    digest topics explain arxiv:2401.01234
    digest topics explain https://arxiv.org/abs/2401.01234v2
    """
    from digest.curation.trend import trend
    from digest.papers import classifier_of, named_paper

    state = state_of(context)
    site = state.site()
    with state.store(site) as store:
        known = named_paper(store, paper)
        classifier = classifier_of(store, site)
    assignments = classifier.assign(known.paper)
    score = trend(known.paper, state.now(site))
    if state.json:
        state.emit(
            {
                "id": known.paper.id,
                "title": known.paper.title,
                "topics": [
                    {"topic": entry.topic, "confidence": round(entry.confidence, 4), "why": entry.why}
                    for entry in assignments
                ],
                "score": round(score.value, 4),
                "why": score.why,
            }
        )
        return
    state.out.print(known.paper.title, style="bold", markup=False)
    for place, entry in enumerate(assignments):
        role = "primary" if place == 0 else "also"
        state.out.print(f"{role:>8}  {entry.topic}  {entry.confidence:.0%}  {entry.why}", markup=False)
    state.out.print(f"{'score':>8}  {score.value:.2f}  {score.why}", markup=False)
