"""A small digest written for the tests: every kind of paper the mail must show well, in words of our own."""

from dataclasses import replace
from datetime import UTC, date, datetime

from digest.models import (
    Assignment,
    Author,
    Digest,
    EditionPaper,
    Paper,
    Score,
    Section,
    Selection,
    Signal,
    Verdict,
)
from digest.render.view import SiteView
from digest.settings import MailSettings, Settings

SEEN_AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
SETTINGS = Settings(
    title="Morning Papers",
    description="New machine-learning papers, grouped by topic.",
    base_url="https://papers.example.org",
    id_prefix="tag:papers.example.org,2026:",
    mail=MailSettings(
        sender="Morning Papers <digest@papers.example.org>",
        postal_address="Reading Room, Library Lane 4, 8001 Zürich, Switzerland",
    ),
)
SITE = SiteView.of(SETTINGS)


def signals(upvotes: int = 0, comments: int = 0, stars: int = 0) -> tuple[Signal, ...]:
    """One observation of each metric."""
    values = {"upvotes": upvotes, "comments": comments, "github_stars": stars}
    return tuple(Signal(metric=metric, value=value, observed_at=SEEN_AT) for metric, value in values.items())  # type: ignore[arg-type]


def arxiv(number: str, title: str, abstract: str = "", *, names: tuple[str, ...] = (), **more: object) -> Paper:
    """A paper as arXiv and a daily list describe it."""
    base = Paper(
        id=f"arxiv:{number}",
        title=title,
        abstract=abstract,
        authors=tuple(Author(name=name) for name in names),
        url=f"https://arxiv.org/abs/{number}",
        pdf_url=f"https://arxiv.org/pdf/{number}",
        discussion_url=f"https://huggingface.co/papers/{number}",
        listed_on=date(2026, 11, 20),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def entry(paper: Paper, topic: str, value: float, why: str, score_why: str, **more: object) -> EditionPaper:
    """The paper as its edition recorded it."""
    return EditionPaper(
        paper=paper,
        assignments=(Assignment(topic=topic, confidence=0.9, why=why),),
        score=Score(value=value, why=score_why),
        **more,  # type: ignore[arg-type]
    )


RISING = entry(
    arxiv(
        "2611.01001",
        "Small Teachers: Distilling Patience into Fast Language Models",
        "Large models answer slowly when they think. We ask a small teacher to mark, e.g. by a single token, where a "
        "student should slow down. Trained on 1.2 million marked answers, the student keeps 97.5% of the accuracy at "
        "a third of the cost. Code and marks are public.",
        names=("Ada Brunner", "Chidi Okafor"),
        organizations=("Lakeside Institute",),
        code_url="https://github.com/example/small-teachers",
        project_url="https://small-teachers.example.org",
        signals=signals(212, 14, 1830),
        listed_on=date(2026, 11, 16),
    ),
    "language-models", 9.2, '"language model" in the title',
    "212 upvotes, +160 since yesterday; 14 comments; 1,830 GitHub stars",
    reason="rising", previous=8,
)  # fmt: skip
LATEX = entry(
    arxiv(
        "2611.02002",
        r"Sorting by Attention: An $O(n \log n)$ Transformer for $k$-Nearest Neighbours in $\mathbb{R}^{d}$",
        r"We show that a transformer with $\Theta(\log n)$ layers sorts $n$ keys $x_1, \dots, x_n \in \mathbb{R}^{d}$ "
        r"with error at most $\varepsilon \leq 10^{-3}$. A pass costs \$5, not $6 as before; \emph{no} retraining is "
        r"needed. The proof follows Erd\H{o}s and M{\"o}bius~\cite{em} "
        r"and bounds $\frac{a+b}{2}$ by $\sqrt{2}\,\alpha^{*}$.",
        names=("José Álvarez", "Zoë Müller", "Łukasz Wójcik", "Nguyễn Thị Hoa", "Søren Ås"),
        organizations=("Universität Zürich", "ENS"),
        signals=signals(48, 1, 0),
    ),
    "language-models", 6.1, 'arXiv category cs.LG, "transformer" in the title', "48 upvotes; 1 comment",
)  # fmt: skip
HOSTILE = entry(
    arxiv(
        "2611.03003",
        '</a><script>alert("title")</script> \u202eevil\u202c <img src=x onerror=alert(1)> '
        "XUNSUBSCRIBEURLX & {{ 7*7 }}",
        "<style>body{display:none}</style><a href='javascript:alert(1)'>click</a> & so on.\x00"
        "\x1b[31m Second sentence.",
        names=('"Robert\'); DROP TABLE <b>papers</b>',),
        code_url="javascript:alert(document.cookie)",
        project_url="data:text/html,<script>alert(1)</script>",
        thumbnail_url="http://tracker.example/pixel.gif",
        signals=signals(3),
    ),
    "alignment-and-safety", 1.0, '"attack" in the abstract', "3 upvotes",
)  # fmt: skip
CROWD = entry(
    arxiv(
        "2611.04004",
        "A Very Large Collaboration Reports on the Shared Benchmark That Everyone Else Had Already Reported On, "
        "Now with Confidence Intervals, a Longer Title and an Appendix on How the Title Became This Long",
        "Sixty authors ran the same benchmark sixty times. The intervals overlap. We conclude that the benchmark is "
        "a good way to meet people.",
        names=tuple(f"Author Number{index}" for index in range(1, 61)),
        signals=signals(17, 2, 4),
        thumbnail_url="https://pictures.example.org/2611.04004.png",
    ),
    "agents", 4.0, '"tool use" in the abstract', "17 upvotes, +5 since yesterday; 2 comments; 4 GitHub stars",
    reason="late",
)  # fmt: skip
REVISED = entry(
    arxiv(
        "2610.05005",
        "世界模型的记忆：从视频到行动",
        "我们研究世界模型如何记住看不见的物体。结果表明，短期记忆已经足够。",
        names=("王小明", "李华"),
        summary="A world model remembers hidden objects with a memory of eight frames.",
        signals=signals(9, 0, 12),
        version=2,
    ),
    "agents", 2.5, "like the topic's examples", "9 upvotes; 12 GitHub stars",
    reason="revised", previous=5,
)  # fmt: skip
BARE = EditionPaper(
    paper=Paper(id="title:5f1c", title="A Paper of Which Only the Title Is Known"),
    assignments=(),
    score=Score(value=0.1, why=""),
)

DIGEST = Digest(
    first=12,
    last=12,
    since_on=date(2026, 11, 20),
    dated_on=date(2026, 11, 20),
    closed_at=SEEN_AT,
    verdict=Verdict.PARTIAL,
    verdicts=(("arxiv:cs.LG", Verdict.FRESH), ("hf", Verdict.PARTIAL)),
    selection=Selection(),
    sections=(
        Section(slug="rising", title="Rising", papers=(RISING,)),
        Section(slug="language-models", title="Language Models", papers=(LATEX,)),
        Section(slug="agents", title="Agents", papers=(CROWD, REVISED)),
        Section(slug="alignment-and-safety", title="Alignment and Safety", papers=(HOSTILE,)),
        Section(slug="other", title="Other", papers=(BARE,)),
    ),
    left_out=3,
    note="A slow week, but **read the second one**: its bound of $O(n \\log n)$ is [tight](https://example.org/tight).",
)


def many(count: int, *, sections: int = 9, words: int = 120) -> Digest:
    """A digest of `count` papers in `sections` topics, with abstracts of `words` words."""
    abstract = " ".join(f"word{index}" if index % 17 else "ends. Then $x_{i}$" for index in range(words))
    papers = [
        entry(
            arxiv(
                f"26{index // 100000 + 10}.{index % 100000:05}",
                f"Paper {index} on the Shape of $O(n^{{{index % 9}}})$ Things",
                abstract,
                names=("Ann Other", "Bo Nother", "Cy Third", "Di Fourth", "Ed Fifth"),
                signals=signals(index % 50, 1, 2),
            ),
            f"topic-{index % sections}", 1 / (index + 1), "the word “shape” in the title", f"{index % 50} upvotes",
        )
        for index in range(count)
    ]  # fmt: skip
    grouped = tuple(
        Section(slug=f"topic-{number}", title=f"Topic {number}", papers=tuple(papers[number::sections]))
        for number in range(min(sections, count))
    )
    return replace(DIGEST, sections=grouped, left_out=0, note="")
