"""Papers and editions as the records that `--json` prints and scripts rely on: fields are added, never renamed."""

from __future__ import annotations

from typing import Any

from digest.models import (
    Assignment,
    Digest,
    EditionPaper,
    KnownPaper,
    Paper,
    RejectedRecord,
    Rejection,
    Score,
    SourceRun,
    SourceState,
)

Record = dict[str, Any]


def paper_record(paper: Paper, assignments: tuple[Assignment, ...], score: Score) -> Record:
    """A paper with its topics (primary first), its newest signals (None: never seen) and its score."""
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [author.name for author in paper.authors],
        "listed_on": paper.listed_on.isoformat() if paper.listed_on else None,
        "url": paper.url,
        "primary_topic": assignments[0].topic if assignments else "other",
        "topics": [assignment.topic for assignment in assignments],
        "signals": {
            "upvotes": paper.latest("upvotes"),
            "comments": paper.latest("comments"),
            "github_stars": paper.latest("github_stars"),
        },
        "score": round(score.value, 4),
    }


def known_record(known: KnownPaper, score: Score) -> Record:
    """A paper of the store."""
    return paper_record(known.paper, known.assignments, score)


def entry_record(entry: EditionPaper) -> Record:
    """A paper of an edition, with why it is there."""
    record = paper_record(entry.paper, entry.assignments, entry.score)
    why = entry.assignments[0].why if entry.assignments else ""
    return record | {"reason": entry.reason, "why": "; ".join(part for part in (why, entry.score.why) if part)}


def digest_record(digest: Digest) -> Record:
    """A digest; for an edition, the digest of that edition alone with everything in it."""
    return {
        "number": digest.last,
        "first": digest.first,
        "date": digest.dated_on.isoformat(),
        "verdict": digest.verdict.value,
        "left_out": digest.left_out,
        "note": digest.note,
        "sections": [
            {
                "topic": section.slug,
                "title": section.title,
                "papers": [entry_record(entry) for entry in section.papers],
            }
            for section in digest.sections
        ],
    }


def run_record(run: SourceRun) -> Record:
    """One source of an ingest."""
    record: Record = {
        "source": run.source,
        "read": run.read,
        "new": run.new,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "rejected": [rejection_record(rejection) for rejection in run.rejected],
        "verdict": run.verdict.value,
    }
    return record | ({"message": run.message} if run.message else {})


def rejection_record(rejection: Rejection) -> Record:
    """A record that was set aside while reading."""
    return {"record": rejection.record, "reason": rejection.reason}


def rejected_record(rejected: RejectedRecord) -> Record:
    """A record that is set aside; `raw` is its text, None where only its source has it."""
    return {
        "source": rejected.source,
        "rejected_at": rejected.rejected_at.isoformat(),
        "record": rejected.record,
        "reason": rejected.reason,
        "raw": rejected.raw.decode("utf-8", "replace") if rejected.raw else None,
        "again": rejected.again or None,
    }


def source_record(state: SourceState) -> Record:
    """How a source does."""
    return {
        "source": state.source,
        "verdict": state.last.verdict.value if state.last else None,
        "read": state.last.read if state.last else None,
        "message": state.last.message if state.last else "",
        "last_run_at": state.last.finished_at.isoformat() if state.last else None,
        "last_success_at": state.last_success_at.isoformat() if state.last_success_at else None,
        "usual": state.usual,
        "due_at": state.due_at.isoformat() if state.due_at else None,
    }
