"""A digest on a terminal: one column, quiet colours, titles that are links where the terminal knows links."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from digest.models import Digest
from digest.render.digest_view import ranks_of
from digest.render.view import PaperView, view_paper

_WIDTH = 88
"""Columns of text that are still pleasant to read."""


def print_digest(out: Console, digest: Digest, *, summaries: bool) -> None:
    """Print a digest, section by section; with `summaries` each paper has its summary and addresses."""
    numbers = f"Edition {digest.last}" if digest.first == digest.last else f"Editions {digest.first} to {digest.last}"
    count = len(digest.papers)
    _print(out, Text(f"{numbers}, {digest.dated_on:%A} {digest.dated_on.day} {digest.dated_on:%B %Y}", style="bold"))
    _print(out, Text(f"{count} {'paper' if count == 1 else 'papers'} · {digest.verdict}", style="dim"))
    ranks = iter(ranks_of(digest))
    for section in digest.sections:
        _print(out, Text.assemble("\n", (section.title, "bold cyan"), (f"  {len(section.papers)}", "dim")))
        for entry in section.papers:
            _print_paper(out, view_paper(entry, rank=next(ranks)), summaries=summaries)
    if digest.left_out:
        _print(out, Text(f"\n{digest.left_out} more match.", style="dim"))


def _print_paper(out: Console, paper: PaperView, *, summaries: bool) -> None:
    title = Text(paper.title, style=f"bold link {paper.url}" if paper.url else "bold")
    votes = next((str(count.value) for count in paper.counts if count.unit.startswith("upvote")), "")
    if not summaries:
        _print(out, Text.assemble((f"{votes:>5}  ", "dim"), title))
        return
    more = f" and {paper.more_authors} more" if paper.more_authors else ""
    counts = [f"{count.value:,} {count.unit}" for count in paper.counts]
    reason = [paper.reason] if paper.reason != "new" else []
    _print(out, Text.assemble("\n", (f"{paper.rank:>3}  ", "dim"), title))
    for line, style in (
        (", ".join(paper.authors) + more, "dim"),
        (paper.summary, ""),
        (" · ".join([*reason, *counts]), "dim"),
        (paper.url or "", "dim"),
    ):
        if line:
            _print(out, Padding(Text(line, style=style), (0, 0, 0, 5)))


def _print(out: Console, what: Text | Padding) -> None:
    out.print(what, width=min(out.width, _WIDTH), soft_wrap=False)
