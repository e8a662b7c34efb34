"""The language of a title, as far as it is known, so that it is spoken and set in the right one.

Told by its script, else by where it was published. It does not guess between languages of one script.
"""

from __future__ import annotations

import re

from digest.models import Paper

_SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7a3\u1100-\u11ff]"), "ko"),
    (re.compile("[\u3400-\u9fff\uf900-\ufaff]"), "zh"),
)
"""Kana are Japanese and Hangul Korean; Han characters without either are taken for Chinese (UAX 24)."""


def title_language(paper: Paper) -> str | None:
    """The BCP 47 tag of the language of a paper's title; None when it is not known."""
    for script, language in _SCRIPTS:
        if script.search(paper.title):
            return language
    on_arxiv = any(alias.startswith("arxiv:") for alias in (paper.id, *paper.aliases))
    return "en" if on_arxiv else None  # titles there are English (https://info.arxiv.org/help/prep.html)
