"""The curator's note: Markdown of the site to safe HTML, and to plain text.

The operator wrote it, so it is trusted with words, not with markup: of its HTML only plain text elements remain. The
Markdown library takes quadratic time on some inputs, so what it is given is bounded.
"""

from __future__ import annotations

import re

import markdown
import nh3
from markupsafe import Markup

from digest.render.latex.scan import spans
from digest.render.math import to_html, to_text
from digest.render.safety import plain

MAX_NOTE = 4000
"""Characters; a longer note is cut after a paragraph."""
_MAX_SPECIAL = 400
"""Markdown's own characters in a note; with more it is shown as it is typed."""
_TAGS = {"p", "br", "em", "strong", "code", "a", "ul", "ol", "li", "blockquote", "h3", "h4", "pre", "hr"}
_PRE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_FORMULA = re.compile(r"FORMULA(\d+)X")


def note_html(note: str) -> Markup:
    """The note as HTML of a few harmless elements; links are http, https or mailto."""
    note = _bounded(note)
    if not note:
        return Markup()
    if len(re.findall(r"[\[\]*_`<>&!(]", note)) > _MAX_SPECIAL:
        return Markup("<p>{}</p>").format(note)
    formulas: list[str] = []
    parts = []
    bare = _FORMULA.sub("", note)
    for span in spans(bare):
        parts.append(f"FORMULA{len(formulas)}X" if span.kind == "math" else bare[span.start : span.end])
        if span.kind == "math":
            formulas.append(to_html(f"${span.source}$"))
    html = markdown.markdown("".join(parts), extensions=["sane_lists"], output_format="html")
    html = re.sub(r"<(/?)h[12]>", r"<\1h3>", html)  # the mail's own headings stay above the note's
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    clean = _PRE.sub(_as_lines, clean)
    return Markup(_FORMULA.sub(lambda found: formulas[int(found[1])], clean))  # noqa: S704 - nh3 and escaped formulas


def _as_lines(block: re.Match[str]) -> str:
    """A code block whose lines and margins do not depend on white space, which the mail's templates tidy."""
    return block[0].replace("\n", "<br>").replace("  ", " \u00a0")


def note_text(note: str) -> str:
    """The note as plain paragraphs: its Markdown as it is typed, which is made to be read, its formulas as Unicode."""
    paragraphs = re.split(r"\n\s*\n", _bounded(note))
    return "\n\n".join("\n".join(to_text(line) for line in paragraph.splitlines()) for paragraph in paragraphs)


def _bounded(note: str) -> str:
    """The note's visible characters line by line, as many whole paragraphs as `MAX_NOTE` holds."""
    lines = note[: MAX_NOTE + 1].replace("\r\n", "\n").split("\n")
    kept = (line[: len(line) - len(line.lstrip())].expandtabs() + plain(line) for line in lines)
    note = "\n".join(kept).rstrip().lstrip("\n")
    if len(note) <= MAX_NOTE:
        return note
    end = note.rfind("\n\n")
    return note[: end if end > 0 else MAX_NOTE].rstrip() + " …"
