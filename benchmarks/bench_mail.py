"""How long a mail takes, beside the plain way: print every paper whole, then set the styles into the finished page.

The plain way knows no size limit: to keep it, it would have to print and measure again and again.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import css_inline

from digest.letterhead import preview_message
from digest.models import Digest
from digest.render import math
from digest.render.email import preview, render_mail
from digest.render.environment import environment, render
from digest.render.view import view_paper
from digest.site import shipped
from tests.render.mail_digest import SETTINGS, SITE, many

TEMPLATES = environment([shipped("templates")])
INLINER = css_inline.CSSInliner(
    load_remote_stylesheets=False,
    keep_style_tags=True,
    extra_css=(shipped("templates") / "email" / "style.css").read_text(),
)


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median time of `work`, with the LaTeX of its papers read anew each time."""
    times = []
    for _ in range(rounds):
        math.to_html.cache_clear()
        math.to_text.cache_clear()
        math.parsed.cache_clear()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def plainly(digest: Digest) -> str:
    """Every paper printed whole, and the styles set in afterwards."""
    papers = (
        render(TEMPLATES, "email/paper.html", site=SITE, paper=view_paper(entry, rank=rank), level="full")
        for rank, entry in enumerate(digest.papers, 1)
    )
    return INLINER.inline("<html><body>" + "".join(papers).replace(' style="', ' title="') + "</body></html>")


def main() -> None:
    """Print the times of a mail of 40 and of 2,000 papers, and of the message made of it."""
    for count, rounds in ((40, 15), (2000, 3)):
        digest = many(count)
        ours = milliseconds(lambda digest=digest: render_mail(digest, SITE, TEMPLATES), rounds)  # type: ignore[misc]
        reference = milliseconds(lambda digest=digest: plainly(digest), rounds)  # type: ignore[misc]
        size = len(render_mail(digest, SITE, TEMPLATES).html.encode())
        print(
            f"{count:>5,} papers  {ours:7.1f} ms  {size:,} bytes   plainly {reference:7.1f} ms  {ours / reference:.2f}x"
        )
    digest = many(40)
    mail = preview(render_mail(digest, SITE, TEMPLATES), SITE)
    message = milliseconds(lambda: preview_message(mail, SETTINGS, at=digest.closed_at, issue="1"), 15)
    print(f"message       {message:7.1f} ms")


if __name__ == "__main__":
    main()
